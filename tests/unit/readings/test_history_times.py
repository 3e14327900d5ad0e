"""Old readings: a file has decades of history, and messages of live sensors have times of set clocks."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from readings.errors import InvalidReading
from readings.files.csv_options import CsvOptions
from readings.parsing import parse_reading
from tests.unit.bodies import CONTEXT, with_fields
from tests.unit.history import Imported
from tests.unit.sensorctl.csv_imports import refused, values

OLD = "1955-01-01T06:00:00Z"
ID = "019309a1-7c5e-7cc3-98c4-dc0c0c07398f"


def csv(time: str) -> str:
    return f"time,temperature\n{time},21.5\n"


@pytest.mark.parametrize("time", [OLD, "1752-07-10 12:00Z", "2000-01-01T12:00:00Z", "1970-01-02T00:00:12Z"])
def test_a_file_of_old_readings_is_imported(time: str) -> None:
    [(stored, _)] = values(csv(time))
    assert datetime.fromisoformat(stored) == datetime.fromisoformat(time)

    [reading] = Imported(with_fields(measured_at=time)).readings
    assert reading.measured_at.isoformat() == stored


def test_a_consumer_accepts_old_readings_of_an_import_only() -> None:
    body = with_fields(measured_at=OLD, reading_id=ID)

    with pytest.raises(InvalidReading, match="before 2000: the sensor's clock was never set"):
        parse_reading(body, CONTEXT)
    assert (
        parse_reading(with_fields(measured_at=OLD, reading_id=ID, import_id=ID), CONTEXT).measured_at.year
        == 1955
    )
    assert parse_reading(body, replace(CONTEXT, is_history=True)).measured_at.year == 1955


@pytest.mark.parametrize(
    ("time", "zone"),
    [
        ("1970-01-01T00:00:12Z", UTC),
        ("1970-01-01T01:00:12+01:00", UTC),
        ("1970-01-01 01:00:12", ZoneInfo("Europe/Berlin")),
        ("1980-01-01 00:00", UTC),
        ("1904-01-01 00:10", UTC),
        ("2000-01-01 00:00:05", UTC),
        ("2000-01-01 00:00:05", ZoneInfo("Europe/Berlin")),
        ("2000-01-01T00:00:05-05:00", UTC),
    ],
)
def test_a_clock_that_was_never_set_is_refused_in_a_file(time: str, zone: ZoneInfo) -> None:
    [(_, message)] = refused(csv(time), time_zone=zone)
    assert "is the hour in which clocks that were never set start" in message

    with_id = f"reading_id,time,temperature\n{ID},{time},21.5\n"
    assert len(Imported(with_id, CsvOptions(sensors=("hall",), time_zone=zone)).messages) == 1


def test_a_time_before_the_first_thermometers_is_refused() -> None:
    assert "is before 1600" in refused(csv("0001-01-01T00:00:00Z"))[0][1]


def test_seconds_before_2000_are_times_if_the_option_says_so() -> None:
    assert "--time-origin, as 1970-01-01T00:00Z if it is that time" in refused(csv("631195200"))[0][1]
    assert values(csv("631195200"), time_origin=datetime(1970, 1, 1, tzinfo=UTC)) == [
        ("1990-01-01T12:00:00+00:00", 21.5)
    ]
