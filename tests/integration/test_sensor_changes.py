"""Calibrations and merges on a real database: afterwards everything equals a plain computation."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from db.queries.sensors import find_sensors, known_sensors
from db.sensors import change_sensor, change_sensors, continue_changes, merge_sensor
from db.store import Store
from limits.definition import LimitValues
from readings.ids import derive_reading_id
from readings.model import Reading
from readings.plausible import PlausibleRanges
from readings.sensor_changes import SensorChanges
from runtime.errors import InvalidInput
from tests.database import Database
from tests.integration.rollups import assert_views_equal_scan, rolled_back
from tests.waiting import DEADLINE_SECONDS, eventually

NOW = datetime.now(UTC).replace(microsecond=0)


def test_names_that_no_sensor_can_have_are_not_found(database: Database) -> None:
    database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")

    names = ["fridge", "fri\0dge", "fridge\udcff"]

    assert find_sensors(database.settings, names) == {"fridge": "fridge"}
    assert known_sensors(database.settings, names) == {"fridge"}


def test_a_serial_number_is_of_one_sensor_and_passes_with_a_merge(database: Database) -> None:
    for sensor in ("fridge", "frigde"):
        database.query("INSERT INTO sensor (sensor_id) VALUES (%s)", sensor)
    change = partial(change_sensor, database.settings, "ann")
    assert change("frigde", SensorChanges(serial=" SN 7 ")).serial == "SN 7"

    with pytest.raises(InvalidInput, match="Sensor frigde has the serial number SN 7: clear it there first"):
        change("fridge", SensorChanges(serial="SN 7"))
    merge_sensor(database.settings, "ann", "frigde", "fridge")

    assert change("fridge", SensorChanges(serial="SN 7")).serial == "SN 7"
    assert change("fridge", SensorChanges(serial=None)).serial is None


def reading(sensor: str, seconds_ago: float, temperature: float, now: datetime = NOW) -> Reading:
    measured_at = now - timedelta(seconds=seconds_ago)
    return Reading(derive_reading_id(sensor, measured_at, temperature), sensor, measured_at, temperature)


def temperatures(database: Database, sensor: str) -> list[tuple[float, float]]:
    """Return the calibrated and the raw temperatures in the order of time."""
    return [
        (row["temperature"], row["raw_temperature"])
        for row in database.query(
            "SELECT temperature, raw_temperature FROM stored_reading "
            "WHERE sensor_id = %s ORDER BY measured_at",
            sensor,
        )
    ]


def test_a_calibration_holds_from_its_date_on_and_with_since_for_the_past(
    database: Database, store: Store
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store.save([reading("1", 7200, 20.0, now), reading("1", 60, 21.0, now)])
    change_sensor(database.settings, "key:a", "1", SensorChanges(offset=0.5))
    store.save([reading("1", 3600, 20.5, now)])  # measured before the calibration
    store.save([reading("1", -3_600, 22.0, now)])
    continue_changes(database.settings)
    assert temperatures(database, "1") == [(20.0, 20.0), (20.5, 20.5), (21.0, 21.0), (22.5, 22.0)]

    since = now - timedelta(hours=1, minutes=30)
    became = change_sensor(database.settings, "key:a", "1", SensorChanges(slope=2, since=since))
    continue_changes(database.settings)

    assert (became.offset, became.slope, became.calibrated_from) == (0.5, 2.0, since)
    assert temperatures(database, "1") == [(20.0, 20.0), (41.5, 20.5), (42.5, 21.0), (44.5, 22.0)]
    assert database.query("SELECT max_temperature FROM last_hour_overall") == [{"max_temperature": 44.5}]
    changes = database.query("SELECT actor, before, after FROM audit WHERE object_id = '1' ORDER BY audit_id")
    assert [(row["actor"], row["before"]["slope"], row["after"]["slope"]) for row in changes] == [
        ("key:a", 1, 1),
        ("key:a", 1, 2),
    ]


def test_consumers_finish_what_was_interrupted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.maintenance.INTERVAL_SECONDS", 0.0)
    monkeypatch.setattr("db.maintenance.CHANGES_INTERVAL_SECONDS", 0.0)
    with closing(Store(database.settings, "consumer")) as consumer:
        consumer.save([reading("1", n, 20.0) for n in range(0, 86_400, 60)])
        change_sensor(database.settings, "t", "1", SensorChanges(offset=1, since=NOW - timedelta(days=2)))
        database.query("SELECT advance_sensor_changes(100)")
        assert len({calibrated for calibrated, _ in temperatures(database, "1")}) == 2

        def is_finished() -> bool:
            consumer.check()
            return database.query("SELECT sensor_id FROM recalibration") == []

        eventually(is_finished, DEADLINE_SECONDS, "the consumer has recalibrated the readings")
    assert {calibrated for calibrated, _ in temperatures(database, "1")} == {21.0}


def test_a_merge_moves_each_reading_once_and_also_those_that_arrive_later(
    database: Database, store: Store
) -> None:
    # given a sensor that sent a reading twice, also under a mistyped ID, which has a calibration of its own
    mistyped = [reading("frigde", 7200, 4.0), reading("frigde", 60, 4.5)]
    store.save([*mistyped, reading("fridge", 60, 4.5), reading("fridge", 30, 5.0)])
    change_sensor(database.settings, "t", "frigde", SensorChanges(offset=9))
    change_sensor(database.settings, "t", "fridge", SensorChanges(offset=1, since=NOW - timedelta(hours=1)))
    # when it is merged and its messages are delivered again
    merged = merge_sensor(database.settings, "t", "frigde", "fridge")
    continue_changes(database.settings)
    assert store.save([mistyped[0]]) == 0
    assert store.save([reading("frigde", 20, 6.0)]) == 1
    continue_changes(database.settings)
    # then
    assert (merged.merged_into, merged.retired) == ("fridge", True)
    assert temperatures(database, "frigde") == []
    assert temperatures(database, "fridge") == [(4.0, 4.0), (5.5, 4.5), (6.0, 5.0), (7.0, 6.0)]
    with rolled_back(database) as connection:
        assert_views_equal_scan(connection)
    with pytest.raises(InvalidInput, match="Sensor frigde was merged into fridge: change that one"):
        change_sensor(database.settings, "t", "frigde", SensorChanges(name="x"))


def test_what_cannot_be_merged_is_refused(database: Database, store: Store) -> None:
    store.save([reading("a", 60, 1.0), reading("b", 60, 2.0), reading("c", 50, 3.0)])
    for source, target, message in (
        ("a", "a", "A sensor cannot be merged into itself"),
        ("a", "z", "There is no sensor z to merge into"),
        ("z", "a", "There is no sensor z"),
        ("a", "b", r"but 1 °C and 2 °C, so they are two sensors"),
    ):
        with pytest.raises(InvalidInput, match=message):
            merge_sensor(database.settings, "t", source, target)
    merge_sensor(database.settings, "t", "a", "c")
    with pytest.raises(InvalidInput, match="Sensor a was merged into c itself: merge into that one"):
        merge_sensor(database.settings, "t", "b", "a")
    with pytest.raises(InvalidInput, match="Sensor a was merged into c already"):
        merge_sensor(database.settings, "t", "a", "b")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (SensorChanges(plausible_min=50), "plausible_min: The plausible range contains no temperature"),
        (SensorChanges(since=NOW - timedelta(days=1)), "since: The sensor has no calibration"),
        (
            SensorChanges(offset=1, since=NOW + timedelta(days=1)),
            "since: A calibration cannot begin in the future",
        ),
    ],
)
def test_a_refused_change_changes_nothing(
    database: Database, store: Store, changes: SensorChanges, message: str
) -> None:
    store.save([reading("1", 60, 20.0)])
    change_sensor(database.settings, "t", "1", SensorChanges(plausible_max=40))
    before = database.query("SELECT * FROM sensor_settings")

    with pytest.raises(InvalidInput, match=message):
        change_sensor(database.settings, "t", "1", changes)

    assert database.query("SELECT * FROM sensor_settings") == before
    assert database.query("SELECT count(*)::int AS changes FROM audit") == [{"changes": 1}]
    with pytest.raises(InvalidInput, match="There is no sensor 2"):
        change_sensor(database.settings, "t", "2", SensorChanges(name="x"))


def test_fields_and_limits_are_changed_together_or_not_at_all(database: Database, store: Store) -> None:
    store.save([reading("1", 60, 20.0)])
    limits = [LimitValues(high=8, delay_seconds=600)]

    changed = change_sensor(database.settings, "key:a", "1", SensorChanges(name="Fridge"), limits)

    assert changed.name == "Fridge"
    holding = "SELECT kind, threshold, delay_seconds, set_for FROM sensor_limit"
    before = database.query(holding)
    assert before == [{"kind": "high", "threshold": 8, "delay_seconds": 600, "set_for": "sensor"}]
    # when either is refused, the other is not changed
    with pytest.raises(InvalidInput, match="low limit 9 °C must be below"):
        change_sensor(database.settings, "t", "1", SensorChanges(name="x"), [LimitValues(low=9)])
    refused = SensorChanges(plausible_min=40, plausible_max=30)
    with pytest.raises(InvalidInput, match="contains no temperature"):
        change_sensor(database.settings, "t", "1", refused, [LimitValues(high=7)])
    assert database.query("SELECT name FROM sensor_settings") == [{"name": "Fridge"}]
    assert database.query(holding) == before
    assert database.query("SELECT count(*)::int AS changes FROM audit") == [{"changes": 2}]


def test_a_retired_sensor_is_not_monitored_and_an_expected_interval_decides_when_one_is_offline(
    database: Database, store: Store
) -> None:
    store.save([reading("1", n, 20.0) for n in (300, 200, 100)] + [reading("2", 300, 20.0)])
    intervals = "SELECT sensor_id, usual_interval FROM sensor_status ORDER BY sensor_id"
    change_sensor(database.settings, "t", "2", SensorChanges(expected_interval_seconds=45))
    assert database.query(intervals)[1]["usual_interval"] == timedelta(seconds=45)

    change_sensor(database.settings, "t", "1", SensorChanges(retired=True))
    assert [row["sensor_id"] for row in database.query(intervals)] == ["2"]
    assert len(temperatures(database, "1")) == 3

    change_sensor(database.settings, "t", "1", SensorChanges(retired=False))
    assert len(database.query(intervals)) == 2


def test_several_sensors_are_changed_together_or_not_at_all(database: Database, store: Store) -> None:
    store.save([reading("1", 60, 20.0), reading("2", 60, 20.0)])
    retired = "SELECT array_agg(sensor_id ORDER BY sensor_id) AS ids FROM sensor WHERE retired_at IS NOT NULL"

    with pytest.raises(InvalidInput, match="There is no sensor 3"):
        change_sensors(database.settings, "t", ["2", "1", "3"], SensorChanges(retired=True))
    assert database.query(retired) == [{"ids": None}]

    changed = change_sensors(database.settings, "t", ["2", "1"], SensorChanges(retired=True))
    assert [(sensor.sensor_id, sensor.retired) for sensor in changed] == [("2", True), ("1", True)]
    assert database.query(retired) == [{"ids": ["1", "2"]}]
    assert database.query("SELECT count(*)::int AS changes FROM audit") == [{"changes": 2}]


def test_consumers_know_the_plausible_ranges_of_single_sensors(database: Database, store: Store) -> None:
    store.save([reading("1", 60, 20.0)])
    change_sensor(database.settings, "t", "1", SensorChanges(plausible_max=60))

    ranges = store.plausible_ranges(PlausibleRanges(-40, 100))

    assert ranges.violation(reading("1", 0, 85.0)) == "outside the plausible range of sensor 1, -40 to 60 °C"
    assert ranges.violation(reading("2", 0, 85.0)) is None
