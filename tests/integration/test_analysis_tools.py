"""What the analysis has stored is read and changed by sensorctl, with the reader's and the manager's role."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from db.queries.anomalies import Anomalies, AnomalyFilter
from db.queries.forecasts import Forecasts
from db.queries.models import Models
from db.queries.server import Server
from db.queries.statements import Statements
from db.queries.status import SensorStates
from runtime.errors import InvalidInput
from tests.database import Database
from tests.integration.anomalies import NOW, add_anomaly, ago, end_anomaly, mark_anomaly
from tests.integration.limits import register

ALL = AnomalyFilter()
MOST = 100


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    with closing(Statements(database.settings, "test")) as statements:
        yield statements


def numbers(source: Anomalies, selection: AnomalyFilter) -> list[int]:
    return [row["anomaly_id"] for row in source.read(selection, MOST)]


def test_anomalies_are_selected_with_what_is_open_first(database: Database, statements: Statements) -> None:
    register(database, "1", location="kitchen")
    old = add_anomaly(database, "1", started=90, ended=80)
    new = add_anomaly(database, "2", started=20, ended=10)
    lasts = add_anomaly(database, "1", "drift", started=60)
    source = Anomalies(statements)

    assert numbers(source, ALL) == [lasts, new, old]
    assert numbers(source, AnomalyFilter(sensors=["1"])) == [lasts, old]
    assert numbers(source, AnomalyFilter(kinds=["spike"], since=ago(30))) == [new]
    assert numbers(source, AnomalyFilter(is_open=True)) == [lasts]
    assert numbers(source, AnomalyFilter(until=ago(70))) == [old]
    [row] = source.read(AnomalyFilter(is_open=True), MOST)
    assert (row["location"], row["expected"], row["started_at"]) == ("kitchen", 5, ago(60))


def test_changes_are_those_found_later_and_those_followed(database: Database, statements: Statements) -> None:
    followed, other = add_anomaly(database, "1", "drift"), add_anomaly(database, "2")
    source = Anomalies(statements)
    last = source.last_id()
    new = add_anomaly(database, "3")
    end_anomaly(database, followed)

    rows = source.changes(ALL, last, {followed: None}, MOST)

    assert last == other
    assert [(row["anomaly_id"], row["ended_at"]) for row in rows] == [(followed, NOW), (new, None)]


def test_a_mark_is_audited_and_can_be_taken_back(database: Database, statements: Statements) -> None:
    number = add_anomaly(database, "1")
    source = Anomalies(statements)

    marked = source.mark("sensorctl:ann", number, "wrong", "a door")
    assert [marked[name] for name in ("verdict", "marked_by", "note")] == ["wrong", "sensorctl:ann", "a door"]
    unmarked = source.mark("sensorctl:bo", number, None)
    assert unmarked["verdict"] is None
    with pytest.raises(InvalidInput, match=f"There is no anomaly {number + 1}"):
        source.mark("sensorctl:bo", number + 1, "right")

    audit = database.query("SELECT actor, action FROM audit WHERE object_kind = 'anomaly' ORDER BY audit_id")
    assert [row["actor"] for row in audit] == ["sensorctl:ann", "sensorctl:bo"]


def test_the_status_counts_those_that_last_and_are_not_wrong(database: Database) -> None:
    add_anomaly(database, "1", ended=1)
    wrong, first, second = (add_anomaly(database, "2", started=started) for started in (5, 4, 3))
    mark_anomaly(database, wrong, "wrong")
    mark_anomaly(database, first, "right")

    with closing(SensorStates(database.settings)) as states:
        assert states.open_anomalies(MOST)[0] == 2
        total, [latest] = states.open_anomalies(1)

    assert (total, latest["anomaly_id"], latest["sensor_id"]) == (2, second, "2")


def test_a_process_that_analyses_is_known_by_its_lock(database: Database) -> None:
    with closing(Server(database.settings)) as server:
        assert not server.is_analysed()
        database.query("SELECT lock_analysis()")
        assert server.is_analysed()


def add_version(database: Database, version: int, *, active: bool) -> None:
    database.query(
        "INSERT INTO model (sensor_id, kind, version, trained_to, parameters, state, reason, active) "
        "VALUES ('1', 'season', %s, now(), %s, 'abc', 'first', %s)",
        version, json.dumps({"day": version}), active,
    )  # fmt: skip


def test_a_model_is_rolled_back(database: Database, statements: Statements) -> None:
    add_version(database, 1, active=False)
    add_version(database, 2, active=True)
    models = Models(statements)

    models.roll_back("sensorctl:ann", "1", "season", 1)

    found = models.read("1", most=MOST)
    assert [(row["version"], row["active"], row["state_bytes"]) for row in found] == [
        (2, False, 3),
        (1, True, 3),
    ]
    assert [row["requested_at"] is not None for row in found] == [False, True]
    assert [row["parameters"] for row in models.read("1", "season", 2, most=MOST)] == [{"day": 2}]
    with pytest.raises(InvalidInput, match="has no version 3"):
        models.roll_back("sensorctl:ann", "1", "season", 3)


def test_a_sensor_or_all_are_learned_again(database: Database, statements: Statements) -> None:
    register(database, "1", "2")
    models = Models(statements)
    assert models.rebuilds()["sensors"] == 0

    assert models.rebuild("sensorctl:ann", "1", ago(10)) == 1
    assert models.rebuilds("2")["sensors"] == 0
    assert models.rebuild("sensorctl:ann", None, None) == 2

    assert models.rebuilds()["sensors"] == 2
    with pytest.raises(InvalidInput, match="There is no sensor 3"):
        models.rebuild("sensorctl:ann", "3", None)


def test_the_figures_of_days_are_weighted_by_their_forecasts(
    database: Database, statements: Statements
) -> None:
    values = [
        ("1", "6h", "2026-11-25", 10, 1.0, 2.0, 0.9),
        ("1", "6h", "2026-11-26", 30, 2.0, 2.0, 1.0),
        ("1", "step", "2026-11-26", 5, None, None, None),
        ("2", "6h", "2026-11-26", 40, 0.0, 4.0, 1.0),
    ]
    for row in values:
        database.query("INSERT INTO model_evaluation VALUES (%s, 'season', %s, %s, %s, %s, %s, %s)", *row)
    models = Models(statements)

    step, six_hours = models.evaluations("1")
    assert (step["horizon"], step["mae"], step["skill"]) == ("step", None, None)
    figures = ("forecasts", "mae", "last_value_mae", "skill")
    assert [six_hours[name] for name in figures] == [40, 1.75, 2.0, 0.125]
    assert six_hours["coverage"] == pytest.approx(0.975)

    latest = datetime(2026, 11, 26, tzinfo=UTC).date()
    assert [row["mae"] for row in models.evaluations("1", latest, "season")] == [None, 2.0]
    assert models.evaluations("1", kind="last-value") == []
    [_, of_all] = models.evaluations_of_all()
    assert (of_all["sensors"], of_all["mae"], of_all["skill"]) == (2, 0.875, pytest.approx(1 - 0.875 / 3))


def test_a_forecast_has_a_point_per_step(database: Database, statements: Statements) -> None:
    database.query(
        "INSERT INTO sensor_forecast VALUES ('1', 'season', 3, %s, %s, 1800, %s, %s, %s)",
        ago(1), NOW, [20.0, 21.0], [19.0, 20.0], [21.0, 22.0],
    )  # fmt: skip
    database.query("INSERT INTO virtual_value VALUES ('2', %s, 20, 19, 21, %s)", NOW, ["1", "3"])
    forecasts = Forecasts(statements)

    found = forecasts.read("1")

    assert found is not None
    assert [point["at"] for point in found["points"]] == [NOW, NOW + timedelta(minutes=30)]
    assert found["points"][1] == {"at": ago(-30), "mean": 21.0, "lower": 20.0, "upper": 22.0}
    virtual = forecasts.virtual_value("2")
    assert virtual is not None
    assert virtual["neighbours"] == ["1", "3"]
    assert (forecasts.read("2"), forecasts.virtual_value("1")) == (None, None)
