"""What a report reads of the database: calibrated readings of one snapshot, limits, calibrations, people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from psycopg.types.json import Jsonb

from db.reports.report_data import ReadingsPending, ReportData, read_report_data
from db.reports.stored_samples import Period
from db.roles import AccessLevel
from db.sensors import change_sensor, continue_changes, merge_sensor
from readings.ids import derive_reading_id
from readings.model import Reading
from readings.sensor_changes import SensorChanges
from reports.measures.sensor import measure_sensor
from reports.model import LimitKind, ReportLimit, ReportRequest
from reports.samples import to_epoch_us
from runtime.errors import InvalidInput
from tests.database import Database, Roles
from tests.integration.rollups import insert
from tests.unit.reports.numpy_oracle import Oracle, assert_agrees, calibrated

# With both changes of daylight saving time in Europe and a leap day.
START, END = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC)
PERIOD = Period(START, END)
LIMITS: tuple[tuple[LimitKind, float], ...] = (("high", 6.5), ("low", 4.2))
STEP = timedelta(hours=3, minutes=7, microseconds=13)


def readings(
    sensor: str, start: datetime = START - 5 * STEP, end: datetime = END + 5 * STEP
) -> list[Reading]:
    times = [start + number * STEP for number in range((end - start) // STEP + 1)]
    values = [round(4 + 3 * ((number * 7919) % 1000) / 1000, 3) for number in range(len(times))]
    return [
        Reading(derive_reading_id(sensor, at, value), sensor, at, value)
        for at, value in zip(times, values, strict=True)
    ]


def save(database: Database, *saved: Reading) -> None:
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO sensor (sensor_id) SELECT DISTINCT unnest(%s::text[]) ON CONFLICT DO NOTHING",
            ([reading.sensor_id for reading in saved],),
        )
        insert(connection, saved)


def set_limits(database: Database, **rule: Any) -> int:
    values = {"severity": "warning", "sensor_id": None, "location": None, "pattern": None} | rule
    rows = database.query("SELECT limit_id FROM set_limits('ann', %s)", Jsonb([values]))
    return int(rows[0]["limit_id"])


@pytest.fixture
def read(database: Database, roles: Roles) -> Any:
    settings = database.settings_as(roles[AccessLevel.WORKER])

    def read(*sensors: str, location: str | None = None, period: Period = PERIOD) -> ReportData:
        return read_report_data(settings, period, sensors, location)

    return read


def test_the_readings_of_the_period_are_calibrated_and_in_order_whenever_they_arrived(
    database: Database, read: Any
) -> None:
    # given two calibrations within the period, and one reading in ten that arrives late
    stored = readings("fridge")
    second = START + timedelta(days=90)
    save(database, *(reading for number, reading in enumerate(stored) if number % 10))
    save(database, *readings("hall"))
    change_sensor(database.settings, "ann", "fridge", SensorChanges(slope=1.02, since=START + STEP))
    change_sensor(database.settings, "ann", "fridge", SensorChanges(offset=-0.3, since=second))
    continue_changes(database.settings)
    save(database, *stored[::10][::-1])
    # when
    [hall, fridge] = read("hall", "fridge").sensors
    # then each equals the plain computation, and nothing else is there
    expected = [
        (to_epoch_us(at), round(value * slope + offset, 9))
        for _, _, at, value, *_ in stored
        if START <= at < END
        for slope, offset in [(1.02, -0.3) if at >= second else (1.02, 0) if at >= START + STEP else (1, 0)]
    ]
    assert list(zip(fridge.samples.times, fridge.samples.temperatures, strict=True)) == expected
    assert len(hall.samples) == len(expected) > 2_000
    assert [(c.valid_from, c.slope, c.offset_kelvin, c.set_by) for c in fridge.calibrations] == [
        (START + STEP, 1.02, 0, "ann"),
        (second, 1.02, -0.3, "ann"),
    ]
    assert hall.calibrations == ()
    # and each figure equals that of numpy, from what the sensor sent
    times = np.array([reading.measured_at.timestamp() for reading in stored])
    raw = np.array([reading.temperature for reading in stored])
    since = [((START + STEP).timestamp(), 1.02, 0.0), (second.timestamp(), 1.02, -0.3)]
    limits = tuple(ReportLimit(kind=kind, threshold=at, source="") for kind, at in LIMITS)
    request = ReportRequest(sensors=("fridge",), start=START, end=END, limits=limits)
    oracle = Oracle(times, calibrated(times, raw, since), START.timestamp(), END.timestamp())
    assert_agrees(measure_sensor(fridge, request), oracle)


def test_sensors_are_named_or_all_of_a_location_and_each_is_there_once(database: Database, read: Any) -> None:
    for sensor in ("a", "b", "c"):
        save(database, *readings(sensor, END - 3 * STEP))
        changes = SensorChanges(
            name=f"Name {sensor}", serial=f"SN {sensor}", unit="fahrenheit", expected_interval_seconds=60,
            location="cold room" if sensor != "c" else None,
        )  # fmt: skip
        change_sensor(database.settings, "ann", sensor, changes)

    found = read("c", "b", location="cold room").sensors

    assert [each.sensor_id for each in found] == ["c", "b", "a"]
    first = found[0]
    assert (first.name, first.serial, first.unit, first.expected_interval_seconds) == (
        "Name c", "SN c", "fahrenheit", 60,
    )  # fmt: skip


def test_a_merged_sensor_is_the_one_that_has_its_readings_which_must_have_been_moved(
    database: Database, read: Any
) -> None:
    save(database, *readings("fridge", END - 9 * STEP, END - 5 * STEP))
    save(database, *readings("frigde", END - 5 * STEP + timedelta(seconds=1), END))
    merge_sensor(database.settings, "ann", "frigde", "fridge")

    with pytest.raises(ReadingsPending, match=r"readings of sensor fridge: try again"):
        read("frigde")
    continue_changes(database.settings)

    [fridge] = read("frigde", "fridge").sensors
    assert (fridge.sensor_id, len(fridge.samples)) == ("fridge", 10)


def test_readings_without_their_calibration_are_not_reported(database: Database, read: Any) -> None:
    save(database, *readings("fridge", END - 3 * STEP))
    change_sensor(database.settings, "ann", "fridge", SensorChanges(offset=1, since=START))

    with pytest.raises(ReadingsPending, match="a calibration or a merge is being applied"):
        read("fridge")


def test_limits_are_those_that_held_in_the_period_with_where_they_come_from(
    database: Database, read: Any
) -> None:
    # given a limit of the location, which that of the sensor replaces; that one was changed
    save(database, *readings("fridge", END - 3 * STEP))
    change_sensor(database.settings, "ann", "fridge", SensorChanges(location="lab"))
    other = set_limits(database, kind="low", location="lab", threshold=2, severity="critical")
    set_limits(database, kind="high", location="lab", threshold=30)
    first = set_limits(database, kind="high", sensor_id="fridge", threshold=9)
    second = set_limits(database, kind="high", sensor_id="fridge", threshold=8)
    set_limits(database, kind="stale", sensor_id="fridge", threshold=None, delay_seconds=60)
    created = "UPDATE limit_rule SET created_at = %s, ended_at = %s WHERE limit_id = %s"
    changed = START + timedelta(days=3)
    database.query("UPDATE limit_rule SET created_at = %s", START - STEP)
    database.query(created, START - STEP, changed, first)
    database.query(created, changed, None, second)
    # when
    [fridge] = read("fridge").sensors
    # then
    assert fridge.limits == (
        ReportLimit(
            kind="high", threshold=9, source=f"limit {first} of the sensor, warning, set by ann, until "
            "4 Feb 2024 00:00:00 +00:00",
        ),
        ReportLimit(
            kind="high", threshold=8, source=f"limit {second} of the sensor, warning, set by ann, since "
            "4 Feb 2024 00:00:00 +00:00",
        ),
        ReportLimit(
            kind="low", threshold=2, source=f"limit {other} of the location lab, critical, set by ann"
        ),
    )  # fmt: skip


def test_limits_of_a_location_are_those_of_where_the_sensor_was_in_the_period(
    database: Database, read: Any
) -> None:
    # given a sensor that was named and moved twice, of which the audit knows, and limits of each location
    save(database, *readings("fridge", END - 3 * STEP))
    limits = {}
    for place, threshold in (("lab", 8), ("hall", 25), ("attic", 40)):
        change_sensor(database.settings, "ann", "fridge", SensorChanges(location=place))
        limits[place] = set_limits(database, kind="high", location=place, threshold=threshold)
    database.query("UPDATE limit_rule SET created_at = %s", START - STEP)
    moves = [START + timedelta(days=3), END + STEP]
    with database.connect() as connection:
        connection.execute("DROP TRIGGER audit_append_only ON audit")
        connection.execute(
            """UPDATE audit SET at = moved.at FROM (
                   SELECT audit_id,
                          (%s::timestamptz[])[(row_number() OVER (ORDER BY audit_id))::integer] AS at
                   FROM audit WHERE object_kind = 'sensor' AND before ->> 'location' IS NOT NULL
               ) AS moved WHERE audit.audit_id = moved.audit_id""",
            (moves,),
        )
    # when
    [during] = read("fridge").sensors
    [before] = read("fridge", period=Period(START, START + STEP)).sensors
    # then
    lab = f"limit {limits['lab']} of the location lab, warning, set by ann"
    hall = f"limit {limits['hall']} of the location hall, warning, set by ann"
    moved_at = "4 Feb 2024 00:00:00 +00:00"
    assert [(limit.threshold, limit.source) for limit in during.limits] == [
        (25, f"{hall}, since {moved_at}"),
        (8, f"{lab}, until {moved_at}"),
    ]
    assert [(limit.threshold, limit.source) for limit in before.limits] == [(8, lab)]


def test_where_no_limit_held_in_the_period_those_of_today_do(database: Database, read: Any) -> None:
    save(database, *readings("fridge", END - 3 * STEP))
    limit = set_limits(database, kind="high", pattern="fri*", threshold=8)

    [high] = read("fridge").sensors[0].limits

    assert high.source.startswith(
        f"limit {limit} of the pattern fri*, warning, set by ann, after the period, at "
    )


def test_acknowledgements_are_of_excursions_that_overlap_the_period(database: Database, read: Any) -> None:
    save(database, *readings("fridge", END - 3 * STEP))
    limit = set_limits(database, kind="high", sensor_id="fridge", threshold=8)
    for start, acknowledged_by in ((START - 9 * STEP, "bob"), (START - STEP, "cy"), (START, None)):
        database.query(
            """INSERT INTO limit_excursion (
                   limit_id, sensor_id, started_at, ended_at, end_reason, last_measured_at, peak,
                   peak_temperature, peak_at, degree_minutes, acknowledged_at, acknowledged_by,
                   acknowledged_note)
               VALUES (%s, 'fridge', %s, %s, 'recovered', %s, 9, 9, %s, 1, %s, %s, 'door')""",
            limit, start, start + 2 * STEP, start, start, acknowledged_by and START, acknowledged_by,
        )  # fmt: skip

    [found] = read("fridge").sensors[0].acknowledgements

    assert (found.kind, found.threshold) == ("high", 8)
    assert (found.start, found.end) == (START - STEP, START + STEP)
    assert (found.acknowledged_by, found.acknowledged_at, found.note) == ("cy", START, "door")


@pytest.mark.parametrize(
    ("sensors", "location", "period", "message"),
    [
        (["absent"], None, PERIOD, "there is no sensor absent"),
        ([], "nowhere", PERIOD, "no sensor has the location nowhere"),
        (["fridge"], None, Period(START, datetime(2100, 1, 1, tzinfo=UTC)), "is in the future"),
    ],
)
def test_what_there_is_not_is_refused(
    database: Database, read: Any, sensors: list[str], location: str | None, period: Period, message: str
) -> None:
    save(database, *readings("fridge", END - 3 * STEP))

    with pytest.raises(InvalidInput, match=message):
        read(*sensors, location=location, period=period)
