"""How questions about files and jobs are shown."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rich.table import Table
from rich.text import Text

from sensorctl.output import safe_text, show


def show_question(question: Mapping[str, Any]) -> None:
    """Show a question, and its options, each with the first readings as they would be."""
    show(safe_text(question["question"]))
    table = Table("N", "Answer", "Options", "The first readings", show_lines=True)
    for number, option in enumerate(question.get("options", ()), start=1):
        table.add_row(
            str(number),
            safe_text(option["label"]),
            _lines(f"{name}={value}" for name, value in option["options"].items()),
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


def _lines(texts: Iterable[str]) -> Text:
    """Return untrusted texts, one a line."""
    return Text("\n").join(map(safe_text, texts))


def _describe_reading(reading: Mapping[str, Any]) -> str:
    sensor = f"{reading['sensor_id']}  " if reading.get("sensor_id") else ""
    return f"{sensor}{reading['measured_at']}  {reading['temperature']:.10g} °C"
