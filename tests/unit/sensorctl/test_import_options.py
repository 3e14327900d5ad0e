"""The options of `sensorctl import`, its kinds of files, the dry run, and the question about many sensors."""

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import StoreUnavailable
from readings.files import input_file as compressed_file
from readings.files.csv_options import CsvOptions
from readings.files.history_file import recognise
from sensorctl.history import importer, input_file
from tests.unit.fakes import RunCommand
from tests.unit.history import RecordingBulk

NOON = "2026-01-01T12:00:00"
ROWS = "timestamp,temperature\n2026-01-01T12:00:00Z,20\n"
DECIMAL_COMMA = "timestamp;temperature\n2026-01-01T12:00:00Z;20,0\n"
NO_TIME = (
    "line 33: measured_at is 'x': must be an ISO 8601 time such as \"2026-11-22T05:28:37Z\": set "
    "--time-format if it is not ISO 8601"
)
MESSAGE = {"sensor_id": "hall", "timestamp": f"{NOON}Z", "temperature": 20}
EXPECTED = [("hall", NOON, 20.0)]
HALL = ("--sensor", "hall")


@pytest.fixture(autouse=True)
def _no_broker_and_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> set[str]:
        raise StoreUnavailable("Connection refused")

    monkeypatch.setattr(importer, "BulkPublisher", RecordingBulk)
    monkeypatch.setattr(importer, "known_sensors", fail)
    monkeypatch.setattr(importer, "_find_retention", lambda _: (None, False))
    RecordingBulk.values.clear()


def write(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def plain(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "content", "arguments"),
    [
        ("a.csv", ROWS, HALL),
        ("a.CSV", ROWS, HALL),
        ("a.tsv", ROWS.replace(",", "\t"), HALL),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0), HALL),
        ("a.csv", gzip.compress(ROWS.encode("utf-16"), mtime=0), HALL),
        (
            "a.csv",
            gzip.compress(ROWS.encode()[:30], mtime=0) + gzip.compress(ROWS.encode()[30:], mtime=0),
            HALL,
        ),
        ("a.txt", ROWS, (*HALL, "--format", "csv")),
        ("a.jsonl", json.dumps(MESSAGE), ()),
        ("a.ndjson.gz", gzip.compress(json.dumps(MESSAGE).encode(), mtime=0), ()),
        ("a.json", json.dumps(MESSAGE, indent=1), ()),
        ("a.json", json.dumps([MESSAGE], indent=1), ()),
        ("a.json.gz", gzip.compress(json.dumps([MESSAGE]).encode(), mtime=0), ()),
        ("a.json", json.dumps([MESSAGE]).encode("utf-16"), ()),
        ("a.csv", ROWS.replace("Z", ""), (*HALL, "--time-zone", "+00:00")),
        ("a.csv", ROWS.replace("12:00:00Z", "17:30:00"), (*HALL, "--time-zone", "+05:30")),
        ("a.csv", ROWS.replace("12:00:00Z", "04:00:00"), (*HALL, "--time-zone", "-0800")),
        ("a.csv", ROWS.replace("12:00:00Z", "07:00:00"), (*HALL, "--time-zone", "EST5")),
        ("a.csv", ROWS.replace("12:00:00Z", "07:00:00"), (*HALL, "--time-zone", "EST5EDT,M3.2.0,M11.1.0")),
        ("a.jsonl", json.dumps({**MESSAGE, "timestamp": "2026-01-01T17:00:00"}), ("--time-zone", "UTC+5")),
        ("a.csv", ROWS.encode("cp1252") + "ü".encode("cp1252"), (*HALL, "--encoding", "cp1252")),
        ("a.csv", DECIMAL_COMMA, (*HALL, "--delimiter", ";", "--decimal", ",")),
        ("a.csv", ROWS.replace(",", "\t"), (*HALL, "--delimiter", "tab")),
        ("a.csv", ROWS.replace("20\n", "200\n"), (*HALL, "--scale", "0.1")),
        ("a.csv", ROWS.replace("20\n", "68\n"), (*HALL, "--unit", "°F")),
        ("a.csv", f"x\n{ROWS}", (*HALL, "--skip-lines", "1")),
        ("a.csv", ROWS.split("\n")[1], (*HALL, "--no-header", "--time-column", "1", "--value-column", "2")),
    ],
)  # fmt: skip
def test_each_kind_of_file_is_imported(
    sensorctl: RunCommand, tmp_path: Path, name: str, content: str | bytes, arguments: tuple[str, ...]
) -> None:
    code, _, err = sensorctl("import", write(tmp_path / name, content), *arguments)

    assert RecordingBulk.values == EXPECTED, err
    assert code == (1 if "ü" in str(content) or content == ROWS.encode("cp1252") + b"\xfc" else 0)


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (ROWS, (*HALL, "--format", "csv")),
        (json.dumps([MESSAGE]), ("--format", "json")),
        (json.dumps(MESSAGE), ()),
    ],
)
def test_standard_input_can_have_each_format(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, content: str, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))

    code, _, _ = sensorctl("import", "-", *arguments)

    assert (code, RecordingBulk.values) == (0, EXPECTED)


