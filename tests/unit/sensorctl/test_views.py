"""How answers look: tables, records, and what a stranger may have written."""

import io
from datetime import UTC, date, datetime, timedelta

import pika
import pytest
from rich.console import Console
from rich.table import Table

from db.queries.storage import StorageReport, TableSize
from messaging.dead_letters.dead_letter import DeadLetter
from sensorctl.dead_letters.views import BODY_CHARACTERS, dead_table, shown
from sensorctl.doctor import CheckResult
from sensorctl.storage import retention_sentence, sizes_table
from sensorctl.views import findings_table, summary_table

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
MEASURES = {
    "readings": 3,
    "min_temperature": 20.126,
    "mean_temperature": 21.0,
    "max_temperature": 22.5,
    "last_temperature": 21.994,
    "last_measured_at": NOW - timedelta(seconds=7),
}
NOTHING = dict.fromkeys(MEASURES) | {"readings": 0}
KITCHEN = {"sensor_id": "kitchen", "name": "Oven", "location": None, **MEASURES}
HOSTILE = [
    b"[/red]",
    b"[bold]x[/bold]",
    b"[link=file:///etc]",
    b"\x1b[31mred",
    b"a\x00b\x07\x9b\n\r\tc",
    b"\xff\xfe",
]


def lines(table: Table) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue().splitlines()


def row_of(word: str, table: Table) -> list[str]:
    [line] = [line for line in lines(table) if word in line]
    return [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]


def test_a_sensor_is_a_row_with_its_measures() -> None:
    table = summary_table([KITCHEN], dict(MEASURES), NOW)

    assert row_of("kitchen", table) == [
        *("kitchen", "Oven", "", "3", "20.13", "21.00", "22.50", "21.99", "7 s ago"),
    ]
    assert not any("all" in line.split() for line in lines(table)), "one sensor needs no sum"


def test_several_sensors_have_a_row_over_all() -> None:
    sensors = [KITCHEN, KITCHEN | {"sensor_id": "attic"}]

    table = summary_table(sensors, MEASURES | {"readings": 6}, NOW)

    assert row_of(" all ", table) == ["all", "", "", "6", "20.13", "21.00", "22.50", "21.99", "7 s ago"]


def test_an_hour_without_readings_is_an_empty_table() -> None:
    assert any("measured" in line for line in lines(summary_table([], NOTHING, NOW)))


def test_a_reading_from_a_clock_ahead_is_no_age_below_zero() -> None:
    ahead = KITCHEN | {"last_measured_at": NOW + timedelta(minutes=4)}

    assert row_of("kitchen", summary_table([ahead], dict(MEASURES), NOW))[-1] == "0 s ago"


def test_an_age_is_told_from_the_present_moment() -> None:
    fresh = KITCHEN | {"last_measured_at": datetime.now(UTC)}

    age = row_of("kitchen", summary_table([fresh], dict(MEASURES)))[-1]

    assert int(age.removesuffix(" s ago")) < 60


def test_a_finding_is_ok_or_says_what_to_do() -> None:
    table = findings_table(
        [CheckResult("broker", "answers"), CheckResult("queue", "[/x] is not there", "run `sensorctl setup`")]
    )

    first, second, advice = lines(table)
    assert first.split() == ["ok", "broker", "answers"]
    assert second.split(maxsplit=2) == ["!!", "queue", second.split(maxsplit=2)[2]]
    assert "[/x] is not there" in second
    assert "→ run `sensorctl setup`" in advice


def dead(body: bytes, **headers: str) -> DeadLetter:
    named = {f"x-dead-{name}": value for name, value in headers.items()}
    return DeadLetter(body, pika.BasicProperties(headers=named))


def test_a_dead_message_is_a_row_with_its_reason() -> None:
    message = dead(b"{}", reason="invalid-field", detail="sensor_id is missing", at="2026")
    table = dead_table([message], "1 of 7 dead messages")

    assert lines(table)[0].strip() == "1 of 7 dead messages"
    row = row_of("invalid-field", table)
    assert row == [message.id, "2026", "", "invalid-field", "sensor_id is missing", "{}", "0"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_strangers_text_is_neither_markup_nor_a_terminals_command(hostile: bytes) -> None:
    text = hostile.decode(errors="replace")
    tables = [
        dead_table([dead(hostile, reason=text, detail=text, at=text)], "dead"),
        dead_table([dead(hostile)], "dead"),
        summary_table([KITCHEN | {"sensor_id": text, "name": text, "location": text}], dict(MEASURES), NOW),
        findings_table([CheckResult("queue", text, "do something")]),
    ]

    for table in tables:
        printed = lines(table)
        assert all(line.isprintable() for line in printed)
        if text.startswith("["):
            assert any(text in line for line in printed)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a": 1}', '{"a": 1}'),
        ("Küche".encode(), "Küche"),
        (b"\x00\x1b[0m\n", r"\x00\x1b[0m\n"),
        (b"\xff", r"\xff"),
        (b"x" * BODY_CHARACTERS, "x" * BODY_CHARACTERS),
        (b"x" * (BODY_CHARACTERS + 1), "x" * BODY_CHARACTERS + "…"),
    ],
)
def test_the_beginning_of_a_body_is_shown_safely(body: bytes, text: str) -> None:
    assert shown(body) == text


def test_sizes_are_a_row_a_table_and_a_row_a_day_that_holds_readings() -> None:
    yesterday = date(2026, 11, 21)
    storage = StorageReport(
        [
            TableSize("alembic_version", None, None, 1, 8_192),
            TableSize("reading_default", "reading", None, 0, 8_192),
            TableSize("reading_20261122", "reading", yesterday + timedelta(days=1), 0, 16_000),
            TableSize("reading_20261121", "reading", yesterday, 1_234_567, 250_000_000),
        ],
        retention_days=None,
    )

    table = sizes_table(storage)

    assert row_of("partitions", table) == ["reading", "3 partitions", "1,234,567", "250.0 MB"]
    assert row_of("reading_20261121", table) == ["reading_20261121", "2026-11-21", "1,234,567", "250.0 MB"]
    assert row_of("alembic_version", table) == ["alembic_version", "", "1", "8.2 kB"]
    assert row_of("all", table) == ["all", "", "1,234,568", "250.0 MB"]
    assert not any("reading_20261122" in line or "default" in line for line in lines(table))


def test_readings_without_a_partition_of_their_day_are_shown() -> None:
    storage = StorageReport([TableSize("reading_default", "reading", None, 5, 8_192)], retention_days=30)

    assert row_of("reading_default", sizes_table(storage))[1:3] == ["days without a partition", "5"]
    assert "30 whole days" in retention_sentence(storage)


def test_no_retention_is_said_too() -> None:
    assert "for ever" in retention_sentence(StorageReport([], retention_days=None))
