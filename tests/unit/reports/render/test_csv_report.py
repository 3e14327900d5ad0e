"""The CSV of a report has exact values, can be imported, and is harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from readings.files.csv_options import CsvOptions
from readings.ids import derive_reading_id
from reports.model import Report
from reports.render.csv_report import render_csv
from tests.unit.history import Imported
from tests.unit.reports.render.documents import START, report, samples, sensor


def text_of(document: Report) -> str:
    file = io.StringIO(newline="")
    render_csv(document, file)
    return file.getvalue()


def test_a_row_has_the_local_time_with_its_offset_and_the_exact_temperature() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    readings = samples([(change - timedelta(microseconds=1), 0.1 + 0.2), (change, -4.0)])

    assert text_of(report(sensor("Kühlraum, 冷藏", readings))).splitlines() == [
        "sensor_id,measured_at,temperature,unit",
        '"Kühlraum, 冷藏",2026-03-29T01:59:59.999999+01:00,0.30000000000000004,celsius',
        '"Kühlraum, 冷藏",2026-03-29T03:00:00+02:00,-4.0,celsius',
    ]


def test_an_import_reads_every_reading_again_with_the_id_that_a_consumer_derives() -> None:
    document = report(sensor("fridge"), sensor("freezer", samples([(START, -18.25)])))

    imported = Imported(text_of(document), CsvOptions())

    assert (imported.invalid, imported.left_out) == ([], [])
    found = {
        (each.sensor_id, each.measured_at, each.temperature): each.reading_id for each in imported.readings
    }
    assert len(found) == 13
    assert found["freezer", START, -18.25] == derive_reading_id("freezer", START, -18.25)
    assert found["fridge", START, 4.0] == derive_reading_id("fridge", START, 4.0)


@pytest.mark.parametrize(
    ("sensor_id", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+a", "'+a"),
        ("-a", "'-a"),
        ("-1", "-1"),
        ("a=1", "a=1"),
    ],
)
def test_no_sensor_is_a_formula(sensor_id: str, expected: str) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(report(sensor(sensor_id, samples([(START, 4.0)])))))))

    assert [row["sensor_id"] for row in rows] == [expected]
