"""The variables that the compose files alone read, with the meaning that `.env.example` gives them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scripts.docs.markdown import code, punctuate, table

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILES = (ROOT / "docker-compose.yml", ROOT / "deploy" / "cluster" / "compose.yml")
EXAMPLE_FILE = ROOT / ".env.example"
REFERENCE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(?::?[-?]([^}]*))?\}")
ASSIGNMENT = re.compile(r"([A-Z0-9_]+)=(.*)")
# Docker Compose itself reads this one.
COMPOSE_PROFILES = "COMPOSE_PROFILES"


@dataclass(frozen=True)
class Example:
    """A variable of `.env.example`: its value there, and the comment above it."""

    value: str
    comment: str


def compose_defaults() -> dict[str, set[str]]:
    """Return each variable that the compose files read, with the defaults that they give it."""
    found: dict[str, set[str]] = {COMPOSE_PROFILES: {""}}
    for file in COMPOSE_FILES:
        for name, default in REFERENCE.findall(file.read_text(encoding="utf-8")):
            found.setdefault(name, set()).add(default)
    return found


def examples() -> dict[str, Example]:
    """Return the variables of `.env.example`. Variables that follow each other share a comment."""
    found: dict[str, Example] = {}
    comment: list[str] = []
    after_variable = False
    for line in EXAMPLE_FILE.read_text(encoding="utf-8").splitlines():
        if match := ASSIGNMENT.fullmatch(line):
            found[match[1]] = Example(match[2], punctuate(" ".join(comment)))
        elif line.startswith("# ---"):  # the heading of a section
            comment = []
        elif line.startswith("#"):
            comment = [*([] if after_variable else comment), line.lstrip("# ")]
        else:
            comment = []
        after_variable = bool(match)
    return found


def table_of_variables(described_elsewhere: Collection[str]) -> str:
    """Return a table of the compose files' variables that no settings class reads under the same name."""
    comments = examples()
    rows = (
        (code(name), ", ".join(map(code, sorted(defaults))), comments[name].comment)
        for name, defaults in sorted(compose_defaults().items())
        if name not in described_elsewhere
    )
    return table(("Variable", "Default", "Meaning"), rows)
