"""The view `sensor_status`: last reading, usual interval, offline since."""

from datetime import datetime, timedelta

import pytest

from tests.database import Database, Row

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
PROMPT = 50 * timedelta(milliseconds=1)
INSERT = """
INSERT INTO reading (reading_id, sensor_id, temperature, measured_at, received_at)
SELECT gen_random_uuid(), %s, %s, measured_at, received_at
FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS moment (measured_at, received_at)
"""


@pytest.fixture(autouse=True)
def _now_stands_still(database: Database) -> None:
    """All is one transaction, so that what is silent does not depend on how long a test takes."""
    database.query("BEGIN")


class Sensor:
    """A sensor whose readings are inserted into the database."""

    def __init__(self, database: Database, sensor_id: str = "1") -> None:
        self._database, self.sensor_id = database, sensor_id
        self.now: datetime = database.query("SELECT now() AS now")[0]["now"]
        database.query("INSERT INTO sensor (sensor_id) VALUES (%s)", sensor_id)

    def measured(self, *ages: timedelta, delay: timedelta = PROMPT, temperature: float = 20.0) -> None:
        """Insert readings of these ages, each of which arrived after the delay."""
        times = [self.now - age for age in ages]
        self._database.query(INSERT, self.sensor_id, temperature, times, [at + delay for at in times])

    def every(
        self, interval: timedelta, *, times: int, until: timedelta, delay: timedelta = PROMPT
    ) -> "Sensor":
        """Insert readings at a regular interval, the last one `until` ago."""
        self.measured(*(until + n * interval for n in range(times)), delay=delay)
        return self

    @property
    def status(self) -> Row:
        (row,) = self._database.query("SELECT * FROM sensor_status WHERE sensor_id = %s", self.sensor_id)
        return row


@pytest.fixture
def sensor(database: Database) -> Sensor:
    return Sensor(database)


def test_a_sensor_without_readings_is_not_listed(database: Database, sensor: Sensor) -> None:
    assert database.query("SELECT * FROM sensor_status") == []


def test_a_sensor_has_its_name_its_last_reading_and_its_usual_interval(
    database: Database, sensor: Sensor
) -> None:
    sensor.every(2 * SECOND, times=200, until=4 * SECOND)
    sensor.measured(1 * SECOND, temperature=23.5)
    database.query("UPDATE sensor SET name = 'Kitchen', location = 'ground floor'")

    status = sensor.status

    assert (status["name"], status["location"]) == ("Kitchen", "ground floor")
    assert status["last_measured_at"] == sensor.now - SECOND
    assert status["last_received_at"] == sensor.now - SECOND + PROMPT
    assert status["last_temperature"] == 23.5
    assert status["usual_interval"] == pytest.approx(2 * SECOND, abs=0.1 * SECOND)
    assert status["offline_since"] is None


