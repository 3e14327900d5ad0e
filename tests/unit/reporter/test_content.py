"""Files of the folder for work as jobs read them: the sensors they are from, and what a job asks."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db.queries.sensors import SensorSerial
from jobs.files import FileSpec
from readings.files.file_readings import KEEP_ALL
from readings.files.history_file import FileLimits
from readings.plausible import PlausibleRanges
from reporter.files.content import FileContent, ReadingRules, open_content
from reporter.files.sensors import FindSensors
from tests.unit.readings.logger_readings import BERLIN
from worker.context import JobNeedsAnswer

SAMPLES = Path(__file__).parents[3] / "deploy/webdav/samples"
RULES = ReadingRules(
    naive_time_zone=BERLIN,
    retention=KEEP_ALL,
    plausible=PlausibleRanges(),
    limits=FileLimits(),
    import_id=UUID(int=1),
)
LOGTAG = "1,05/04/2026,21:00:00,39.2,68.1,\n2,05/04/2026,22:00:00,41.0,73.6,\n"
AMBIGUOUS = "timestamp,temperature\n05/04/2026 21:00,4\n05/04/2026 22:00,5\n"


def no_sensors(_: list[str]) -> list[SensorSerial]:
    return []


def registered(*sensors: SensorSerial) -> FindSensors:
    def find(names: list[str]) -> list[SensorSerial]:
        return [sensor for sensor in sensors if not {sensor.sensor_id, sensor.serial}.isdisjoint(names)]

    return find


def content(
    text: str | bytes, path: str, options: Mapping[str, Any] | None = None, find: FindSensors = no_sensors
) -> FileContent:
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return open_content(file, path, "work", FileSpec(file=path, options=dict(options or {})), RULES, find)


def question(
    text: str | bytes, path: str, options: Mapping[str, Any] | None = None, find: FindSensors = no_sensors
) -> Mapping[str, Any]:
    with pytest.raises(JobNeedsAnswer) as caught:
        content(text, path, options, find)
    return caught.value.question


@pytest.mark.parametrize(
    ("name", "sensor"),
    [
        ("hoboware.csv", "20415113"),
        ("ibutton.csv", "E70000004C8A9021"),
        ("easylog.txt", "010012345"),
        ("tinytag.csv", "914321"),
        ("noaa-isd.csv", "10384099999"),
        ("refrigerator.csv", "refrigerator"),
        ("truck-12/elitech.txt", "truck-12"),
        ("greenhouse/govee.csv", "greenhouse"),
        ("server-room/switchbot.csv", "server-room"),
        ("meeting-room/aranet.csv", "meeting-room"),
        ("living-room/netatmo.xlsx", "living-room"),
        ("freezer/freezer.csv", "freezer"),
    ],
)
def test_each_sample_is_from_one_sensor_and_asks_nothing(name: str, sensor: str) -> None:
    file = content((SAMPLES / name).read_bytes(), f"work/{name}")

    assert {reading.sensor_id for reading in file.readings()} == {sensor}


def test_a_serial_number_finds_its_sensor() -> None:
    hoboware = (SAMPLES / "hoboware.csv").read_bytes()

    file = content(hoboware, "work/hoboware.csv", find=registered(SensorSerial("fridge-3", "20415113")))

    assert {reading.sensor_id for reading in file.readings()} == {"fridge-3"}
    assert {r.sensor_id for r in content(hoboware, "work/fridge-4/a.csv").readings()} == {"fridge-4"}


@pytest.mark.parametrize(
    ("sensors", "reason", "answers"),
    [
        ([SensorSerial("fridge-4", "999")], "with the serial number 999", ["fridge-4", "20415113"]),
        (
            [SensorSerial("fridge-4", None), SensorSerial("fridge-3", "20415113")],
            "that is the sensor fridge-3",
            ["fridge-4", "fridge-3"],
        ),
    ],
)
def test_a_folder_that_contradicts_the_serial_number_of_a_file_is_a_question(
    sensors: list[SensorSerial], reason: str, answers: list[str]
) -> None:
    hoboware, path = (SAMPLES / "hoboware.csv").read_bytes(), "work/fridge-4/a.csv"

    result = question(hoboware, path, find=registered(*sensors))

    assert reason in result["question"]
    assert [option["options"]["sensors"] for option in result["options"]] == [[each] for each in answers]
    for option, answer in zip(result["options"], answers, strict=True):
        assert {reading["sensor_id"] for reading in option["readings"]} == {answer}
        answered = content(hoboware, path, option["options"], find=registered(*sensors))
        assert {reading.sensor_id for reading in answered.readings()} == {answer}


@pytest.mark.parametrize("sensor", [None, "fridge"])
def test_rows_of_several_devices_in_the_folder_of_a_sensor_are_a_question(sensor: str | None) -> None:
    rooms = b"room,time,temperature\nhall,2026-01-01T00:00Z,4\nyard,2026-01-01T00:05Z,-3\n"

    def read(options: Mapping[str, Any]) -> FileContent:
        spec = FileSpec(file="work/fridge/a.csv", options=dict(options), sensor=sensor)
        return open_content(io.BytesIO(rooms), spec.file, "work", spec, RULES, no_sensors)

    with pytest.raises(JobNeedsAnswer) as caught:
        read({})
    answers = [option["options"] for option in caught.value.question["options"]]

    assert "the column 'room' names several devices" in caught.value.question["question"]
    found = [[reading.sensor_id for reading in read(answer).readings()] for answer in answers]
    assert found == [["hall", "yard"], ["fridge"], ["fridge"], ["fridge", "fridge"]]


@pytest.mark.parametrize(
    ("sensors", "path", "expected"),
    [
        ([SensorSerial("fridge-3", "20415113")], "work/november/a.csv", "fridge-3"),
        ([SensorSerial("fridge-4", "20415113")], "work/fridge-4/a.csv", "fridge-4"),
        ([SensorSerial("fridge-4", None)], "work/fridge-4/a.csv", "fridge-4"),
    ],
)
def test_a_folder_that_agrees_or_is_not_that_of_a_sensor_asks_nothing(
    sensors: list[SensorSerial], path: str, expected: str
) -> None:
    file = content((SAMPLES / "hoboware.csv").read_bytes(), path, find=registered(*sensors))

    assert {reading.sensor_id for reading in file.readings()} == {expected}


@pytest.mark.parametrize("path", ["work/hall/a.csv", "work/a.csv"])
def test_dates_that_can_be_read_in_several_ways_are_asked_for(path: str) -> None:
    result = question(AMBIGUOUS, path)

    assert result["option"] == "time_format"
    assert [(option["label"], option["readings"][0]["measured_at"]) for option in result["options"]] == [
        ("day first", "2026-04-05T19:00:00.000000Z"),
        ("month first", "2026-05-04T19:00:00.000000Z"),
    ]
    answered = content(AMBIGUOUS, "work/hall/a.csv", result["options"][0]["options"])
    assert [reading.temperature for reading in answered.readings()] == [4.0, 5.0]


def test_questions_follow_each_other_until_the_file_is_clear() -> None:
    unit = question(LOGTAG, "work/vaccines/logtag.csv")
    options = unit["options"][1]["options"]
    date = question(LOGTAG, "work/vaccines/logtag.csv", options)

    answered = content(LOGTAG, "work/vaccines/logtag.csv", options | date["options"][1]["options"])

    assert [(r.sensor_id, r.measured_at.month, r.temperature) for r in answered.readings()] == [
        ("vaccines", 5, 4.0),
        ("vaccines", 5, 5.0),
    ]
