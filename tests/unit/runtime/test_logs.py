"""Logging: one event per line, as text or JSON, without local variables."""

import io
import json
import logging
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.dev import ConsoleRenderer

from runtime.logs import EVENT_WIDTH, PLAIN_COLUMNS, configure_logging

LogFormat = Literal["console", "json"]
FORMATS: list[LogFormat] = ["console", "json"]


def fail() -> None:
    password = "s3cret"
    raise RuntimeError(f"odd, {len(password)}")


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_logs_contain_one_object_per_line_with_level_and_utc_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")

    structlog.get_logger().info("stored", sensor="Küche", reason="two\nlines")

    [event] = events(capsys)
    time = datetime.fromisoformat(event.pop("timestamp"))
    assert event == {"event": "stored", "level": "info", "sensor": "Küche", "reason": "two\nlines"}
    assert time.utcoffset() == timedelta(0)


def test_console_logs_contain_one_line_per_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "console")

    structlog.get_logger().warning("broker unavailable", reason="two\nlines", retry_seconds=0.5)

    [line] = capsys.readouterr().out.splitlines()
    assert "broker unavailable" in line
    assert "retry_seconds=0.5" in line
    assert "warning" in line
    assert "\x1b" not in line, "no colours unless stdout is a terminal"


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_hint_and_a_subject_are_logged_only_if_there_are_any(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    configure_logging("info", log_format)

    structlog.get_logger().warning("database unavailable", hint=None, subject=None, sequence=None)
    structlog.get_logger().warning("database unavailable", hint="run setup")

    without, with_hint = capsys.readouterr().out.splitlines()
    assert "hint" not in without
    assert "subject" not in without
    assert "sequence" in without
    assert "run setup" in with_hint


keys = st.text("abc_", min_size=1).map(lambda name: f"k_{name}")
values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dictionaries(st.text(), st.text())
)


@given(
    level=st.sampled_from(["debug", "info", "warning", "error", "critical"]),
    event=st.text(),
    logger=st.fixed_dictionaries({}, optional={"logger": st.text()}),
    details=st.dictionaries(keys, values),
)
def test_plain_console_lines_equal_those_of_structlog(
    level: str, event: str, logger: dict[str, str], details: dict[str, Any]
) -> None:
    line = {"timestamp": "2026-11-22T05:28:37Z", "level": level, "event": event, **logger, **details}
    structlogs = ConsoleRenderer(colors=False, pad_event_to=EVENT_WIDTH, sort_keys=False)
    plain = ConsoleRenderer(columns=PLAIN_COLUMNS, sort_keys=False)

    assert plain(None, level, dict(line)) == structlogs(None, level, dict(line))


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    configure_logging("info", "console")

    structlog.get_logger().warning("broker unavailable")

    assert "\x1b" in terminal.getvalue()


@pytest.mark.parametrize("log_format", FORMATS)
def test_events_below_the_level_are_not_logged(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("warning", log_format)

    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")

    [line] = capsys.readouterr().out.splitlines()
    assert "loud" in line


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_traceback_shows_no_local_variables(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", log_format)

    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("crashed")

    out = capsys.readouterr().out
    assert "RuntimeError: odd, 6" in out
    assert "in fail" in out
    assert "s3cret" not in out


def test_warnings_of_other_libraries_are_logged_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")

    logging.getLogger("library").warning("careful, %s", "100%")
    logging.getLogger("library").info("chatter")

    [event] = events(capsys)
    assert (event["event"], event["level"], event["logger"]) == ("careful, 100%", "warning", "library")


def test_errors_of_other_libraries_are_logged_with_their_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")

    try:
        fail()
    except RuntimeError:
        logging.getLogger("library").exception("lost")

    [event] = events(capsys)
    assert event["level"] == "error"
    assert "RuntimeError: odd, 6" in event["exception"]


def test_pika_logs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")

    logging.getLogger("pika.adapters").error("Unexpected connection close detected")
    logging.getLogger("pika.connection").critical("Connection in CLOSING state has non-CLOSING channels")

    assert events(capsys) == []
