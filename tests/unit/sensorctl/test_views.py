"""Tables of the commands, and the escaping of untrusted text."""

import io
import sys
from datetime import UTC, date, datetime, timedelta

import pika
import pytest
from rich.console import Console
from rich.table import Table

from db.queries.storage import StorageReport, TableSize
from db.retention import Retention
from messaging.dead_letters.dead_letter import DeadLetter
from readings.payload import MAX_BODY_BYTES
from sensorctl.checks import CheckResult, check_results_table
from sensorctl.dead_letters.views import (
    MAX_BODY_CHARACTERS,
    body_excerpt,
    dead_letters_table,
    format_dead_letter,
)
from sensorctl.limits.views import excursion_table
from sensorctl.output import show, titled_table
from sensorctl.storage import retention_message, storage_table
from sensorctl.summary import summary_table

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


def render(table: Table) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue().splitlines()


def cells_with(word: str, table: Table) -> list[str]:
    [line] = [line for line in render(table) if word in line]
    return [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]


def test_the_summary_has_one_row_per_sensor() -> None:
    table = summary_table([KITCHEN], dict(MEASURES), NOW)

    assert cells_with("kitchen", table) == [
        *("kitchen", "Oven", "", "3", "20.13", "21.00", "22.50", "21.99", "7 s ago"),
    ]
    assert not any("all" in line.split() for line in render(table)), "a single sensor needs no total"


def test_the_summary_of_several_sensors_has_a_total() -> None:
    sensors = [KITCHEN, KITCHEN | {"sensor_id": "attic"}]

    table = summary_table(sensors, MEASURES | {"readings": 6}, NOW)

    assert cells_with(" all ", table) == ["all", "", "", "6", "20.13", "21.00", "22.50", "21.99", "7 s ago"]


def test_the_summary_without_readings_is_an_empty_table() -> None:
    assert any("measured" in line for line in render(summary_table([], NOTHING, NOW)))


def test_the_age_of_a_reading_from_the_future_is_zero() -> None:
    ahead = KITCHEN | {"last_measured_at": NOW + timedelta(minutes=4)}

    assert cells_with("kitchen", summary_table([ahead], dict(MEASURES), NOW))[-1] == "0 s ago"


def test_the_age_is_relative_to_the_current_time() -> None:
    fresh = KITCHEN | {"last_measured_at": datetime.now(UTC)}

    age = cells_with("kitchen", summary_table([fresh], dict(MEASURES)))[-1]

    assert int(age.removesuffix(" s ago")) < 60


def test_a_check_result_is_ok_or_has_a_hint() -> None:
    table = check_results_table(
        [
            CheckResult("broker", "responds"),
            CheckResult("queue", "[/x] does not exist", "run `sensorctl setup`"),
        ]
    )

    first, second, hint = render(table)
    assert first.split() == ["ok", "broker", "responds"]
    assert second.split(maxsplit=2) == ["!!", "queue", second.split(maxsplit=2)[2]]
    assert "[/x] does not exist" in second
    assert "→ run `sensorctl setup`" in hint


def test_successive_checks_with_one_hint_show_it_once_below_the_last() -> None:
    hint = "is PostgreSQL running?"
    results = [CheckResult(name, "refused", hint) for name in ("database", "schema", "clock")]

    lines = render(check_results_table([*results, CheckResult("queue", "none", "run `sensorctl setup`")]))

    assert [line.split()[0] for line in lines] == ["!!", "!!", "!!", "→", "!!", "→"]
    assert hint in lines[3]


def dead_letter(body: bytes, **headers: str) -> DeadLetter:
    named = {f"x-dead-{name}": value for name, value in headers.items()}
    return DeadLetter(body, pika.BasicProperties(headers=named))


