"""Code and documentation use the field's words, and not those that this project used to use.

The glossary (docs/concepts/glossary.md) has the words to use.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.docs.markdown import ROOT, tracked

SUFFIXES = (
    ".py",
    ".md",
    ".js",
    ".html",
    ".css",
    ".yml",
    ".toml",
    ".sql",
    ".sh",
    ".in",
    ".conf",
    ".env.example",
)
# A pattern (whatever its case, unless it has capitals), and what to write instead.
FORMER_WORDS = {
    r"\b(tell|tells|telling|told|untold)\b": "report, show, say, notify",
    r"\b(a|one|each|every|first|last|next|two|latest|single) looks?\b": "check, collection, snapshot",
    r"\baway\b": "down, unavailable",
    r"\bbeside\b": "next to, besides, in addition to",
    r"\b(bury|buries|buried)\b": "dead-letter",
    r"\b(breathe|breathes|breathing)\b": "process events",
    r"\b(hurry|hurries|hurried)\b": "flush",
    r"\banew\b": "again",
    r"\b(nobody|whoever|whomever|wherever)\b": "name the actor: no subscriber, the operator, where",
    r"\b(mend|mends|mended|mending)\b": "fix, repair",
    r"\b(hear|hears|heard|hearing)\b": "receive, subscribe",
    r"\blies\b": "is, is stored",
    r"\b(messages|readings|rows?|times|events|lines|bytes|one|two) an? (second|minute|hour|day|sensor)\b": (
        "per second, per sensor"
    ),
    r"\b(began|begun)\b": "started",
    r"\b(said|asked|wanted|chosen)\b": "reported, requested, selected",
    r"\b(is|are|was|were) left\b(?! (to|out|join))|(?<!bisect)_left\b": "remaining",
    r"\bapart_|_apart\b|\bapart *=": "offset, separately",
    r"\b(ones|twins?|strangers?)\b": "name the thing",
    r"\bneed not\b": "is not required",
    r"\b(MOST|LONGEST|LARGEST|SHORTEST|OLDEST|SMALLEST)_[A-Z]": "MAX_, MIN_",
    r"\b(acquit|acquits|acquitted|convict|convicts|convicted|suspect|suspects)\b": "isolate, maybe poison",
    r"\bdialects?\b": "format",
    r"\badvice\b": "hint",
    r"\bsentence\b": "message",
    r"\b(hang|hangs|hung|hanging)\b": "stall, stalled",
    r"\bchances?\b": "probability",
    r"\bin hand\b|\bin_hand\b": "unacked, held, in flight",
    r"\bon (its|their|the) way\b": "in flight",
    r"\bupkeep\b": "maintenance",
    r"\b(patience|patiently)\b": "retry timeout, with retries",
    r"\b(bookmark|rehearse|rehearsal)\b": "checkpoint, dry run",
    r"\bunasked\b": "unexpectedly",
    r"\blauncher\b": "native",
    r"\bthe watch\b|\bWATCH_[A-Z]+\b": "the alerter, ALERTER_…",
    r"\b(sensor-silent|SilentSensor|silent sensors?)\b": "sensor-offline, SensorOffline, offline sensor",
    r"\b(broker-away|database-away|service-hangs|service-waiting)\b": "broker-down, service-stalled …",
    r"_outage\b|_outage_seconds": "dependency_up, dependency_down_seconds",
}
PATTERNS = [
    (re.compile(pattern, 0 if re.search(r"(?<!\\)[A-Z]", pattern) else re.IGNORECASE), instead)
    for pattern, instead in FORMER_WORDS.items()
]
# Files in which a word is right: which, and why.
ALLOWED = {
    "CHANGELOG.md": (".*", "names what was renamed"),
    "dashboard/page/vendor/": (".*", "is not this project's"),
    "readings/quality.py": ("suspect", "is what other programs write for doubtful values"),
    "tests/unit/readings/test_quality.py": ("suspect", "is what other programs write"),
    "tests/unit/sensorctl/test_csv_quality.py": ("suspect", "is what other programs write"),
    "native/postgres.py": ("nobody", "is a user of the operating system"),
    "tests/released/0.1.0/": (".*", "is what a released version left behind"),
    "tests/unit/test_vocabulary.py": (".*", "lists the words"),
}


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def files() -> list[Path]:
    """Return the files that are held to the vocabulary."""
    return tracked(*SUFFIXES)


def findings(file: Path) -> Iterator[str]:
    """Yield each former word in a file, with its line and what to write instead."""
    allowed = [word for name, (word, _) in ALLOWED.items() if _name(file).startswith(name)]
    if ".*" in allowed:
        return
    text = file.read_text(encoding="utf-8")
    for pattern, instead in PATTERNS:
        for match in pattern.finditer(text):
            if not any(re.fullmatch(word, match[0]) for word in allowed):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{_name(file)}:{line}: {match[0]!r}; write: {instead}"


def test_every_file_uses_the_words_of_the_field() -> None:
    found = [finding for file in files() for finding in findings(file)]

    assert found == []


@pytest.mark.parametrize("name", ALLOWED)
def test_an_exception_is_still_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_a_former_word_is_found_and_its_replacement_named() -> None:
    [(pattern, instead)] = [entry for entry in PATTERNS if entry[0].search("MOST_BYTES")]

    assert instead == "MAX_, MIN_"
    assert not pattern.search("the most bytes")
