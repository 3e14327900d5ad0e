"""For any file that an import accepts: rows in = stored + already there + invalid + left out, by lines."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from tests.unit.history import Imported

OPTIONS = CsvOptions(where=(("field", "temp"),), missing=("NA",))
HEADER = ["id", "timestamp", "field", "temperature", "note"]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Stored(NamedTuple):
    """The lines of an import by what became of them, as a database decides that skips known readings."""

    new: list[int]
    known: list[int]
    invalid: list[int]
    left_out: list[int]


def store(imported: Imported) -> Stored:
    known: set[tuple[object, object]] = set()
    new_lines: list[int] = []
    known_lines: list[int] = []
    for message, reading in zip(imported.messages, imported.readings, strict=True):
        key = (reading.reading_id, reading.measured_at.date())
        (known_lines if key in known else new_lines).append(message.context.lines)
        known.add(key)
    invalid = [line for line, _ in imported.invalid]
    return Stored(new_lines, known_lines, invalid, [line for line, _ in imported.left_out])


def row(number: int, *, value: str = "", time: str = "", field: str = "temp", note: str = "") -> str:
    moment = time or (START + timedelta(seconds=number)).isoformat()
    return f"hall,{moment},{field},{value or number % 50},{note}"


# What a row is, and what becomes of it.
KINDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "a reading": ("new", row),
    "a reading with a quoted note": ("new", lambda n: row(n, note='"a ""note"", quoted"')),
    "a reading with a note of two lines": ("new", lambda n: row(n, note='"two\nlines"')),
    "the first reading again": ("known", lambda _: row(0)),
    "no number": ("invalid", lambda n: row(n, value="hot")),
    "no time": ("invalid", lambda n: row(n, time="soon")),
    "a decimal comma": ("invalid", lambda n: row(n, value="21,5")),
    "no value": ("invalid", lambda n: f"hall,{START.isoformat()},temp,,"),
    "a stray quote": ("invalid", lambda n: '"' + row(n)),
    "a quote in a field": ("invalid", lambda n: row(n, note='"a" note')),
    "an impossible temperature": ("invalid", lambda n: row(n, value="-300")),
    "a clock that was never set": ("invalid", lambda n: row(n, time="1970-01-01T00:00:17Z")),
    "another quantity": ("left_out", lambda n: row(n, field="hum", value="hot")),
    "a missing value": ("left_out", lambda n: row(n, value="NA")),
    "an empty row": ("left_out", lambda _: ",,,,"),
    "the header again": ("left_out", lambda _: ",".join(HEADER)),
}


@given(
    kinds=st.lists(st.sampled_from([*KINDS, "blank"]), max_size=30),
    preamble=st.lists(st.sampled_from(["", "Logger 4711", "# a, comment"]), max_size=3),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_each_row_is_accounted_for_by_its_line(
    kinds: list[str], preamble: list[str], end: str, encoding: str
) -> None:
    lines = [*preamble, ",".join(HEADER), row(0)]
    expected: dict[str, list[int]] = {"new": [len(lines)], "known": [], "invalid": [], "left_out": []}
    expected["left_out"] += [number for number, text in enumerate(preamble, start=1) if text]
    for number, kind in enumerate(kinds, start=1):
        if kind != "blank":
            expected[KINDS[kind][0]].append(len(lines) + 1)
        lines += KINDS[kind][1](number).split("\n") if kind != "blank" else [""]

    imported = Imported((end.join(lines) + end).encode(encoding), OPTIONS)

    assert store(imported)._asdict() == expected
    position = imported.position
    assert position.items == sum(map(len, expected.values()))
    assert (position.published, position.skipped, position.left_out) == (
        len(expected["new"] + expected["known"]),
        len(expected["invalid"]),
        len(expected["left_out"]),
    )


@given(
    lines=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"'), max_size=30)
        | st.integers(0, 3).map(row),
        max_size=12,
    )
)
def test_each_line_of_any_text_is_accounted_for(lines: list[str]) -> None:
    text = "\n".join([",".join(HEADER), *lines])

    stored = store(Imported(text, OPTIONS))

    numbered = enumerate(re.split("\r\n|\r|\n", text), start=1)
    assert sorted(line for group in stored for line in group) == [
        number for number, line in numbered if number > 1 and line.lstrip("\ufeff").strip()
    ]


@given(lines=st.lists(st.text(max_size=30) | st.integers(0, 3).map(row), max_size=12))
def test_no_line_of_a_file_with_quotes_counts_twice(lines: list[str]) -> None:
    content = "\n".join([",".join(HEADER), *lines]).encode(errors="surrogatepass")

    stored = store(Imported(content, OPTIONS))

    accounted = [line for group in stored for line in group]
    assert len(accounted) == len(set(accounted))


@example(b'"')
@example(b"\x00")
@example(b"\xef\xbb\xbf")
@example(b";\n;")
@example(b"a\ra")
@example(b"\r\n\r\n")
@example(b"nan,nan\n1,1")
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_any_file_is_read_or_refused_with_a_message(content: bytes) -> None:
    for options in (CsvOptions(), OPTIONS, CsvOptions(sensors=("x",), time_column="1", value_columns=("1",))):
        with suppress(UnreadableFile):
            Imported(content, options)
    for file_format in ("json", "jsonl"):
        with suppress(UnreadableFile):
            Imported(content, file_format=file_format)
