"""Stored readings are analysed in the order of their commits."""

from datetime import date, timedelta

import pytest

from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from db.analysis.results import EvaluationRow, VirtualValueRow
from db.analysis.store import AnalysisStore
from limits.model import Reading
from tests.database import Database
from tests.integration.analysis.analysing import catch_up, follow
from tests.integration.analysis.story import (
    SENSOR,
    Readings,
    anomalies,
    at,
    insert,
    insert_now,
    kinds,
    learned,
    quiet,
)
from tests.unit.metrics import metric


def test_a_spike_a_level_shift_and_a_stuck_value_are_found_soon(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 100))
    catch_up(database, following)
    assert anomalies(database) == []

    insert_now(database, {100: 29, 101: 20})
    catch_up(database, following)
    [spike] = anomalies(database)
    assert (spike["kind"], spike["started_at"], spike["observed"]) == ("spike", at(100), 29)
    assert spike["lower"] < spike["expected"] < spike["upper"] < 29
    assert spike["expected"] == pytest.approx(20, abs=0.5)
    assert "29" in spike["reason"]

    insert_now(database, {**quiet(102, 150), 150: 26.2, 151: 26.1})
    catch_up(database, following)
    assert ("level-shift", at(150)) in kinds(database)

    insert_now(database, dict.fromkeys(range(152, 162), 26.3))
    catch_up(database, following)
    assert ("stuck", at(152)) in kinds(database)


def test_a_spike_that_stays_is_a_level_shift_and_no_second_anomaly(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    steps: tuple[Readings, ...] = (
        quiet(0, 240),
        {240: 26.0},
        {minute: 26.0 + minute % 3 / 10 for minute in range(241, 250)},
    )
    for readings in steps:
        insert_now(database, readings)
        catch_up(database, following)

    found = database.query("SELECT kind, withdrawn_at IS NOT NULL AS withdrawn FROM detected_anomaly")
    assert {row["kind"]: row["withdrawn"] for row in found} == {"spike": True, "level-shift": False}
    assert [row["kind"] for row in database.query("SELECT kind FROM anomaly")] == ["level-shift"]


def test_forecasts_and_how_good_they_were_are_stored(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 150))
    catch_up(database, following)

    [forecast] = database.query("SELECT * FROM sensor_forecast")
    assert forecast["made_at"] == at(149)
    assert timedelta() < forecast["first_at"] - at(149) <= timedelta(minutes=30)
    assert len(forecast["lower"]) == len(forecast["mean"]) == 48
    assert forecast["lower"][0] < forecast["mean"][0] == pytest.approx(20, abs=0.5)
    following.checkpoint()
    evaluated = database.query(
        "SELECT sum(forecasts) AS n FROM model_skill WHERE horizon = 'step' GROUP BY kind"
    )
    assert evaluated
    assert all(row["n"] > 100 for row in evaluated)


def test_it_reads_in_the_order_of_commits_and_waits_for_older_transactions(
    database: Database, store: AnalysisStore
) -> None:
    # given a transaction that stores early and commits late, and another that commits before it
    following = follow(store)
    insert_now(database, quiet(0, 60))
    with database.connect() as late, database.connect() as early:
        with late.transaction():
            insert(late, quiet(60, 70))
            insert(early, {**quiet(70, 80), 80: 29, 81: 20})
            # when it follows while the first is open, then nothing after it is analysed
            following.step()
            assert anomalies(database) == []
        catch_up(database, following)
    # then all of it is analysed once both are committed, in order
    assert kinds(database) == [("spike", at(80))]
    following.checkpoint()
    [state] = database.query("SELECT * FROM analysis_state")
    assert state["last_measured_at"] == at(81)
    expected = SensorAnalysis(Parameters())
    for minutes, temperature in {**quiet(0, 60), **quiet(60, 70), **quiet(70, 80), 80: 29, 81: 20}.items():
        expected.add(Reading(at(minutes).timestamp(), temperature))
    assert learned(bytes(state["state"])) == learned(expected.state())


def test_readings_of_a_retired_sensor_are_left_out(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    insert_now(database, quiet(0, 100))
    catch_up(database, following)
    database.query("SELECT change_sensor('test', %s, '{\"retired\": true}')", SENSOR)

    insert_now(database, {100: 29, 101: 20})
    catch_up(database, following)

    assert anomalies(database) == []


def test_the_virtual_values_are_those_of_the_sensors_that_are_offline(
    database: Database, store: AnalysisStore
) -> None:
    store.save_virtual_values(
        [VirtualValueRow(name, 60.0, 20.5, 20.0, 21.0, ["hall", "roof"]) for name in ("oven", SENSOR)]
    )
    store.save_virtual_values([VirtualValueRow(SENSOR, 90.0, 19.5, 19.0, 20.0, ["hall"])])

    [row] = database.query(
        "SELECT sensor_id, extract(epoch FROM at)::int AS at, neighbours FROM virtual_value"
    )
    assert row == {"sensor_id": SENSOR, "at": 90, "neighbours": ["hall"]}
    store.save_virtual_values([])
    assert not database.query("SELECT FROM virtual_value")


def test_any_number_of_evaluations_is_stored_each_in_place_of_what_is_stored_of_its_day(
    database: Database, store: AnalysisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.analysis.store.EVALUATIONS_TOGETHER", 2)
    columns = "array_agg(mae ORDER BY day) AS errors, count(DISTINCT xmin::text) AS parts"
    for error in (0.5, 0.25):
        store.save_evaluations(
            EvaluationRow(SENSOR, "seasonal", "6h", date(2026, 1, day), 48, error * day, 1.0, 0.95)
            for day in range(1, 6)
        )
        [row] = database.query(f"SELECT {columns} FROM model_evaluation")
        assert row == {"errors": [error * day for day in range(1, 6)], "parts": 3}


def test_an_anomaly_that_lasts_over_a_restart_is_counted_once(
    database: Database, store: AnalysisStore
) -> None:
    following = follow(store)
    before = metric("analysis_anomalies_total", kind="stuck")
    insert_now(database, {**quiet(0, 100), **dict.fromkeys(range(100, 130), 20.5)})
    catch_up(database, following)
    following.checkpoint()
    assert metric("analysis_anomalies_total", kind="stuck") == before + 1

    insert_now(database, quiet(130, 140))
    catch_up(database, follow(store))

    [stuck] = anomalies(database)
    assert stuck["ended_at"] == at(130)
    assert metric("analysis_anomalies_total", kind="stuck") == before + 1


def test_readings_of_long_ago_are_counted(database: Database, store: AnalysisStore) -> None:
    following = follow(store)
    catch_up(database, following)
    before = metric("analysis_readings_total")
    insert_now(database, quiet(-20_000, -19_950))
    catch_up(database, following)
    assert metric("analysis_readings_total") == before + 50
