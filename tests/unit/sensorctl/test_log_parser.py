"""The lines of the services, in both formats, are parsed to what was logged."""

import ast
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from structlog.dev import ConsoleRenderer

from runtime.logs import PLAIN_COLUMNS
from sensorctl.logs.parser import parse_line

AT = "2026-11-22T05:28:37.123456Z"
MOMENT = datetime(2026, 11, 22, 5, 28, 37, 123456, tzinfo=UTC)
CONSOLE = ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False)

keys = st.text("abc_", min_size=1).map(lambda name: f"k_{name}")
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    scalars | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
# Words, as in this project's events; a line break would start another line.
events = st.text("abcdefghij-,.", min_size=1).map(lambda word: f"{word} {word}")


def console_line(fields: dict[str, Any]) -> str:
    return str(CONSOLE(None, "", dict(fields)))


def is_ambiguous(value: Any) -> bool:
    """Return whether the console format shows this string exactly like another value."""
    try:
        return isinstance(value, str) and repr(ast.literal_eval(value)) == value
    except (ValueError, SyntaxError, MemoryError):
        return False


@given(
    level=st.sampled_from(["debug", "info", "warning", "error", "critical"]),
    event=events,
    details=st.dictionaries(keys, values, max_size=4),
)
@example(level="info", event="stored", details={"sensor": "1", "k_a": "[not a list", "k_b": "a=b c=d"})
@example(level="info", event="stopping", details={"programs": ["it's", 'a "b" c=d'], "k": ""})
@example(level="info", event="a very long event, as a library writes it", details={"k": "two\nlines"})
def test_both_formats_are_parsed_to_what_was_logged(level: str, event: str, details: dict[str, Any]) -> None:
    line = {"timestamp": AT, "level": level, "event": event, **details}

    from_json = parse_line(json.dumps(line, ensure_ascii=False), "sensor-1")
    from_console = parse_line(console_line(line), "sensor-1")

    assert from_json == ("sensor-1", MOMENT, level, event, details)
    assert from_console is not None
    assert from_console[:4] == from_json[:4]
    unambiguous = {k: v for k, v in details.items() if not is_ambiguous(v)}
    assert {k: from_console.details[k] for k in unambiguous} == unambiguous
    assert from_console.details.keys() == details.keys()


@given(text=st.text("0123456789.-+e_TruFalsNo", min_size=1))
def test_an_ambiguous_string_is_parsed_to_a_value_with_the_same_text(text: str) -> None:
    event = parse_line(console_line({"timestamp": AT, "level": "info", "event": "x", "k": text}), "s")

    assert event is not None
    assert str(event.details["k"]) == text


@given(sensor=st.text(min_size=1))
def test_a_sensor_id_stays_a_string(sensor: str) -> None:
    event = parse_line(
        console_line({"timestamp": AT, "level": "info", "event": "stored", "sensor": sensor}), "s"
    )

    assert event is not None
    assert event.details == {"sensor": sensor}


@pytest.mark.parametrize("details", [{}, {"k": 1}])
@pytest.mark.parametrize("event", ["lost", "careful, 100% of everything is used up now"])
def test_the_logger_of_a_library_is_a_field(event: str, details: dict[str, Any]) -> None:
    line = {"timestamp": AT, "level": "warning", "event": event, "logger": "urllib3.pool", **details}

    assert parse_line(console_line(line), "s") == (
        "s",
        MOMENT,
        "warning",
        event,
        {"logger": "urllib3.pool", **details},
    )


def test_a_value_that_json_cannot_represent_stays_its_repr() -> None:
    line = {
        "timestamp": AT,
        "level": "info",
        "event": "x",
        "k_set": {1},
        "k_b": b"a b",
        "k_nan": float("nan"),
    }

    event = parse_line(console_line(line), "s")

    assert event is not None
    assert event.details == {"k_set": "{1}", "k_b": "b'a b'", "k_nan": "nan"}


def test_a_number_that_json_cannot_represent_stays_text() -> None:
    event = parse_line(f'{{"timestamp":"{AT}","level":"info","event":"x","a":NaN,"b":1e999,"c":1.5}}', "s")

    assert event is not None
    assert event.details == {"a": "NaN", "b": "1e999", "c": 1.5}


def test_an_unbalanced_quotation_mark_in_a_message_keeps_the_event() -> None:
    message = "could not parse b='it is open and it has more"

    event = parse_line(f"{AT} [warning  ] {message}", "s")

    assert event == ("s", MOMENT, "warning", message, {})


def test_the_service_in_json_output_is_kept() -> None:
    line = json.dumps({"timestamp": AT, "level": "info", "event": "x", "service": "sensor-2"})

    assert parse_line(line, "all") == ("sensor-2", MOMENT, "info", "x", {})


@pytest.mark.parametrize(
    "line",
    [
        "",
        "POSTGRES_PORT is 'postgres': must be a number",
        "2026-11-22 05:28:37.123 UTC [12] LOG:  checkpoint starting",
        "2026-11-22 05:28:37.123456+00:00 [info] <0.9.0> started",
        "2026-11-22T05:28:37 [info     ] without a zone",
        "2026-99-22T05:28:37Z [info     ] no such month",
        "{",
        "[1]",
        "{}",
        '{"timestamp": 5, "level": "info", "event": "x"}',
        f'{{"timestamp": "{AT}", "level": "info", "event": 5}}',
        f'{{"timestamp": "{AT}", "event": "x"}}',
        "{" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_other_lines_are_not_events(line: str) -> None:
    assert parse_line(line, "s") is None


@given(st.text())
def test_any_line_can_be_parsed(line: str) -> None:
    parse_line(line, "s")
    parse_line(f"{AT} [info     ] {line}", "s")
