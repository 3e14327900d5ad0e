"""`sensorctl schedule`: what is set, and when it is next, also across changes of the clocks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from runtime.errors import InvalidInput
from runtime.exit_codes import EXIT_USAGE
from sensorctl.workflows import schedules as command
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.rows import AT

NIGHTLY = {
    "name": "nightly", "kind": "dummy", "spec": {"seconds": 1}, "cron": "30 2 * * *",
    "time_zone": "Europe/Berlin", "overlap": "skip", "catch_up": "last", "enabled": True, "next_at": AT,
    "fired_at": AT, "outcome": "fired", "last_workflow_id": None, "last_state": "succeeded",
}  # fmt: skip


class FakeSchedules:
    """One schedule, and what was changed."""

    def __init__(self) -> None:
        self.rows = [dict(NIGHTLY)]
        self.changes: list[tuple[Any, ...]] = []

    def read_all(self) -> list[dict[str, Any]]:
        return self.rows

    def read(self, name: str) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["name"] == name), None)

    def put(self, actor: str, name: str, fields: dict[str, Any], next_at: datetime) -> dict[str, Any]:
        self.changes.append(("put", actor, name, fields, next_at))
        return NIGHTLY | fields

    def enable(self, actor: str, name: str, *, enable: bool, next_at: datetime | None) -> dict[str, Any]:
        if self.read(name) is None:
            raise InvalidInput(f"There is no schedule {name}.", "name")
        self.changes.append(("enable", actor, name, enable, next_at))
        return NIGHTLY | {"enabled": enable}

    def remove(self, actor: str, name: str) -> dict[str, Any]:
        self.changes.append(("remove", actor, name))
        return NIGHTLY


@pytest.fixture
def schedules(monkeypatch: pytest.MonkeyPatch) -> FakeSchedules:
    fake = FakeSchedules()

    @contextmanager
    def opened() -> Iterator[FakeSchedules]:
        yield fake

    for name in ("reader", "manager"):
        monkeypatch.setattr(command, name, opened)
    monkeypatch.setattr(command, "current_actor", lambda: "sensorctl:ann")
    return fake


def test_the_list_has_when_each_is_next_in_its_zone(sensorctl: RunCommand, schedules: FakeSchedules) -> None:
    schedules.rows.append(NIGHTLY | {"name": "hourly", "enabled": False, "fired_at": None})

    _, out, _ = sensorctl("schedule", "list")

    flat = " ".join(out.split())
    for text in ("30 2 * * *", "(Europe/Berlin)", "13:00:00 +01:00", "succeeded", "disabled", "seconds 1"):
        assert text in flat


def test_a_schedule_is_set_with_its_first_time(sensorctl: RunCommand, schedules: FakeSchedules) -> None:
    code, out, _ = sensorctl(
        "schedule", "set", "nightly", "dummy", "--cron", "30 2 * * *", "--time-zone", "Europe/Berlin",
        "--overlap", "replace", "--catch-up", "none", "--set", "seconds=9",
    )  # fmt: skip

    assert code == 0
    assert out.startswith("Set the schedule nightly: next ")
    [(_, actor, name, fields, next_at)] = schedules.changes
    assert (actor, name, next_at.tzinfo is not None) == ("sensorctl:ann", "nightly", True)
    assert fields == {
        "kind": "dummy", "spec": {"seconds": 9.0, "steps": 10}, "cron": "30 2 * * *",
        "time_zone": "Europe/Berlin",
        "overlap": "replace", "catch_up": "none", "enabled": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["dummy", "--cron", "30 2 * *"], "cron"),
        (["dummy", "--cron", "0 3 * * *", "--time-zone", "Mars/Olympus"], "time_zone"),
        (["dummy", "--cron", "0 3 * * *", "--overlap", "perhaps"], "--overlap"),
        (["nothing", "--cron", "0 3 * * *"], "kind"),
        (["dummy", "--cron", "0 3 * * *", "--set", "seconds=-1"], "spec.seconds"),
    ],
)
def test_what_no_schedule_can_be_is_refused(
    sensorctl: RunCommand, schedules: FakeSchedules, arguments: list[str], field: str
) -> None:
    code, _, err = sensorctl("schedule", "set", "nightly", *arguments)

    assert (code, schedules.changes) == (EXIT_USAGE, [])
    assert err.startswith(f"{field}: ") or f"{field}: " in err


@pytest.mark.usefixtures("schedules")
def test_the_coming_times_have_their_offsets_across_both_changes_of_the_clocks(sensorctl: RunCommand) -> None:
    _, spring, _ = sensorctl(
        "schedule", "next", "nightly", "--since", "2026-03-28T00:00Z", "--count", "3", "--json"
    )
    _, autumn, _ = sensorctl(
        "schedule", "next", "nightly", "--since", "2026-10-24T00:00Z", "--count", "3", "--json"
    )

    assert json.loads(spring) == [
        "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00",
    ]  # fmt: skip
    assert json.loads(autumn) == [
        "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00",
    ]  # fmt: skip


def test_the_table_of_coming_times_says_when_it_is_disabled(
    sensorctl: RunCommand, schedules: FakeSchedules
) -> None:
    schedules.rows[0]["enabled"] = False

    _, out, err = sensorctl("schedule", "next", "nightly", "--since", "2026-03-28T00:00Z", "--count", "2")

    for text in ("Sat 2026-03-28 02:30:00", "+01:00", "2026-03-28 01:30:00", "+02:00"):
        assert text in out
    assert "`sensorctl schedule enable nightly`" in err


def test_a_schedule_is_enabled_from_its_next_time_on(sensorctl: RunCommand, schedules: FakeSchedules) -> None:
    assert sensorctl("schedule", "enable", "nightly")[1].startswith("Enabled the schedule nightly: next ")
    assert sensorctl("schedule", "disable", "nightly")[1] == "Disabled the schedule nightly.\n"
    assert sensorctl("schedule", "remove", "nightly")[1] == "Removed the schedule nightly.\n"

    (_, _, _, enabled, next_at), (_, _, _, disabled, none), removed = schedules.changes
    assert (enabled, next_at is not None, disabled, none) == (True, True, False, None)
    assert removed == ("remove", "sensorctl:ann", "nightly")


@pytest.mark.usefixtures("schedules")
def test_a_schedule_that_does_not_exist_is_reported(sensorctl: RunCommand) -> None:
    assert sensorctl("schedule", "next", "weekly")[::2] == (
        1, "There is no schedule weekly: see `sensorctl schedule list`.\n",
    )  # fmt: skip
    assert sensorctl("schedule", "enable", "weekly")[0] == EXIT_USAGE
