"""One event a line, for people or as JSON, and never a local variable."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
import structlog

from service.logs import configure

Form = Literal["console", "json"]
FORMS: list[Form] = ["console", "json"]


def fail() -> None:
    password = "s3cret"
    raise RuntimeError(f"odd, {len(password)}")


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_is_one_object_a_line_with_level_and_utc_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")

    structlog.get_logger().info("stored", sensor="Küche", reason="two\nlines")

    [event] = events(capsys)
    time = datetime.fromisoformat(event.pop("timestamp"))
    assert event == {"event": "stored", "level": "info", "sensor": "Küche", "reason": "two\nlines"}
    assert time.utcoffset() == timedelta(0)


def test_the_console_shows_a_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "console")

    structlog.get_logger().warning("broker unavailable", reason="two\nlines", retry_seconds=0.5)

    [line] = capsys.readouterr().out.splitlines()
    assert "broker unavailable" in line
    assert "retry_seconds=0.5" in line
    assert "warning" in line
    assert "\x1b" not in line, "no colours where nobody sees them"


@pytest.mark.parametrize("form", FORMS)
def test_what_is_below_the_level_is_not_shown(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning", form)

    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")

    [line] = capsys.readouterr().out.splitlines()
    assert "loud" in line


@pytest.mark.parametrize("form", FORMS)
def test_a_traceback_shows_no_local_variables(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", form)

    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("crashed")

    out = capsys.readouterr().out
    assert "RuntimeError: odd, 6" in out
    assert "in fail" in out
    assert "s3cret" not in out


def test_other_libraries_warnings_come_into_the_same_stream(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")

    logging.getLogger("library").warning("careful, %s", "100%")
    logging.getLogger("library").info("chatter")

    [event] = events(capsys)
    assert (event["event"], event["level"], event["logger"]) == ("careful, 100%", "warning", "library")


def test_other_libraries_errors_bring_their_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")

    try:
        fail()
    except RuntimeError:
        logging.getLogger("library").exception("lost")

    [event] = events(capsys)
    assert event["level"] == "error"
    assert "RuntimeError: odd, 6" in event["exception"]


def test_pika_is_quiet_because_its_losses_are_told_once_already(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug", "json")

    logging.getLogger("pika.adapters").error("Unexpected connection close detected")

    assert events(capsys) == []
