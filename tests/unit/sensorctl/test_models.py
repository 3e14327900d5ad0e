"""`sensorctl model`, `forecast` and `evaluate`: what the analysis has learned, and how well it forecasts."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sensorctl.analysis import evaluate, forecast, models, options
from tests.unit.fake_analysis import EVALUATION, FORECAST, MODEL, VIRTUAL_VALUE, FakeForecasts, FakeModels
from tests.unit.fakes import RunCommand

NOW = datetime.now(UTC)
PENDING = {"sensors": 2, "requested_at": NOW}


class Models(FakeModels):
    """As the fake, but only of sensor 1, and with what the page does not need."""

    def read(
        self, sensor_id: str | None = None, kind: str | None = None, version: int | None = None, *, most: int
    ) -> list[dict[str, Any]]:
        is_known = sensor_id in {None, "1"} and kind in {None, "season"} and version in {None, 3}
        return [MODEL] if is_known else []

    def evaluations(
        self, sensor_id: str, since: date | None = None, kind: str | None = None
    ) -> list[dict[str, Any]]:
        self.changes.append((sensor_id, since, kind))
        return [EVALUATION] if sensor_id == "1" and since != date(2026, 11, 27) else []

    def evaluations_of_all(self, since: date | None = None) -> list[dict[str, Any]]:
        return [EVALUATION | {"sensors": 12}]

    def rebuilds(self, sensor_id: str | None = None) -> dict[str, Any]:
        return PENDING

    def rebuild(self, actor: str, sensor_id: str | None, since: datetime | None) -> int:
        self.changes.append((actor, sensor_id, since))
        return 1 if sensor_id else 12


class FakeStatements:
    def __init__(self, *_: object) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def source(monkeypatch: pytest.MonkeyPatch) -> Models:
    source = Models()
    for name in ("discover_settings", "discover_manager_settings"):
        monkeypatch.setattr(options, name, lambda: None)
    monkeypatch.setattr(options, "Statements", FakeStatements)
    monkeypatch.setattr(options, "read_sensor", lambda _, sensor_id: sensor_id in {"1", "2"} or None)
    monkeypatch.setattr(models, "current_actor", lambda: "sensorctl:ann")
    monkeypatch.setattr(forecast, "Forecasts", lambda _: FakeForecasts())
    for module in (models, evaluate):
        monkeypatch.setattr(module, "Models", lambda _: source)
    return source


def test_the_versions_are_listed_and_what_is_yet_to_be_learned_again(sensorctl: RunCommand) -> None:
    code, out, err = sensorctl("model", "list")

    assert code == 0
    for text in ("season", "active", "2026-11-26 12:00:00", "512"):
        assert text in out
    assert err.startswith("2 sensors are yet to be learned again, requested since ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("model", "list", "9"), "There is no sensor 9: see `sensorctl sensor list --all`.\n"),
        (("model", "show", "9", "season"), "There is no sensor 9: see `sensorctl sensor list --all`.\n"),
        (("model", "show", "1", "river"), "Sensor 1 has no model river: see `sensorctl model list`.\n"),
        (
            ("model", "show", "1", "season", "--version", "2"),
            "Sensor 1 has no model season 2: see `sensorctl model list`.\n",
        ),
        (("forecast", "9"), "There is no sensor 9: see `sensorctl sensor list --all`.\n"),
        (("evaluate", "9"), "There is no sensor 9: see `sensorctl sensor list --all`.\n"),
    ],
)
def test_what_does_not_exist_is_reported(
    sensorctl: RunCommand, arguments: tuple[str, ...], message: str
) -> None:
    assert sensorctl(*arguments) == (1, "", message)


def test_a_version_is_shown_with_how_well_its_kind_forecasts(sensorctl: RunCommand, source: Models) -> None:
    _, out, _ = sensorctl("model", "show", " 1", "season")

    for text in ("parameters", "512 bytes", "6 h", "0.500", "+0.500", "95.0%", "2026-11-25 to 2026-11-26"):
        assert text in out
    assert source.changes == [("1", None, "season")]
    [evaluation] = json.loads(sensorctl("model", "show", "1", "season", "--json")[1])["evaluations"]
    assert evaluation["skill"] == 0.5


def test_a_model_is_rolled_back(sensorctl: RunCommand, source: Models) -> None:
    assert sensorctl("model", "rollback", "1", "season", "3")[:2] == (
        0,
        "The model season of sensor 1 continues from version 3.\n",
    )
    assert source.changes == [("sensorctl:ann", "1", "season", 3)]
    code, _, err = sensorctl("model", "rollback", "1", "season", "4")
    assert (code, err) == (2, "version: Sensor 1 has no version 4 of the model season.\n")


@pytest.mark.parametrize(
    ("arguments", "change", "message"),
    [
        ((), (None, None), "Requested to learn 12 sensors again.\n"),
        (
            ("1", "--since", "2026-11-01"),
            ("1", datetime(2026, 11, 1, tzinfo=UTC)),
            "Requested to learn 1 sensor again, from 2026-11-01 00:00:00 UTC on.\n",
        ),
    ],
)
def test_sensors_are_learned_again(
    sensorctl: RunCommand, source: Models, arguments: tuple[str, ...], change: tuple[Any, ...], message: str
) -> None:
    assert sensorctl("model", "rebuild", *arguments)[1] == message
    assert source.changes == [("sensorctl:ann", *change)]


def points(first: datetime) -> list[dict[str, Any]]:
    return [
        {"at": first + timedelta(minutes=30 * n), "mean": 20.0 + n, "lower": 19.0 + n, "upper": 21.0 + n}
        for n in range(48)
    ]


def test_the_forecast_is_of_the_next_hours(sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not from the start of the tests, which can be long ago.
    started = FORECAST | {"points": points(datetime.now(UTC) - timedelta(minutes=45))}
    monkeypatch.setattr(FakeForecasts, "read", lambda *_: started)

    found = json.loads(sensorctl("forecast", "1", "--hours", "1", "--json")[1])

    assert [point["mean"] for point in found["forecast"]["points"]] == [21.0, 22.0, 23.0]
    assert found["virtual_value"] is None
    _, out, _ = sensorctl("forecast", "1")
    assert out.endswith("By season 3, from readings up to 2026-11-26 12:00:00 UTC.\n")
    assert len(out.splitlines()) == 4 + 13 + 2


def test_a_forecast_that_ended_says_what_to_look_at(sensorctl: RunCommand) -> None:
    _, out, err = sensorctl("forecast", "1")

    assert out == ""
    assert err == (
        "The forecast of sensor 1 ended: its last reading was measured at 2026-11-26 12:00:00 UTC. See "
        "whether it sends readings, and whether the service `analysis` runs: `sensorctl status`.\n"
    )


def test_neighbours_say_what_a_sensor_would_measure(
    sensorctl: RunCommand,
) -> None:
    _, out, err = sensorctl("forecast", str(VIRTUAL_VALUE["sensor_id"]))

    assert out == (
        "Sensor hall/1 sends nothing. By 1 it would measure 20.00 °C (19.00 to 21.00) at "
        "2026-11-26 12:00:00 UTC.\n"
    )
    assert err == (
        "There is no forecast of sensor hall/1 yet: the service `analysis` makes the first one when the half "
        "hour (to :00 or :30) of its first reading is over and another reading has followed.\n"
    )


def test_the_figures_are_of_a_sensor_or_of_all(sensorctl: RunCommand) -> None:
    assert "Forecasts of 12 sensors" in sensorctl("evaluate")[1]
    assert json.loads(sensorctl("evaluate", "1", "--json")[1])[0]["coverage"] == 0.95
    _, out, err = sensorctl("evaluate", "1", "--since", "2026-11-27")
    assert (out, err) == ("", "No forecast could be compared with its reading since 2026-11-27.\n")
