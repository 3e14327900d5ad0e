"""What is exported comes back by import as the same readings, in both formats."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.export import Chosen, Series, columns_of
from messaging.contract import Reading
from messaging.steps import ABSOLUTE_ZERO, HIGHEST_TEMPERATURE, Rules, read
from sensorctl import exporting
from sensorctl.importfile import Columns, Lines, Messages, Place, csv_rows, json_rows
from sensorctl.importing import Format
from tests.unit.fakes import Call

SENSOR_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ,\"'=+-@;\\"),
    min_size=1,
    max_size=20,
).filter(lambda name: name == name.strip() and name.isprintable())
STORED = st.builds(
    Reading,
    reading_id=st.uuids(),
    sensor_id=SENSOR_NAMES,
    measured_at=st.datetimes(
        datetime(2000, 1, 1),  # noqa: DTZ001 (the zone comes with it)
        datetime(2026, 1, 1),  # noqa: DTZ001 (as above)
        timezones=st.just(UTC),
    ),
    temperature=st.floats(ABSOLUTE_ZERO, HIGHEST_TEMPERATURE).map(lambda t: round(t, 9) + 0.0),
    run_id=st.none() | st.uuids(),
    sequence=st.none() | st.integers(0, 2**63 - 1),
)


def rows_of(readings: list[Reading]) -> list[dict[str, Any]]:
    """As the view gives them, in a session of any time zone."""
    berlin = timezone(timedelta(hours=1))
    return [
        {
            **dict.fromkeys(columns_of(Series.READINGS)),
            **reading._asdict(),
            "measured_at": reading.measured_at.astimezone(berlin),
            "unit": "celsius",
        }
        for reading in readings
    ]


def exported(kind: Format, rows: list[dict[str, Any]], series: Series = Series.READINGS) -> str:
    file = io.StringIO(newline="")
    write = exporting.WRITERS[kind](file, columns_of(series))
    for row in rows:
        write(exporting.plain(row))
    return file.getvalue()


def imported(kind: Format, text: str) -> list[Reading]:
    lines = Lines(io.BytesIO(text.encode()))
    rows = Columns().rows(next(csv_rows(lines))) if kind == "csv" else json_rows

    def fail(line: int, reason: str) -> None:
        pytest.fail(f"line {line}: {reason}")

    messages = Messages(lines, rows, ZoneInfo("UTC"), Place(), fail)
    return [read(m.body, Rules(ZoneInfo("UTC"), datetime.now(UTC))) for m in messages]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@given(readings=st.lists(STORED, max_size=5))
def test_exported_readings_are_imported_as_the_same(kind: Format, readings: list[Reading]) -> None:
    assert imported(kind, exported(kind, rows_of(readings))) == readings


def test_an_exported_reading_is_a_message() -> None:
    reading = Reading(UUID(int=1), "kitchen", datetime(2026, 1, 1, tzinfo=UTC), 20.5)

    [line] = exported("jsonl", rows_of([reading])).splitlines()

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

    assert exported("csv", [row], Series.MINUTES).splitlines() == [
        "sensor_id,minute,readings,min_temperature,mean_temperature,max_temperature",
        "kitchen,2026-01-01T00:00:00.000000Z,2,20.0,20.5,21.0",
    ]
    assert columns_of(Series.HOURS)[1] == "hour"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[Chosen]:
    """What the command asked the database for; the database has nothing."""
    asked: list[Chosen] = []

    @contextmanager
    def nothing(_settings: Any, chosen: Chosen) -> Iterator[Iterator[dict[str, Any]]]:
        asked.append(chosen)
        yield iter(())

    monkeypatch.setattr(exporting, "rows", nothing)
    return asked


def test_the_command_asks_for_what_its_options_say(sensorctl: Call, chosen: list[Chosen]) -> None:
    before = datetime.now(UTC)

    code, out, err = sensorctl(
        "export", "-", "--format", "csv", "--what", "hours", "--from", "2026-01-01T00:00+01:00", "--to", "1h",
        "--sensor", "a", "--sensor", "b",
    )  # fmt: skip

    assert (code, err) == (0, "Exported 0 hours.\n")
    assert out == "sensor_id,hour,readings,min_temperature,mean_temperature,max_temperature\n"
    [asked] = chosen
    assert (asked.series, asked.sensors) == (Series.HOURS, ("a", "b"))
    assert asked.since == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert asked.until
    assert before <= asked.until + timedelta(hours=1) <= datetime.now(UTC)


def test_a_time_without_an_offset_is_in_utc_and_everything_is_the_default(
    sensorctl: Call, chosen: list[Chosen]
) -> None:
    sensorctl("export", "-", "--from", "2026-01-01")
    code, out, err = sensorctl("export", "-")

    assert (code, out, err) == (0, "", "Exported 0 readings.\n")
    assert chosen[0].since == datetime(2026, 1, 1, tzinfo=UTC)
    assert chosen[1] == Chosen(Series.READINGS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["out.txt"], "out.txt is neither .csv nor .jsonl: say which with --format"),
        (["-", "--from", "soon"], "'soon' is no age"),
        (["-", "--what", "days"], "'days' is not one of"),
    ],
)
@pytest.mark.usefixtures("chosen")
def test_a_wrong_call_is_told(sensorctl: Call, arguments: list[str], sentence: str) -> None:
    code, _, err = sensorctl("export", *arguments)

    assert code == 2
    assert sentence in " ".join(err.replace("│", " ").split())
