"""The report of `make load`."""

import io
from uuid import UUID

import pytest
from rich.console import Console

from benchmarks.load import report
from benchmarks.load.measurements import Measurements, Percentiles, percentiles
from benchmarks.load.options import LoadOptions, Protocol
from benchmarks.load.report import Stored
from benchmarks.load.stored import StageResult

OPTIONS = LoadOptions(rates=(10, 20), seconds=20, sensors=2, mqtt_percent=50)


def measured(confirmed: int = 300, unconfirmed: int = 0) -> Measurements:
    """Measurements of a run with OPTIONS, half by each protocol, with confirms after 2 ms."""
    measurements = Measurements(seconds=OPTIONS.seconds)
    for number in range(confirmed + unconfirmed):
        protocol = (Protocol.AMQP, Protocol.MQTT)[number % 2]
        stage = 0 if number < 100 else 1
        measurements.add_published(protocol, stage)
        if number < confirmed:
            measurements.add_confirmed(protocol, stage, 0.002)
    measurements.unconfirmed = [UUID(int=number) for number in range(unconfirmed)]
    return measurements


def messages(measurements: Measurements, stored: Stored) -> list[str]:
    return list(report.messages(OPTIONS, measurements, stored))


def test_everything_confirmed_is_stored() -> None:
    measurements, stored = measured(), Stored(readings=300, waited_seconds=1.5)

    assert messages(measurements, stored) == [
        "Published 300 readings of 2 sensors (150 by AMQP, 150 by MQTT); the broker confirmed 300.",
        "All 300 confirmed readings are stored, 1.5 s after publishing ended.",
    ]
    assert report.everything_is_stored(measurements, stored)


def test_a_stored_reading_that_was_not_confirmed_does_not_stand_for_one_that_was() -> None:
    measurements = measured(confirmed=299, unconfirmed=1)
    stored = Stored(readings=299, of_unconfirmed=1, waited_seconds=60, stored_per_second=0.5)

    published, result = messages(measurements, stored)
    assert published.endswith("the broker confirmed 299, and did not confirm 1.")
    assert result == (
        "298 of 299 confirmed readings are stored 60.0 s after publishing ended. 1 is in the queue or "
        "dead-lettered; at 0.5 per second, the rest takes another 2 s."
    )
    assert not report.everything_is_stored(measurements, stored)


def test_when_nothing_is_stored_the_report_says_where_to_look() -> None:
    message = messages(measured(), Stored(readings=0, waited_seconds=60))[-1]

    assert message.endswith(
        "300 are in the queue or dead-lettered; nothing was stored meanwhile: see `make status`."
    )


def test_without_the_database_nothing_is_claimed() -> None:
    stored = Stored(error="connection refused")

    assert "Whether they are stored is unknown: connection refused." in messages(measured(), stored)
    assert not report.everything_is_stored(measured(), stored)


def test_failures_and_a_rate_that_was_not_reached_are_reported() -> None:
    measurements = measured(confirmed=250)
    measurements.add_failure(Protocol.MQTT, "Connection reset")

    lines = messages(measurements, Stored(readings=250))

    assert "MQTT: Connection reset (1 time)" in lines
    assert lines[-1].startswith("At 20 per second, less was published than requested")


def test_the_table_has_a_row_per_rate() -> None:
    stages = [StageResult(100, Percentiles(0.003, 0.0125)), StageResult(50, Percentiles(1.2, 3.44))]
    output = io.StringIO()

    Console(file=output, width=120).print(
        report.rates_table(OPTIONS, measured(), Stored(readings=300, stages=stages))
    )

    rows = [line.split("│")[1:-1] for line in output.getvalue().splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["10", "10", "2.0 ms, 2.0 ms", "2.0 ms, 2.0 ms", "10", "3.0 ms, 12 ms"],
        ["20", "20", "2.0 ms, 2.0 ms", "2.0 ms, 2.0 ms", "5.0", "1.2 s, 3.4 s"],
    ]


def test_the_rates_of_a_run_that_was_stopped_count_only_until_then() -> None:
    measurements = measured(confirmed=100)
    measurements.seconds = 5
    output = io.StringIO()

    stored = Stored(readings=100, stages=[StageResult(50, None), StageResult(0, None)])
    Console(file=output, width=120).print(report.rates_table(OPTIONS, measurements, stored))

    (row,) = [line.split("│")[1:-1] for line in output.getvalue().splitlines() if line.startswith("│")]
    assert [cell.strip() for cell in row] == ["10", "20", "2.0 ms, 2.0 ms", "2.0 ms, 2.0 ms", "10", "-"]
    assert not any("less was published" in message for message in messages(measurements, stored))


def test_a_line_during_the_run_has_the_counts() -> None:
    line = report.progress_line(12.3, OPTIONS, measured(), 290)

    assert line == "   12 s  20/s  published 300  confirmed 300  stored 290"


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([3.0], (3.0, 3.0)), ([float(n) for n in range(101)], (50.0, 99.0))],
)
def test_percentiles_of_few_and_many_values(
    values: list[float], expected: tuple[float, float] | None
) -> None:
    assert percentiles(values) == expected
