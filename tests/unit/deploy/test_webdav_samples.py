"""The sample files of the WebDAV server: files of ten makers, each against readings computed another way."""

import csv
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from readings.files.csv_options import CsvOptions
from readings.files.file_readings import FilePosition, FileReadings
from readings.files.history_file import open_history
from reports.measures.sensor import measure_sensor
from reports.model import LimitKind, ReportLimit, ReportRequest, SensorInput
from reports.samples import Samples, to_epoch_us
from tests.unit.reports.numpy_oracle import Oracle, assert_agrees

SAMPLES = Path(__file__).parents[3] / "deploy/webdav/samples"
BERLIN = ZoneInfo("Europe/Berlin")
MIN_ROWS = 100
# Of a refrigerator and of a room; with a high limit below 0 the goods would be frozen.
LIMITS: tuple[tuple[LimitKind, float], ...] = (("high", 8.0), ("low", 2.0), ("high", 25.0), ("low", 20.0))
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Expected = Iterator[tuple[str, datetime, float]]


def rows(name: str, encoding: str = "utf-8-sig", delimiter: str = ",", skip: int = 0) -> Iterator[list[str]]:
    with (SAMPLES / name).open(encoding=encoding, newline="") as file:
        yield from list(csv.reader(file, delimiter=delimiter))[skip:]


def local(text: str, notation: str) -> datetime:
    return datetime.strptime(text, notation).replace(tzinfo=BERLIN).astimezone(UTC)


def from_fahrenheit(text: str) -> float:
    return (float(text) - 32) / 1.8


def hoboware() -> Expected:
    zone = timezone(timedelta(hours=-5))
    for _, text, value, *_ in rows("hoboware.csv", skip=2):
        time = datetime.strptime(text, "%m/%d/%y %I:%M:%S %p").replace(tzinfo=zone)
        if value:
            yield "20415113", time, float(value)


def ibutton() -> Expected:
    for time, _, value in rows("ibutton.csv", skip=15):
        yield "E70000004C8A9021", local(time, "%d/%m/%y %I:%M:%S %p"), float(value)


def easylog() -> Expected:
    for _, time, value, *_ in rows("easylog.txt", "latin-1", skip=1):
        yield "010012345", local(time, "%Y-%m-%d %H:%M:%S"), float(value)


def tinytag() -> Expected:
    for _, time, value, _ in rows("tinytag.csv", "latin-1", skip=5):
        if value:
            yield "914321", local(time, "%d/%m/%Y %H:%M:%S"), float(value.split()[0])


def elitech() -> Expected:
    for _, time, value in rows("truck-12/elitech.txt", delimiter="\t"):
        yield "truck-12", local(time, "%Y-%m-%d %H:%M:%S"), float(value)


def govee() -> Expected:
    for time, value, _ in rows("greenhouse/govee.csv", skip=1):
        if value != "-99.9":
            yield "greenhouse", local(time, "%Y-%m-%d %H:%M:%S"), from_fahrenheit(value)


def switchbot() -> Expected:
    for time, value, *_ in rows("server-room/switchbot.csv", skip=1):
        yield "server-room", local(time, "%Y-%m-%d %H:%M"), float(value)


def aranet() -> Expected:
    for time, _, value, *_ in rows("meeting-room/aranet.csv", skip=1):
        yield "meeting-room", local(time, "%d/%m/%Y %H:%M:%S"), float(value)


def netatmo() -> Expected:
    with zipfile.ZipFile(SAMPLES / "living-room/netatmo.xlsx") as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    for row in list(sheet.iter(f"{MAIN}row"))[3:]:
        cells = {str(cell.get("r"))[0]: cell.findtext(f"{MAIN}v") or "" for cell in row}
        yield "living-room", datetime.fromtimestamp(int(cells["A"]), UTC), float(cells["C"])


def noaa() -> Expected:
    for station, time, _, _, value, _ in rows("noaa-isd.csv", skip=1):
        if value != "+9999,9":
            yield station, datetime.fromisoformat(time).replace(tzinfo=UTC), int(value[:5]) / 10


