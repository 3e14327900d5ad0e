"""`sensorctl export`: exported readings can be imported again in both formats; options and messages."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.queries.export import ExportQuery, Series, column_names
from readings.files.formats import FileFormat
from readings.ids import validate_sensor_id
from readings.model import Reading
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE
from sensorctl.history import export as exporting
from tests.unit.fakes import RunCommand
from tests.unit.history import Imported


def is_stored_form(name: str) -> bool:
    """Return whether a sensor can be stored under this name."""
    try:
        return validate_sensor_id(name) == name
    except ValueError:
        return False


SENSOR_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ,\"'=+-@;\\"),
    min_size=1,
    max_size=20,
).filter(is_stored_form)
STORED = st.builds(
    Reading,
    reading_id=st.uuids(),
    sensor_id=SENSOR_NAMES,
    measured_at=st.datetimes(
        datetime(2000, 1, 2),  # noqa: DTZ001 (the zone comes with it)
        datetime(2026, 1, 1),  # noqa: DTZ001 (as above)
        timezones=st.just(UTC),
    ),
    temperature=st.floats(ABSOLUTE_ZERO, MAX_TEMPERATURE).map(lambda t: round(t, 9) + 0.0),
    run_id=st.none() | st.uuids(),
    sequence=st.none() | st.integers(0, 2**63 - 1),
    import_id=st.none(),
    revised_at=st.none(),
)
# Fields of a reading that the view does not have.
NOT_EXPORTED = ("import_id", "revised_at")


def view_rows(readings: list[Reading]) -> list[dict[str, Any]]:
    """Return the rows of the view for these readings, in a session with another time zone."""
    berlin = timezone(timedelta(hours=1))
    return [
        {
            **dict.fromkeys(column_names(Series.READINGS)),
            **{name: value for name, value in reading._asdict().items() if name not in NOT_EXPORTED},
            "measured_at": reading.measured_at.astimezone(berlin),
            "unit": "celsius",
        }
        for reading in readings
    ]


def export_text(file_format: FileFormat, rows: list[dict[str, Any]], series: Series = Series.READINGS) -> str:
    file = io.StringIO(newline="")
    write = exporting.WRITERS[file_format](file, column_names(series))
    for row in rows:
        write(exporting.to_text_values(row))
    return file.getvalue()


def import_text(file_format: FileFormat, text: str) -> list[Reading]:
    imported = Imported(text, file_format=file_format)

    assert imported.invalid == imported.left_out == []
    return imported.readings


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
@given(readings=st.lists(STORED, max_size=5))
def test_exported_readings_are_imported_unchanged(file_format: FileFormat, readings: list[Reading]) -> None:
    assert import_text(file_format, export_text(file_format, view_rows(readings))) == readings


def test_an_exported_reading_is_a_valid_message() -> None:
    reading = Reading(UUID(int=1), "kitchen", datetime(2026, 1, 1, tzinfo=UTC), 20.5)

    [line] = export_text("jsonl", view_rows([reading])).splitlines()

    assert json.loads(line) == {
        "reading_id": str(UUID(int=1)),
        "sensor_id": "kitchen",
        "measured_at": "2026-01-01T00:00:00.000000Z",
        "temperature": 20.5,
        "unit": "celsius",
    }


def test_roll_ups_have_their_own_columns() -> None:
    row = {
        "sensor_id": "kitchen", "minute": datetime(2026, 1, 1, tzinfo=UTC), "readings": Decimal(2),
        "min_temperature": 20.0, "mean_temperature": 20.5, "max_temperature": 21.0,
    }  # fmt: skip

    assert export_text("csv", [row], Series.MINUTES).splitlines() == [
        "sensor_id,minute,readings,min_temperature,mean_temperature,max_temperature",
        "kitchen,2026-01-01T00:00:00.000000Z,2,20.0,20.5,21.0",
    ]
    assert column_names(Series.HOURS)[1] == "hour"


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[ExportQuery]:
    """Record the queries of the command to an empty database."""
    recorded: list[ExportQuery] = []

    @contextmanager
    def stream_nothing(_settings: Any, query: ExportQuery) -> Iterator[Iterator[dict[str, Any]]]:
        recorded.append(query)
        yield iter(())

    monkeypatch.setattr(exporting, "stream_rows", stream_nothing)
    return recorded


def test_the_options_become_a_query(sensorctl: RunCommand, queries: list[ExportQuery]) -> None:
    before = datetime.now(UTC)

    code, out, err = sensorctl(
        "export", "-", "--format", "csv", "--what", "hours", "--from", "2026-01-01T00:00+01:00", "--to", "1h",
        "--sensor", "a", "--sensor", "b",
    )  # fmt: skip

    assert code == 0
    assert re.fullmatch(
        r"Exported 0 hours from 2025-12-31 23:00:00 UTC on and before \S+ \S+ UTC\.\n"
        r"`sensorctl sensor list --all` shows the sensors that have readings\.\n",
        err,
    )
    assert out == "sensor_id,hour,readings,min_temperature,mean_temperature,max_temperature\n"
    [query] = queries
    assert (query.series, query.sensors) == (Series.HOURS, ("a", "b"))
    assert query.since == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert query.until
    assert before <= query.until + timedelta(hours=1) <= datetime.now(UTC)


def test_a_time_without_an_offset_is_utc_and_the_default_is_every_reading(
    sensorctl: RunCommand, queries: list[ExportQuery]
) -> None:
    _, _, span = sensorctl("export", "-", "--from", "2026-01-01")
    code, out, err = sensorctl("export", "-")

    assert (code, out, err) == (0, "", "Exported 0 readings.\n")
    assert span == "Exported 0 readings from 2026-01-01 00:00:00 UTC on.\n"
    assert queries[0].since == datetime(2026, 1, 1, tzinfo=UTC)
    assert queries[1] == ExportQuery(Series.READINGS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["out.txt"], "out.txt is neither .csv nor .jsonl: set --format"),
        (["out.xml"], "out.xml is neither .csv nor .jsonl: set --format"),
        (["out"], "out is neither .csv nor .jsonl: set --format"),
        (["out.xlsx"], "out.xlsx can be neither .json, .xlsx nor .gz: name it .jsonl or .csv"),
        (["out.csv.gz", "--format", "csv"], "out.csv.gz can be neither .json, .xlsx nor .gz"),
        (["-", "--from", "soon"], "'soon' is neither a time nor an age"),
        (["-", "--what", "weeks"], "'weeks' is not one of"),
        (
            ["-", "--from", "2026-11-02", "--to", "2026-11-01"],
            "from: is 2026-11-02T00:00:00.000000Z, which is not before `to`, 2026-11-01T00:00:00.000000Z",
        ),
        (["-", "--from", "1h", "--to", "2h"], "which is not before `to`"),
    ],
)
def test_a_usage_error_ends_with_2(
    sensorctl: RunCommand, queries: list[ExportQuery], arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("export", *arguments)

    assert (code, queries) == (2, [])
    assert message in " ".join(err.replace("│", " ").split())