def test_a_dead_letter_is_a_row_with_its_reason() -> None:
    message = dead_letter(b"{}", reason="invalid-field", detail="sensor_id is missing", at="2026")
    table = dead_letters_table([message], "1 of 7 dead letters")

    assert render(table)[0].strip() == "1 of 7 dead letters"
    row = cells_with("invalid-field", table)
    assert row == [message.id, "2026", "", "invalid-field", "sensor_id is missing", "{}", "0"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_untrusted_text_contains_neither_markup_nor_control_sequences(hostile: bytes) -> None:
    text = hostile.decode(errors="replace")
    tables = [
        dead_letters_table([dead_letter(hostile, reason=text, detail=text, at=text)], "dead"),
        dead_letters_table([dead_letter(hostile)], "dead"),
        summary_table([KITCHEN | {"sensor_id": text, "name": text, "location": text}], dict(MEASURES), NOW),
        check_results_table([CheckResult("queue", text, "do something")]),
    ]

    for table in tables:
        printed = render(table)
        assert all(line.isprintable() for line in printed)
        if text.startswith("["):
            assert any(text in line for line in printed)


def test_a_complete_dead_letter_is_printed_without_control_characters() -> None:
    hostile = "\x1b[2J\u202e\x00\x9b"
    headers = {hostile: hostile, "x-dead-detail": hostile}
    text = format_dead_letter(DeadLetter(hostile.encode(), pika.BasicProperties(headers=headers)))

    assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a": 1}', '{"a": 1}'),
        ("Küche".encode(), "Küche"),
        (b"\x00\x1b[0m\n", r"\x00\x1b[0m\n"),
        (b"\xff", r"\xff"),
        (b"x" * MAX_BODY_CHARACTERS, "x" * MAX_BODY_CHARACTERS),
        (b"x" * (MAX_BODY_CHARACTERS + 1), "x" * MAX_BODY_CHARACTERS + "…"),
    ],
)
def test_the_excerpt_of_a_body_is_escaped_and_limited(body: bytes, text: str) -> None:
    assert body_excerpt(body) == text


def test_a_body_that_no_reading_has_is_not_parsed_and_shown_from_its_start() -> None:
    body = b'{"sensor_id": "attic", "rubbish": "' + b"x" * MAX_BODY_BYTES + b'"}'
    letter = DeadLetter(body, pika.BasicProperties(headers={"x-original-routing-key": "reading.cellar"}))

    *_, heading, text = format_dead_letter(letter).split("\n")

    assert letter.sensor_id == "cellar"
    assert heading.startswith(f"body, {len(body):,} bytes, too large to be shown in full")
    assert text == body[:MAX_BODY_BYTES].decode()


def test_storage_has_one_row_per_table_and_per_day_with_readings() -> None:
    yesterday = date(2026, 11, 21)
    storage = StorageReport(
        [
            TableSize("alembic_version", None, None, 1, 8_192),
            TableSize("reading_default", "reading", None, 0, 8_192),
            TableSize("reading_20261122", "reading", yesterday + timedelta(days=1), 0, 16_000),
            TableSize("reading_20261121", "reading", yesterday, 1_234_567, 250_000_000),
        ],
        retention=Retention(None, None),
    )

    table = storage_table(storage)

    assert cells_with("partitions", table) == ["reading", "3 partitions", "1,234,567", "250.0 MB"]
    assert cells_with("reading_20261121", table) == [
        "reading_20261121",
        "2026-11-21",
        "1,234,567",
        "250.0 MB",
    ]
    assert cells_with("alembic_version", table) == ["alembic_version", "", "1", "8.2 kB"]
    assert cells_with("all", table) == ["all", "", "1,234,568", "250.0 MB"]
    assert not any("reading_20261122" in line or "default" in line for line in render(table))


def test_readings_in_the_default_partition_are_shown() -> None:
    storage = StorageReport([TableSize("reading_default", "reading", None, 5, 8_192)], Retention(30, 90))

    assert cells_with("reading_default", storage_table(storage))[1:3] == ["days without a partition", "5"]
    assert retention_message(storage) == (
        "Readings are kept for 30 full days and the current one (RETENTION_DAYS), minutes for 90 days "
        "(RETENTION_MINUTES_DAYS), hours forever (RETENTION_HOURS_DAYS), and days forever."
    )


def test_a_missing_retention_is_shown() -> None:
    assert "forever" in retention_message(StorageReport([], Retention(None, None)))


@pytest.mark.parametrize("text", ["[/b]", "attic[1]", "[red]x"])
def test_a_title_is_no_markup(text: str) -> None:
    out = io.StringIO()

    for table in (
        dead_letters_table([], f"1 dead letter: {text}"),
        titled_table(f"Sensor {text}", "a column that is wide enough"),
    ):
        Console(file=out, width=200).print(table)

    assert out.getvalue().count(text) == 2


def test_a_narrow_terminal_cuts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr("sensorctl.output.PIPED_WIDTH", 80)
    row = {
        "excursion_id": 17, "sensor_id": "building-7-floor-3-probe-4", "rule": "high", "threshold": 8.0,
        "started_at": NOW, "ended_at": NOW, "end_reason": "returned", "duration_seconds": 17_751.0,
        "peak": 9.5, "degree_minutes": 12.0, "acknowledged_by": "key:ann",
    }  # fmt: skip

    show(excursion_table([row]))

    assert "…" not in out.getvalue()
    lasted = "".join(line.split("│")[6].strip() + " " for line in out.getvalue().splitlines() if "│" in line)
    assert lasted.strip() == "4 h 55 min 51 s"
    sensor = "".join(line.split("│")[2].strip() for line in out.getvalue().splitlines() if "│" in line)
    assert sensor == "building-7-floor-3-probe-4"
