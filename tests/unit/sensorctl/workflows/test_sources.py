"""`sensorctl source`: what is defined, shown and tested."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from runtime.exit_codes import EXIT_USAGE
from sensorctl.workflows import dummy
from sensorctl.workflows import sources as command
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import ACTOR, FakeWorkflows
from tests.unit.sensorctl.workflows.rows import AT, job, workflow

ATTIC = {
    "name": "attic", "kind": "home-assistant", "address": "http://ha.local:8123",
    "secret_name": "SOURCE_ATTIC_TOKEN", "sensors": [{"remote": "sensor.attic", "sensor_id": "attic"}],
    "unit": "celsius", "time_zone": "UTC", "cursor": AT, "requests_per_minute": 60.0, "lag_seconds": 3600.0,
    "options": {},
}  # fmt: skip


class FakeSources:
    """One source, and what was changed."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = [dict(ATTIC)]
        self.puts: list[tuple[str, str, dict[str, Any]]] = []
        self.periods = [(AT, AT + timedelta(hours=1))]

    def read_all(self) -> list[dict[str, Any]]:
        return self.rows

    def read(self, name: str) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["name"] == name), None)

    def put(self, actor: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.puts.append((actor, name, fields))
        return ATTIC | fields

    def remove(self, _actor: str, name: str) -> dict[str, Any]:
        return next(row for row in self.rows if row["name"] == name)

    def covered(self, _name: str) -> list[tuple[datetime, datetime]]:
        return self.periods


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> FakeSources:
    fake = FakeSources()

    @contextmanager
    def opened() -> Iterator[FakeSources]:
        yield fake

    for module in (command, dummy):
        for name in ("reader", "manager"):
            if module is command or name == "manager":
                monkeypatch.setattr(module, name, opened)
        monkeypatch.setattr(module, "current_actor", lambda: ACTOR)
    return fake


def test_an_empty_text_removes_a_field(sensorctl: RunCommand, sources: FakeSources) -> None:
    sources.rows[0]["kind"] = "signal-k"

    assert sensorctl("source", "set", "attic", "--secret", "", "--time-zone", "", "--unit", "")[0] == 0

    [(_, _, fields)] = sources.puts
    assert (fields["secret_name"], fields["time_zone"]) == (None, None)
    assert fields["address"] == ATTIC["address"]


def test_a_source_is_defined(sensorctl: RunCommand, sources: FakeSources) -> None:
    code, out, _ = sensorctl(
        "source", "set", "home", "--kind", "influxdb", "--address", "http://db.local:8086",
        "--sensor", "temperature,room=attic value=attic", "--unit", "fahrenheit", "--option", "database=home",
        "--requests-per-minute", "30", "--lag", "60",
    )  # fmt: skip

    assert code == 0
    assert "`sensorctl source test home`" in out
    [(actor, name, fields)] = sources.puts
    assert (actor, name) == (ACTOR, "home")
    assert fields["sensors"] == [{"remote": "temperature,room=attic value", "sensor_id": "attic"}]
    assert (fields["unit"], fields["options"]) == ("fahrenheit", {"database": "home"})
    assert (fields["requests_per_minute"], fields["lag_seconds"]) == (30, 60)


def test_a_change_keeps_what_is_not_given(sensorctl: RunCommand, sources: FakeSources) -> None:
    sensorctl("source", "set", "attic", "--address", "http://ha.local:8124")

    [(_, _, fields)] = sources.puts
    assert fields["address"] == "http://ha.local:8124"
    assert (fields["kind"], fields["secret_name"]) == ("home-assistant", "SOURCE_ATTIC_TOKEN")
    assert fields["sensors"] == ATTIC["sensors"]
    assert "cursor" not in fields


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new", "--address", "http://a.local"], "kind: is missing"),
        (["attic", "--sensor", "sensor.attic"], "must be REMOTE=SENSOR"),
        (["attic", "--secret", "eyJhbGciOi"], "secret_name: must be the name of the environment variable"),
        (["attic", "--address", "http://ann:secret@ha.local"], "address: contains a user or a password"),
    ],
)
def test_what_no_source_can_be_is_refused(
    sensorctl: RunCommand, sources: FakeSources, arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("source", "set", *arguments)

    assert (code, sources.puts) == (EXIT_USAGE, [])
    assert message in err
    assert "secret@" not in err
    assert "eyJ" not in err


@pytest.mark.usefixtures("sources")
def test_a_source_is_shown_with_the_times_that_were_read(sensorctl: RunCommand) -> None:
    _, out, _ = sensorctl("source", "show", "attic")

    for text in (
        "home-assistant", "in SOURCE_ATTIC_TOKEN", "attic from sensor.attic", "at most 60 per minute",
        "2026-11-27 12:00:00 to 2026-11-27 13:00:00 UTC",
    ):  # fmt: skip
        assert text in out
    [period] = json.loads(sensorctl("source", "show", "attic", "--json")[1])["covered"]
    assert period["start"] == AT.isoformat()


def test_only_the_latest_periods_are_shown(sensorctl: RunCommand, sources: FakeSources) -> None:
    sources.periods = [(AT + timedelta(days=n), AT + timedelta(days=n, hours=1)) for n in range(25)]

    assert "and 5 earlier periods" in sensorctl("source", "show", "attic")[1]


@pytest.mark.usefixtures("sources")
def test_the_sources_are_listed(sensorctl: RunCommand) -> None:
    _, out, _ = sensorctl("source", "list")

    for text in ("attic", "home-assistant", "http://ha.local:8123", "2026-11-27 12:00:00"):
        assert text in out


@pytest.mark.usefixtures("sources", "history")
def test_a_test_of_a_source_is_followed_to_its_end(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    workflows.rows = [workflow(state="succeeded")]
    reading = {"sensor_id": "attic", "measured_at": "2026-11-27T12:00:00.000000Z", "temperature": 19.5}
    workflows.jobs_read = [job(counts={"new": 1, "readings": [reading]})]

    code, out, _ = sensorctl("source", "test", "attic")

    assert code == 0
    assert "attic │ 2026-11-27T12:00:00.000000Z │ 19.50" in " ".join(out.split())
    [(_, kind, spec, _, _)] = workflows.requests
    assert (kind, spec) == ("source-test", {"source": "attic"})
    assert sensorctl("source", "test", "cellar")[::2] == (
        1, "There is no source cellar: see `sensorctl source list`.\n",
    )  # fmt: skip


@pytest.mark.usefixtures("history")
def test_a_simulated_source_is_set_and_requested(
    sensorctl: RunCommand, sources: FakeSources, workflows: FakeWorkflows
) -> None:
    sources.rows = []

    code, _, err = sensorctl(
        "dummy",
        "live",
        "--source",
        "attic",
        "--rate",
        "5",
        "--sensors",
        "2",
        "--missing",
        "0.1",
        "--disconnect-after",
        "100",
    )

    assert code == 0
    assert "`sensorctl workflow cancel`" in err
    [(_, name, fields)] = sources.puts
    assert (name, fields["kind"]) == ("attic", "simulated")
    assert [sensor["sensor_id"] for sensor in fields["sensors"]] == ["attic-1", "attic-2"]
    assert fields["options"] == {"rate": 5.0, "missing": 0.1, "repeated": 0.0, "disconnect_after": 100}
    [(_, kind, spec, _, _)] = workflows.requests
    assert (kind, spec) == ("live", {"source": "attic"})


def test_a_source_of_another_kind_is_not_replaced_by_a_simulated_one(
    sensorctl: RunCommand, sources: FakeSources
) -> None:
    code, _, err = sensorctl("dummy", "live", "--source", "attic")

    assert (code, sources.puts) == (EXIT_USAGE, [])
    assert "--source: attic is a source of the kind home-assistant: choose another name" in err