class SlowInput(io.BytesIO):
    """Standard input that has only its first row, and fails instead of waiting for more."""

    def read1(self, size: int | None = -1, /) -> bytes:
        data = super().read1(size)
        if not data:
            raise AssertionError("it was read to its end")
        return data


def test_a_stream_is_recognised_by_its_first_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(SlowInput(ROWS.encode()))))
    options = CsvOptions(sensors=("hall",))

    with input_file.open_input_file("-") as file:
        lines, items = recognise(file, "csv", options, ZoneInfo("UTC")).read()
        assert next(items).line == lines.number == 2
        assert not file.can_repeat


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_stream_that_must_be_read_twice_is_copied(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, compress: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(input_file, "MAX_SPOOLED_BYTES", 100)
    rows = "".join(f"hall,2024-10-27 02:{n % 60:02},{n}\n" for n in range(120))
    content = compress(f"id,timestamp,temperature\n{rows}".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    code, _, _ = sensorctl("import", "-", "--format", "csv", "--time-zone", "Europe/Berlin", "--unit", "C")

    assert (code, len(RecordingBulk.values)) == (0, 120)
    assert RecordingBulk.values[60] == ("hall", "2024-10-27T01:00:00", 60.0)


def test_a_dry_run_shows_what_is_recognised_and_publishes_nothing(
    sensorctl: RunCommand, tmp_path: Path
) -> None:
    rows = "".join(f"2026-01-01 12:00:{n:02};{n},5;ok\n" for n in range(30))
    file = write(tmp_path / "a.csv", f"Logger 4711\nWann;Temp (°C);Note\n{rows}x;1;\n".encode("utf-16"))

    code, out, err = sensorctl(
        "import", file, "--time-column", "Wann", *HALL, "--decimal", ",", "--time-zone", "+01:00", "--dry-run"
    )

    assert code == 1
    assert RecordingBulk.values == []
    for text in (
        "utf-16",
        "semicolon",
        "line 2: Wann, Temp (°C), Note",
        "column Temp (°C), in celsius, sensor hall",
    ):
        assert text in out
    assert "2026-01-01T11:00:00.000000Z" in out
    assert "9.5" in out
    assert "10.5" not in out
    assert err.splitlines() == [
        NO_TIME,
        "Would publish 30 readings, skipped 1 invalid line.",
        "Left out 1 line (before the header): 1",
    ]


def test_a_dry_run_requires_no_stack(
    sensorctl: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTGRES_HOST")
    monkeypatch.setenv("NATIVE_DIR", str(tmp_path))
    monkeypatch.setattr("sensorctl.settings.accepts_connections", lambda _: False)

    assert sensorctl("import", write(tmp_path / "a.csv", ROWS), *HALL, "--dry-run")[0] == 0


def many_sensors(count: int, header: str = "id,timestamp,temperature") -> str:
    return f"{header}\n" + "".join(f"{n},2026-01-01T12:00:00Z,20\n" for n in range(count))


@pytest.mark.parametrize("header", ["id,timestamp,temperature", "sensor_id,timestamp,temperature"])
def test_a_file_with_many_new_sensors_must_be_confirmed(
    sensorctl: RunCommand, tmp_path: Path, header: str
) -> None:
    column = header.partition(",")[0]
    file = write(tmp_path / "a.csv", many_sensors(21, header))

    code, _, err = sensorctl("import", file)

    assert (code, RecordingBulk.values) == (2, [])
    assert f"{column} would add more than 20 new sensors" in plain(err)
    assert f"confirm it with --sensor-column {column}" in plain(err)
    assert sensorctl("import", file, "--sensor-column", column)[0] == 0
    assert len(RecordingBulk.values) == 21
    assert sensorctl("import", write(tmp_path / "b.csv", many_sensors(20, header)))[0] == 0


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "-"])
def test_messages_of_many_new_sensors_must_be_confirmed(
    sensorctl: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    messages = [{**MESSAGE, "sensor_id": n} for n in range(21)]
    text = json.dumps(messages) if name == "a.json" else "\n".join(map(json.dumps, messages))
    file = name if name == "-" else write(tmp_path / name, text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    code, _, err = sensorctl("import", file)

    assert code == 2
    assert "new sensors" in plain(err)
    assert len(RecordingBulk.values) <= 20
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert sensorctl("import", file, "--sensor-column", "sensor_id")[0] == 0
    assert len(RecordingBulk.values) == 21


def test_known_sensors_and_exported_readings_are_not_asked_about(
    sensorctl: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = "reading_id," + many_sensors(30).replace("\n", "\n,")[:-1]
    assert sensorctl("import", write(tmp_path / "exported.csv", exported))[0] == 0

    monkeypatch.setattr(importer, "known_sensors", lambda _, sensors: set(sensors[5:]))
    assert sensorctl("import", write(tmp_path / "known.csv", many_sensors(25)))[0] == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"PK\x03\x04", "the file is an Excel workbook or another zip archive: name a workbook"),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0)[:-9], "the gzip data is damaged or not complete"),
        ("a.csv.gz", b"\x1f\x8b\x08nonsense", "the gzip data is damaged or not complete"),
        ("a.csv", b"", "the file has no rows"),
        ("a.jsonl", b"\xfd7zXZ\x00", "the file is compressed with xz"),
    ],
)
def test_a_file_that_is_no_text_is_refused(
    sensorctl: RunCommand, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    code, _, err = sensorctl("import", write(tmp_path / name, content), *(HALL if "csv" in name else ()))

    assert code == 2
    assert message in plain(err)


def test_the_decompressed_size_is_bounded(
    sensorctl: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed_file, "ALWAYS_ALLOWED_BYTES", 100_000)
    file = write(tmp_path / "a.csv.gz", gzip.compress(ROWS.encode() + b" \n" * 1_000_000, mtime=0))

    code, _, err = sensorctl("import", file, *HALL)

    assert code == 2
    assert "it decompresses to over 200 times its size" in plain(err)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--delimiter", "ab"], "must be one character such as ;"),
        (["--delimiter", '"'], "must be one character"),
        (["--decimal", "x"], "must be a point or a comma"),
        (["--delimiter", ",", "--decimal", ","], "must be different characters"),
        (["--encoding", "base64"], "must be a text encoding such as utf-8"),
        (["--encoding", "klingon"], "must be a text encoding"),
        (["--time-format", "%H:%M"], "has no day, month and year"),
        (["--time-format", "%d/%m/%Y %Z"], "contains %Z"),
        (["--time-format", "%Q"], "is not a format such as"),
        (["--time-format", "%d/%m/%Y %I:%M"], "without AM or PM"),
        (["--time-format", "%Y-%m-%d", "--time-step", "2"], "--time-format excludes"),
        (["--time-step", "0"], "must be a positive number"),
        (["--time-step", "nan"], "must be a positive number"),
        (["--scale", "-1"], "must be a positive number such as 0.1"),
        (["--where", "temp"], "must be COLUMN=TEXT"),
        (["--time-zone", "+14:60"], "or an offset such as +05:00"),
        (["--missing", "--dry-run"], "--dry-run is an option, but the option before it requires a value"),
        (["--time-zone", "+25:00"], "or an offset such as +05:00"),
        (["--unit", "rankine"], "is not a unit"),
        (["--skip-lines", "-1"], "--skip-lines"),
    ],
)
def test_an_invalid_option_is_a_usage_error(
    sensorctl: RunCommand, tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("import", write(tmp_path / "a.csv", ROWS), *HALL, *arguments)

    assert code == 2
    assert message in plain(err)


@pytest.mark.parametrize(
    "arguments", [["--sensor", "x"], ["--scale", "2"], ["--no-header"], ["--where", "a=b"]]
)
def test_options_of_csv_files_are_refused_for_json(
    sensorctl: RunCommand, tmp_path: Path, arguments: list[str]
) -> None:
    code, _, err = sensorctl("import", write(tmp_path / "a.json", "[]"), *arguments)

    assert code == 2
    assert "apply to CSV files and workbooks only" in plain(err)


OPTION_NAMES = (
    "--delimiter", "--decimal", "--encoding", "--time-format", "--time-step", "--scale", "--where",
    "--time-zone", "--unit", "--skip-lines", "--missing", "--value-column", "--time-column", "--unit-column",
    "--time-origin", "--time-of-day-column", "--sensor-column", "--format",
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    option=st.sampled_from(OPTION_NAMES),
    value=st.text(max_size=8)
    | st.sampled_from(
        ["1", "2", "1e999", "%s", "%G-%V-%u", "%", "utf-7", "+99", "NaN", "[", "idna", "mbcs", "hex"]
    ),
)
def test_no_value_of_an_option_ends_in_a_traceback(
    sensorctl: RunCommand, tmp_path: Path, option: str, value: str
) -> None:
    code, _, err = sensorctl("import", write(tmp_path / "a.csv", ROWS), *HALL, option, value, "--dry-run")

    assert code in {0, 1, 2}
    assert "Traceback" not in err
