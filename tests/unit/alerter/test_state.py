"""The firing alerts are kept across restarts."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from alerter.alert import Alert
from alerter.state import AlertState
from tests.unit.alerter.problems import STARTED_AT, problem

ALERTS = [Alert(problem(subject=name), STARTED_AT) for name in ("kitchen", 'kü"che')]
ENDED = Alert(problem(), STARTED_AT, STARTED_AT + timedelta(minutes=7))
PENDING = {"mail": [ALERTS, [ENDED]]}


def test_alerts_are_loaded_as_they_were_saved(tmp_path: Path) -> None:
    file = tmp_path / "alerter.json"
    AlertState(file).save(ALERTS, PENDING)

    state = AlertState(file)

    assert state.load() == (ALERTS, PENDING)
    assert state.error is None
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_of_an_earlier_version_has_nothing_pending(tmp_path: Path) -> None:
    file = tmp_path / "alerter.json"
    started_at = STARTED_AT.isoformat()
    alert = {
        "kind": "sensor-offline",
        "subject": "kitchen",
        "message": "",
        "hint": "",
        "started_at": started_at,
    }
    file.write_text(json.dumps({"alerts": [alert]}))

    [loaded], pending = AlertState(file).load()

    assert (loaded.subject, loaded.started_at, loaded.ended_at, pending) == ("kitchen", STARTED_AT, None, {})


def test_without_a_file_there_are_no_alerts(tmp_path: Path) -> None:
    for state in (AlertState(None), AlertState(tmp_path / "none.json")):
        assert state.load() == ([], {})
        assert state.error is None


def test_without_a_path_nothing_is_kept() -> None:
    state = AlertState(None)
    state.save(ALERTS, {})

    assert state.load() == ([], {})
    assert state.error is None


def test_the_file_is_written_only_if_other_alerts_are_firing(tmp_path: Path) -> None:
    file = tmp_path / "alerter.json"
    state = AlertState(file)
    state.save(ALERTS, {})
    file.unlink()

    state.save([Alert(problem(subject=each.problem.subject), STARTED_AT) for each in ALERTS], {})
    assert not file.exists()
    state.save(ALERTS[:1], {})
    assert AlertState(file).load() == (ALERTS[:1], {})
    state.save(ALERTS[:1], PENDING)
    assert AlertState(file).load() == (ALERTS[:1], PENDING)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"alerts": [{}]}', b'{"alerts": [{"kind": "of-the-future"}]}', b"\xff"]
)
def test_a_file_that_cannot_be_used_is_reported_and_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "alerter.json"
    file.write_bytes(content)
    state = AlertState(file)

    assert state.load() == ([], {})
    assert state.error == "it is no state of this version"
    state.save(ALERTS, {})
    assert state.error is None
    assert AlertState(file).load() == (ALERTS, {})


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    state = AlertState(tmp_path / "missing" / "alerter.json")

    state.save(ALERTS, {})

    assert state.error == "No such file or directory"
