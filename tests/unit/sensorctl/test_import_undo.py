"""`sensorctl import undo` and `list`: messages and exit codes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from db.errors import PermissionDenied
from sensorctl.actor import current_actor
from sensorctl.history import commands
from tests.unit.fakes import RunCommand

IMPORT = "0199a4c5-7f3e-7c1a-9d52-3f1f0e9b8c11"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def undo(sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Return a function that undoes an import that has `deleted` readings."""

    def run(deleted: int, waiting: int = 0) -> tuple[int, str, str]:
        def undo_import(_: Any, import_id: UUID, actor: str, progress: Callable[[int, int], None]) -> int:
            assert (str(import_id), actor) == (IMPORT, current_actor())
            progress(0, deleted)
            return deleted

        monkeypatch.setattr(commands, "undo_import", undo_import)
        monkeypatch.setattr(commands, "queue_depth", lambda _: waiting)
        return sensorctl("import", "undo", IMPORT)

    return run


def test_an_undo_reports_the_number_of_readings(undo: Callable[..., tuple[int, str, str]]) -> None:
    assert undo(7) == (0, "Deleted 7 readings.\n", "")


def test_an_unknown_import_is_an_error(undo: Callable[..., tuple[int, str, str]]) -> None:
    code, _, err = undo(0)

    assert (code, err) == (1, f"No stored reading belongs to the import {IMPORT}.\n")


def test_readings_in_the_queue_are_mentioned(undo: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = undo(7, waiting=3)

    assert (code, out) == (0, "Deleted 7 readings.\n")
    assert err.startswith("The queue has 3 messages.")
    assert "run the same command again" in err


def test_another_role_than_the_owner_is_sent_to_the_help(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: Any) -> int:
        raise PermissionDenied("permission denied for table reading")

    monkeypatch.setattr(commands, "undo_import", deny)

    code, _, err = sensorctl("import", "undo", IMPORT)

    assert code == 1
    assert err.startswith("permission denied for table reading. Undo requires the owner's login")


def test_an_id_that_is_none_is_a_usage_error(sensorctl: RunCommand) -> None:
    assert sensorctl("import", "undo", "yesterday")[0] == 2


def test_the_imports_are_listed(sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "import_id": UUID(IMPORT), "readings": 7, "sensors": 2,
        "first_measured_at": NOON, "last_measured_at": NOON, "first_received_at": NOON,
    }  # fmt: skip
    monkeypatch.setattr(commands, "stored_imports", lambda _: [row])

    assert IMPORT in sensorctl("import", "list")[1]
    [listed] = json.loads(sensorctl("import", "list", "--json")[1])
    assert (listed["import_id"], listed["readings"]) == (IMPORT, 7)

    monkeypatch.setattr(commands, "stored_imports", lambda _: [])
    assert sensorctl("import", "list")[1] == "No reading that an import brought is stored.\n"