def freezer() -> Expected:
    for date, time, value in rows("freezer/freezer.csv", "latin-1", ";", skip=4):
        yield "freezer", local(f"{date} {time}", "%d/%m/%Y %H:%M:%S"), float(value.replace(",", "."))


def refrigerator() -> Expected:
    for sensor, time, value in rows("refrigerator.csv", skip=1):
        yield sensor, datetime.fromisoformat(time), float(value)


FILES: dict[str, Callable[[], Expected]] = {
    "hoboware.csv": hoboware,
    "ibutton.csv": ibutton,
    "easylog.txt": easylog,
    "tinytag.csv": tinytag,
    "truck-12/elitech.txt": elitech,
    "greenhouse/govee.csv": govee,
    "server-room/switchbot.csv": switchbot,
    "meeting-room/aranet.csv": aranet,
    "living-room/netatmo.xlsx": netatmo,
    "noaa-isd.csv": noaa,
    "freezer/freezer.csv": freezer,
    "refrigerator.csv": refrigerator,
}
# What cleaning finds: kinds of problems and their lines.
CLEANED = {
    "hoboware.csv": {"marker": (64, 145, 209), "duplicate": (205, 206, 207, 208), "out-of-order": (205,)},
    "easylog.txt": {"out-of-order": (53,)},
    "tinytag.csv": {"missing": (38, 39)},
    "greenhouse/govee.csv": {"duplicate": (72,), "sentinel": (102,)},
    "noaa-isd.csv": {"missing": (22, 23)},
}


def test_each_sample_has_an_independent_reader() -> None:
    found = {str(file.relative_to(SAMPLES)) for file in SAMPLES.rglob("*") if file.is_file()}

    assert found == set(FILES)


def read(name: str) -> tuple[FileReadings, Expected]:
    """Return the readings of a sample, and what the independent reader has."""
    folder = name.partition("/")[0] if "/" in name else None
    options = CsvOptions(sensors=(folder,) if folder else ())
    with (SAMPLES / name).open("rb") as file:
        history = open_history(file, name, options, BERLIN)
        lines, items = history.read()
        readings = FileReadings(items, lines, history.zone, FilePosition(), lambda *_: None, lambda *_: None)
        found = [(reading.sensor_id, reading.measured_at, reading.temperature) for reading in readings]
    return readings, iter(found)


@pytest.mark.parametrize("name", FILES)
def test_a_sample_gives_the_readings_that_another_reader_gives(name: str) -> None:
    readings, found = read(name)
    result = list(found)

    expected = list(FILES[name]())
    assert len(result) >= MIN_ROWS
    assert [(sensor, time) for sensor, time, _ in result] == [(sensor, time) for sensor, time, _ in expected]
    assert [value for *_, value in result] == pytest.approx([value for *_, value in expected], abs=1e-9)
    problems = {str(rows.problem): rows.lines for rows in readings.cleaning.counts()}
    problems.pop("no-data", None)
    assert problems == CLEANED.get(name, {})


@pytest.mark.parametrize("name", FILES)
def test_the_report_of_a_sample_has_the_figures_that_numpy_gives(name: str) -> None:
    # A reading that a file has twice is stored once.
    _, found = read(name)
    expected = sorted({(time.timestamp(), round(value, 9)) for _, time, value in FILES[name]()})
    first, last = expected[0][0], expected[-1][0] + 1
    request = ReportRequest(
        sensors=("sample",),
        start=datetime.fromtimestamp(first, UTC),
        end=datetime.fromtimestamp(last, UTC),
        limits=tuple(ReportLimit(kind=kind, threshold=at, source="") for kind, at in LIMITS),
    )
    stored = Samples.of({(to_epoch_us(time), round(value, 9)) for _, time, value in found})

    report = measure_sensor(SensorInput(sensor_id="sample", samples=stored), request)

    times, temperatures = np.array(expected).T
    assert_agrees(report, Oracle(times, temperatures, first, last))
