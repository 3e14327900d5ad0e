"""What the services log, in either format, is read back as it was."""

import ast
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from structlog.dev import ConsoleRenderer

from runtime.logs import PLAIN_COLUMNS
from sensorctl.logs.lines import parse

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
# Words, as ours are; a line break in an event would be another line.
events = st.text("abcdefghij-,.", min_size=1).map(lambda word: f"{word} {word}")


def console(line: dict[str, Any]) -> str:
    return str(CONSOLE(None, "", dict(line)))


def looks_like_another(value: Any) -> bool:
    """Whether the console shows this text as it shows another value."""
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
def test_either_format_gives_back_what_was_logged(level: str, event: str, details: dict[str, Any]) -> None:
    line = {"timestamp": AT, "level": level, "event": event, **details}

    from_json = parse(json.dumps(line, ensure_ascii=False), "sensor-1")
    from_console = parse(console(line), "sensor-1")

    assert from_json == ("sensor-1", MOMENT, level, event, details)
    assert from_console is not None
    assert from_console[:4] == from_json[:4]
    kept = {k: v for k, v in details.items() if not looks_like_another(v)}
    assert {k: from_console.details[k] for k in kept} == kept
    assert from_console.details.keys() == details.keys()


@given(text=st.text("0123456789.-+e_TruFalsNo", min_size=1))
def test_a_text_on_the_console_is_at_most_taken_for_what_is_written_the_same(text: str) -> None:
    event = parse(console({"timestamp": AT, "level": "info", "event": "x", "k": text}), "s")

    assert event is not None
    assert str(event.details["k"]) == text


@given(sensor=st.text(min_size=1))
def test_a_sensor_is_a_text_whatever_it_looks_like(sensor: str) -> None:
    event = parse(console({"timestamp": AT, "level": "info", "event": "stored", "sensor": sensor}), "s")

    assert event is not None
    assert event.details == {"sensor": sensor}


@pytest.mark.parametrize("details", [{}, {"k": 1}])
@pytest.mark.parametrize("event", ["lost", "careful, 100% of everything is used up now"])
def test_the_logger_of_another_library_is_a_detail(event: str, details: dict[str, Any]) -> None:
    line = {"timestamp": AT, "level": "warning", "event": event, "logger": "urllib3.pool", **details}

    assert parse(console(line), "s") == ("s", MOMENT, "warning", event, {"logger": "urllib3.pool", **details})


def test_a_value_that_only_python_can_write_stays_its_text() -> None:
    line = {
        "timestamp": AT,
        "level": "info",
        "event": "x",
        "k_set": {1},
        "k_b": b"a b",
        "k_nan": float("nan"),
    }

    event = parse(console(line), "s")

    assert event is not None
    assert event.details == {"k_set": "{1}", "k_b": "b'a b'", "k_nan": "nan"}


def test_what_no_json_can_hold_is_a_text() -> None:
    event = parse(f'{{"timestamp":"{AT}","level":"info","event":"x","a":NaN,"b":1e999,"c":1.5}}', "s")

    assert event is not None
    assert event.details == {"a": "NaN", "b": "1e999", "c": 1.5}


def test_a_quotation_mark_in_a_librarys_sentence_does_not_lose_the_event() -> None:
    sentence = "could not parse b='it is open and it has more"

    event = parse(f"{AT} [warning  ] {sentence}", "s")

    assert event == ("s", MOMENT, "warning", sentence, {})


def test_our_own_json_output_names_the_service() -> None:
    line = json.dumps({"timestamp": AT, "level": "info", "event": "x", "service": "sensor-2"})

    assert parse(line, "all") == ("sensor-2", MOMENT, "info", "x", {})


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
def test_what_is_no_event_is_none(line: str) -> None:
    assert parse(line, "s") is None


@given(st.text())
def test_no_line_is_too_odd(line: str) -> None:
    parse(line, "s")
    parse(f"{AT} [info     ] {line}", "s")