@pytest.mark.parametrize(
    ("interval", "limit"),
    [(SECOND, 30 * SECOND), (10 * SECOND, 50 * SECOND), (20 * MINUTE, 100 * MINUTE), (8 * HOUR, 40 * HOUR)],
)
def test_it_is_offline_after_five_intervals_and_at_least_30_seconds(
    database: Database, interval: timedelta, limit: timedelta
) -> None:
    # given two sensors with the same interval, on either side of the limit
    times = max(12, 3 * MINUTE // interval)
    online = Sensor(database, "online").every(interval, times=times, until=0.9 * limit)
    offline = Sensor(database, "offline").every(interval, times=times, until=1.1 * limit)
    # then one of them is offline since its last reading arrived
    assert online.status["usual_interval"] == pytest.approx(interval, rel=0.05)
    assert online.status["offline_since"] is None
    assert offline.status["offline_since"] == offline.now - 1.1 * limit + PROMPT


def test_it_is_online_again_with_its_next_reading(sensor: Sensor) -> None:
    sensor.every(SECOND, times=200, until=HOUR)
    assert sensor.status["offline_since"] is not None
    sensor.measured(SECOND)
    assert sensor.status["offline_since"] is None


def test_neither_a_gap_nor_a_burst_changes_the_usual_interval(sensor: Sensor) -> None:
    # given a sensor with an interval of 10 s, a gap of hours, and a burst of 500 readings in a minute
    sensor.every(10 * SECOND, times=30, until=5 * SECOND)
    sensor.every(10 * SECOND, times=30, until=3 * HOUR)
    burst = 150 * SECOND
    sensor.measured(*(burst + n * timedelta(milliseconds=20) for n in range(500)))

    assert sensor.status["usual_interval"] == pytest.approx(10 * SECOND, rel=0.1)


def test_readings_of_a_single_minute_give_no_usual_interval(sensor: Sensor) -> None:
    minute_start = (sensor.now - 2 * HOUR).replace(second=30, microsecond=0)
    sensor.measured(*(sensor.now - minute_start + n * SECOND for n in range(10)))

    assert (sensor.status["usual_interval"], sensor.status["offline_since"]) == (None, None)


@pytest.mark.parametrize("ahead", [4 * MINUTE, -6 * HOUR])
def test_a_wrong_clock_does_not_change_whether_a_sensor_is_offline(
    database: Database, ahead: timedelta
) -> None:
    # given two sensors with equally wrong clocks, one of which stopped a minute ago
    online = Sensor(database, "online").every(SECOND, times=200, until=SECOND - ahead, delay=-ahead)
    offline = Sensor(database, "offline").every(SECOND, times=200, until=MINUTE - ahead, delay=-ahead)

    assert online.status["offline_since"] is None
    assert offline.status["offline_since"] == offline.now - MINUTE


def test_a_reading_far_in_the_future_is_ignored(sensor: Sensor) -> None:
    sensor.every(SECOND, times=200, until=HOUR)
    sensor.measured(-365 * DAY, delay=-365 * DAY)

    assert sensor.status["last_measured_at"] == sensor.now - HOUR
    assert sensor.status["offline_since"] == sensor.now - HOUR + PROMPT


def test_a_sensor_that_delivers_a_backlog_is_online(sensor: Sensor) -> None:
    sensor.every(SECOND, times=200, until=2 * HOUR, delay=2 * HOUR - SECOND)

    assert sensor.status["offline_since"] is None


def test_imported_history_is_not_an_offline_sensor(sensor: Sensor) -> None:
    sensor.every(HOUR, times=20, until=100 * DAY, delay=99 * DAY)

    assert sensor.status["last_measured_at"] == sensor.now - 100 * DAY
    assert sensor.status["offline_since"] is None


@pytest.mark.parametrize("ended", [2 * MINUTE, 3 * HOUR, 23 * HOUR])
@pytest.mark.parametrize("interval", [SECOND, 10 * MINUTE, HOUR])
def test_an_import_of_readings_that_ended_within_a_day_is_not_an_offline_sensor(
    database: Database, sensor: Sensor, ended: timedelta, interval: timedelta
) -> None:
    # given readings at the interval, all of which arrived within two seconds, a minute ago
    arrived_at = sensor.now - 40 * SECOND
    times = [sensor.now - ended - n * interval for n in range(60)]
    arrivals = [arrived_at - n * timedelta(milliseconds=30) for n in range(60)]
    database.query(INSERT, sensor.sensor_id, 20.0, times, arrivals)

    assert sensor.status["last_received_at"] == arrived_at
    assert sensor.status["offline_since"] is None


def test_an_import_that_ends_now_is_not_an_offline_sensor(database: Database, sensor: Sensor) -> None:
    sensor.every(SECOND, times=200, until=MINUTE)
    assert sensor.status["offline_since"] is not None

    database.query("UPDATE reading SET import_id = gen_random_uuid()")

    assert sensor.status["offline_since"] is None


def test_a_sensor_whose_history_was_imported_is_offline_if_it_stops(sensor: Sensor) -> None:
    sensor.every(SECOND, times=600, until=2 * HOUR, delay=HOUR)
    sensor.every(SECOND, times=200, until=MINUTE)

    assert sensor.status["offline_since"] == sensor.now - MINUTE + PROMPT


def test_sensors_with_last_readings_on_different_days_are_all_listed(database: Database) -> None:
    days = {
        str(n): Sensor(database, str(n)).every(10 * SECOND, times=20, until=n * DAY) for n in (0, 1, 3, 40)
    }

    rows = database.query("SELECT * FROM sensor_status")

    assert [row["sensor_id"] for row in rows] == sorted(days)
    for row in rows:
        now = days[row["sensor_id"]].now
        assert row["last_measured_at"] == now - int(row["sensor_id"]) * DAY
        assert (row["offline_since"] is None) == (row["sensor_id"] == "0")


def test_a_deleted_sensor_is_not_listed(database: Database, sensor: Sensor) -> None:
    sensor.every(SECOND, times=200, until=HOUR)
    database.query("DELETE FROM sensor")

    assert database.query("SELECT * FROM sensor_status") == []
