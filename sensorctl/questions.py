"""How questions about files and jobs are shown."""

import shlex
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rich.table import Table
from rich.text import Text

from readings.files.option_values import FIELD_BY_SINGULAR
from sensorctl.output import safe_text, show

_SINGULAR_BY_FIELD = {field: singular for singular, field in FIELD_BY_SINGULAR.items()}


def show_question(question: Mapping[str, Any], *, for_command_line: bool = False) -> None:
    """Show a question, and its options, each with the first readings as they would be.

    The options are those of a job's spec, or as the command line has them.
    """
    describe = _as_arguments if for_command_line else _as_field
    show(safe_text(question["question"]))
    table = Table("N", "Answer", "Options", "The first readings", show_lines=True)
    for number, option in enumerate(question.get("options", ()), start=1):
        table.add_row(
            str(number),
            safe_text(option["label"]),
            _lines(text for name, value in option["options"].items() for text in describe(name, value)),
            _lines(map(_describe_reading, option.get("readings", ()))),
        )
    for reading in question.get("readings", ()):
        show(safe_text(_describe_reading(reading)))
    if table.row_count:
        show(table)


def answer_hint(workflow_id: UUID, question: Mapping[str, Any]) -> str:
    """Return how to answer the question of a workflow."""
    number = "N, or " if question.get("options") else ""
    return f"To answer: sensorctl workflow answer {workflow_id} {number}--option NAME=VALUE."


def _as_field(name: str, value: Any) -> list[str]:
    return [f"{name}={value}"]


def _as_arguments(name: str, value: Any) -> list[str]:
    """Return an option as arguments of `sensorctl import`, which repeat it for each item of a list."""
    option = f"--{_SINGULAR_BY_FIELD.get(name, name).replace('_', '-')}"
    items = value if isinstance(value, list | tuple) else [value]
    return [f"{option} {shlex.quote('='.join(item) if name == 'where' else str(item))}" for item in items]


def _lines(texts: Iterable[str]) -> Text:
    """Return untrusted texts, one a line."""
    return Text("\n").join(map(safe_text, texts))


def _describe_reading(reading: Mapping[str, Any]) -> str:
    sensor = f"{reading['sensor_id']}  " if reading.get("sensor_id") else ""
    return f"{sensor}{reading['measured_at']}  {reading['temperature']:.10g} °C"
