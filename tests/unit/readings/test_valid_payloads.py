"""Bodies that are readings: the three formats, units, times, and derived IDs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from readings.errors import InvalidField
from readings.ids import MAX_SENSOR_ID_CHARACTERS, uuid7
from readings.model import Unit
from readings.parsing import ParseContext, parse_reading
from readings.payload import MAX_BODY_BYTES
from tests.unit.bodies import CONTEXT, NOW, filled_up_to, with_field_renamed, with_fields, with_raw

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))


def test_golden_payloads_exist() -> None:
    assert len(GOLDEN) >= 6


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_payload_parses_to_the_same_reading(path: Path) -> None:
    golden = json.loads(path.read_text())

    reading = parse_reading(
        json.dumps(golden["message"]).encode(), ParseContext(ZoneInfo(golden["naive_time_zone"]), NOW)
    )

    assert json.loads(json.dumps(reading._asdict(), default=str)) == {
        "import_id": None,
        "revised_at": None,
        **golden["expected"],
        "measured_at": str(datetime.fromisoformat(golden["expected"]["measured_at"])),
    }


@pytest.mark.parametrize(
    ("unit", "temperature", "celsius"),
    [
        *((name, 21.5, 21.5) for name in ("celsius", "Celsius", "CELSIUS", "c", "C", None, "°C", "℃")),
        *((name, 70.7, 21.5) for name in ("fahrenheit", "Fahrenheit", "f", "F", "°F", "℉", "degF")),
        *((name, 294.65, 21.5) for name in ("kelvin", "KELVIN", "k", "K")),
        ("C", 21, 21.0),
        ("C", -273.15, -273.15),
        ("F", -459.67, -273.15),
        ("K", 0, -273.15),
        ("C", 10000, 10000.0),
        ("F", -40, -40.0),
    ],
)
def test_each_unit_is_stored_in_celsius(unit: str | None, temperature: float, celsius: float) -> None:
    assert parse_reading(with_fields(unit=unit, temperature=temperature), CONTEXT).temperature == celsius


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        ("UTC", "2026-07-01T12:00:00", "2026-07-01T12:00:00"),
        ("Europe/Berlin", "2026-07-01T12:00:00", "2026-07-01T10:00:00"),
        ("Europe/Berlin", "2026-01-01T12:00:00", "2026-01-01T11:00:00"),
        ("Europe/Berlin", "2025-10-26T02:30:00+01:00", "2025-10-26T01:30:00"),
        ("Asia/Kolkata", "2026-07-01T00:10:00", "2026-06-30T18:40:00"),
        ("Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00"),
        ("Europe/Berlin", "2026-07-01T12:00:00-03:00", "2026-07-01T15:00:00"),
        ("UTC", "2026-07-01T12:00:00+05:45", "2026-07-01T06:15:00"),
        ("UTC", "2026-07-01 12:00:00.5", "2026-07-01T12:00:00.500000"),
        ("UTC", "2026-07-01T12:00", "2026-07-01T12:00:00"),
        ("UTC", "2026-07-01T12:00:00.123456789Z", "2026-07-01T12:00:00.123456"),
        ("UTC", "2000-01-02T00:00:00Z", "2000-01-02T00:00:00"),
        ("Europe/Berlin", "2026-07-01T12:00:00 UTC", "2026-07-01T12:00:00"),
        ("Europe/Berlin", "2026-07-01 12:00:00+01", "2026-07-01T11:00:00"),
        ("Europe/Berlin", "2026-07-01T12:00:00+0100", "2026-07-01T11:00:00"),
        ("Europe/Berlin", "2026-07-01t12:00:00z", "2026-07-01T12:00:00"),
    ],
)
def test_times_are_converted_to_utc(zone: str, text: str, utc: str) -> None:
    reading = parse_reading(with_fields(measured_at=text), ParseContext(ZoneInfo(zone), NOW))

    assert reading.measured_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert reading.measured_at.tzinfo is UTC


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(minutes=5)])
def test_a_time_up_to_5_minutes_ahead_is_accepted(ahead: timedelta) -> None:
    measured_at = NOW + ahead

    assert parse_reading(with_fields(measured_at=measured_at.isoformat()), CONTEXT).measured_at == measured_at


@pytest.mark.parametrize(
    ("value", "sensor_id"),
    [
        (7, "7"),
        (0, "0"),
        (2**63 - 1, "9223372036854775807"),
        ("7", "7"),
        ("  attic ", "attic"),
        ("Küche 2", "Küche 2"),
        ("Ku\u0308che 2", "K\u00fcche 2"),
        ("\u212b", "\u00c5"),
        ("\U0001f321\ufe0f attic", "\U0001f321 attic"),
        ("[red]'; --", "[red]'; --"),
        ("x" * MAX_SENSOR_ID_CHARACTERS, "x" * MAX_SENSOR_ID_CHARACTERS),
    ],
)
def test_a_sensor_id_is_a_string_or_an_integer(value: Any, sensor_id: str) -> None:
    assert parse_reading(with_fields(sensor_id=value), CONTEXT).sensor_id == sensor_id


def test_optional_fields_may_be_null_and_unknown_fields_are_ignored() -> None:
    body = with_fields(reading_id=None, run_id=None, sequence=None, unit=None, humidity=[1, {"a": None}])

    reading = parse_reading(body, CONTEXT)

    assert (reading.run_id, reading.sequence, reading.temperature) == (None, None, 21.5)


def test_an_unknown_field_may_be_nan() -> None:
    assert parse_reading(with_raw("humidity", "NaN"), CONTEXT).sensor_id == "kitchen"


def test_a_body_of_exactly_64_kib_is_accepted() -> None:
    body = filled_up_to(MAX_BODY_BYTES)

    assert len(body) == MAX_BODY_BYTES
    assert parse_reading(body, CONTEXT).sensor_id == "kitchen"


def test_the_reading_id_of_the_message_is_kept() -> None:
    reading_id = uuid7()

    assert parse_reading(with_fields(reading_id=str(reading_id)), CONTEXT).reading_id == reading_id
    assert parse_reading(with_fields(reading_id=str(reading_id).upper()), CONTEXT).reading_id == reading_id


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(with_fields(), id="redelivered"),
        pytest.param(with_fields(reading_id=None), id="null id"),
        pytest.param(with_fields(measured_at="2026-11-22T06:28:37.000+01:00"), id="another offset"),
        pytest.param(with_fields(temperature=70.7, unit="F"), id="another unit"),
        pytest.param(with_fields(sensor_id=" kitchen "), id="blanks around the id"),
        pytest.param(with_fields(humidity=40), id="an unknown field"),
        pytest.param(with_field_renamed("measured_at", "data", "2026-11-22T05:28:37"), id="another format"),
    ],
)
def test_without_an_id_the_same_reading_gets_the_same_id(body: bytes) -> None:
    assert parse_reading(body, CONTEXT).reading_id == UUID("a65d2dff-b9b9-5488-990d-90fe61578b43")


@pytest.mark.parametrize(
    "changed",
    [{"temperature": 21.51}, {"measured_at": "2026-11-22T05:28:37.000001Z"}, {"sensor_id": "kitchen2"}],
)
def test_without_an_id_a_different_reading_gets_a_different_id(changed: dict[str, Any]) -> None:
    assert (
        parse_reading(with_fields(**changed), CONTEXT).reading_id
        != parse_reading(with_fields(), CONTEXT).reading_id
    )


def test_the_nil_uuid_is_no_id() -> None:
    nil = "00000000-0000-0000-0000-000000000000"

    readings = [parse_reading(with_fields(reading_id=nil, temperature=t), CONTEXT) for t in (20, 21)]

    assert readings == [parse_reading(with_fields(temperature=t), CONTEXT) for t in (20, 21)]
    with pytest.raises(InvalidField, match="clock that was never set"):
        parse_reading(with_fields(reading_id=nil, measured_at="2016-01-01T00:00:05Z"), CONTEXT)


def test_uuid7_sorts_by_time_and_has_its_version() -> None:
    ids = [uuid7() for _ in range(100)]

    assert len(set(ids)) == len(ids)
    assert {(uuid.version, uuid.variant) for uuid in ids} == {(7, "specified in RFC 4122")}
    milliseconds = [uuid.int >> 80 for uuid in ids]
    assert milliseconds == sorted(milliseconds)
    assert abs(milliseconds[0] / 1000 - datetime.now(UTC).timestamp()) < 60


def test_every_unit_has_a_short_name() -> None:
    for unit in Unit:
        assert parse_reading(with_fields(unit=unit.value[0], temperature=300), CONTEXT) == parse_reading(
            with_fields(unit=unit.value, temperature=300), CONTEXT
        )


def test_a_revision_has_the_time_at_which_the_source_was_read() -> None:
    message = {
        "reading_id": "01934f2a-7c00-5abc-8000-0123456789ab",
        "sensor_id": "attic",
        "measured_at": "2026-11-22T05:28:37Z",
        "temperature": 21.5,
        "revised_at": "2026-11-22T06:30:00+01:00",
    }

    reading = parse_reading(json.dumps(message).encode(), ParseContext(UTC, NOW))

    assert reading.revised_at == datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("revised_at", "detail"),
    [
        ("2026-11-22T05:30:00", "revised_at"),
        ("yesterday", "revised_at"),
        (1_795_325_400, "revised_at"),
        ("2030-01-01T00:00:00Z", "ahead of the consumer's clock"),
        ("1999-12-31T23:59:59Z", "before 2000"),
        ("0001-01-01T00:00:00+23:59", "before 2000"),
    ],
)
def test_a_revision_whose_time_could_not_be_compared_is_rejected(revised_at: object, detail: str) -> None:
    message = {"sensor_id": "attic", "measured_at": "2026-11-22T05:28:37Z", "temperature": 21.5}

    with pytest.raises(InvalidField, match=detail):
        parse_reading(json.dumps(message | {"revised_at": revised_at}).encode(), ParseContext(UTC, NOW))
