"""What a file job asks about a file, what it refuses, and what it reads."""

import io
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from jobs.files import FileSpec
from readings.files.file_readings import KEEP_ALL
from readings.files.history_file import FileLimits
from readings.plausible import PlausibleRanges
from reporter.files.content import FileContent, ReadingRules, open_content
from reporter.files.errors import FileRefused
from worker.context import JobNeedsAnswer

RULES = ReadingRules(
    naive_time_zone=ZoneInfo("UTC"),
    retention=KEEP_ALL,
    plausible=PlausibleRanges(),
    limits=FileLimits(max_bytes=1_000_000, max_rows=1000),
    import_id=UUID(int=1),
)
TIME = "2026-01-05T10:00Z"


def open_file(content: str, path: str = "work/hall/a.csv", **options: object) -> FileContent:
    spec = FileSpec(file=path, options=dict(options))
    return open_content(io.BytesIO(content.encode()), path, "work", spec, RULES, lambda _: [])


def test_a_file_in_the_folder_of_its_sensor_is_read() -> None:
    readings = list(open_file("timestamp;temperature\n26/02/2026 10:00;4,5\n").readings())

    assert [(reading.sensor_id, reading.temperature) for reading in readings] == [("hall", 4.5)]


@pytest.mark.parametrize(
    ("content", "path", "labels"),
    [
        ("timestamp;temperature\n02/03/2026 10:00;4.5\n", "work/hall/a.csv", ["day first", "month first"]),
        (f"timestamp;Wert\n{TIME};4.5\n", "work/hall/a.csv", ["column Wert"]),
        (f"Zeit;Wert\n{TIME};4.5\n", "work/hall/a.csv", ["column Zeit"]),
        (f"timestamp;temperature\n{TIME};-127\n", "work/hall/a.csv", ["-127 was measured"]),
        (f"timestamp;temperature\n{TIME};4.5\n", "work/a.csv", []),
    ],
)
def test_what_is_not_clear_is_a_question_with_its_readings(
    content: str, path: str, labels: list[str]
) -> None:
    with pytest.raises(JobNeedsAnswer) as needed:
        open_file(content, path)

    question = needed.value.question
    assert "a.csv" in question["question"]
    assert "--" not in question["question"], "a job has no command line"
    assert [option["label"] for option in question["options"]] == labels
    readings = [option["readings"] for option in question["options"]] or [question["readings"]]
    assert all(found[0]["temperature"] in (4.5, -127) for found in readings)


def test_an_answer_is_read_as_such() -> None:
    content = open_file("timestamp;temperature\n02/03/2026 10:00;4.5\n", time_format="%d/%m/%Y %H:%M")

    assert next(iter(content.readings())).measured_at.month == 3


def test_a_table_without_readings_is_refused() -> None:
    with pytest.raises(FileRefused, match="no column is named"):
        open_file("name;colour\nhall;blue\n")
