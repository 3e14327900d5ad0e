"""`sensorctl status`: the screen."""

import io
from typing import Any

import pytest
from rich.console import Console

from monitoring.model import (
    Anomaly,
    Excursion,
    Health,
    OpenAnomalies,
    OpenExcursions,
    Service,
    SystemStatus,
    Throughput,
)
from runtime.text import quantity
from sensorctl.status.views import sparkline, status_screen
from tests.unit.sensorctl.status_examples import ago, problem, sensor, system_status


def render(status: SystemStatus, width: int = 80, height: int = 24, *, fit_height: bool = False) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height)
    console.print(status_screen(status, console, fit_height=fit_height))
    return out.getvalue().splitlines()


def line_with(word: str, status: SystemStatus, width: int = 80) -> str:
    [found] = [line for line in render(status, width) if word in line]
    return found


def test_a_healthy_system_fits_a_small_terminal() -> None:
    lines = render(system_status())

    assert lines[0] == "No problems  2026-11-22 05:30:00 UTC"
    assert len(lines) < 24
    assert not any("…" in line for line in lines)


def test_services_are_shown_with_their_health_and_its_age() -> None:
    assert line_with("sensor-1", system_status()).split() == [
        "sensor-1",
        "●",
        "ready",
        "116",
        "min",
        "2",
        "h",
        "2",
    ]
    assert line_with("pipeline-1", system_status()).split() == [
        "pipeline-1",
        "●",
        "ready",
        "100",
        "s",
        "3",
        "d",
    ]

    waiting = Service(
        name="pipeline-1", health=Health.NOT_READY, reason="database: [/red] refused", health_since=ago(5)
    )
    assert "● not-ready  5 s" in line_with("pipeline-1", system_status(services=[waiting]))
    assert "database: [/red] refused" in line_with("pipeline-1", system_status(services=[waiting]))


@pytest.mark.parametrize("width", [80, 120])
def test_long_texts_are_wrapped_and_not_cut(width: int) -> None:
    reason = "database: failed to resolve host 'postgres': [Errno -2] Name or service not known"
    waiting = Service(
        name="pipeline-processor-1",
        health=Health.NOT_READY,
        reason=reason,
        health_since=ago(730),
        started_at=ago(790),
    )
    status = system_status(services=[waiting], sensors=[sensor("a" * 128)])

    words = line_with("pipeline-processor-1", status, width).split()
    text = "\n".join(render(status, width))

    assert words[:8] == ["pipeline-processor-1", "●", "not-ready", "12", "min", "13", "min", "database:"]
    assert all(word in text for word in reason.split())
    assert text.partition("the last hour")[2].count("a") == 128
    assert "21.46  3 s  19.00  20.50  22.00  ▁" in text
    assert "…" not in text


def test_without_visible_services_the_command_that_shows_them_is_shown() -> None:
    assert "docker compose run --rm sensorctl status" in line_with("services ", system_status(services=[]))


def test_the_queue_and_the_throughput_are_shown() -> None:
    assert line_with("unacked", system_status()).endswith("heat: 3 ready, 1 unacked, 0 dead, 2 consumers")
    assert line_with("rates", system_status()).endswith(
        "1.8/s in, 1.8/s out, the oldest message waits for 4 s"
    )
    assert line_with("stored", system_status()).endswith("1.8/s; latency 4 ms (median), 1.3 s (95 %)")


def test_unknown_values_are_shown_as_unknown() -> None:
    unknown = system_status(
        queue=None, sensors=None, throughput=Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
    )

    assert "unknown: the management API is not available" in line_with("queue", unknown)
    assert line_with("stored", unknown).endswith(
        "unknown; latency unknown: no sensor's reading in the last seconds"
    )
    assert "the database is not available" in line_with("sensors", unknown)
    assert "no readings yet" in line_with("sensors", system_status(sensors=[]))


@pytest.mark.parametrize(
    ("total", "latest", "lines"),
    [
        (0, 0, ["anomalies   none open"]),
        (1, 1, ["anomalies   1 open", "            cellar stuck for 2 min: 8 °C for 40 readings"]),
        (
            40,
            20,
            [
                "anomalies   40 open, the latest 5: sensorctl anomalies --open",
                *["            cellar stuck for 2 min: 8 °C for 40 readings"] * 5,
            ],
        ),
    ],
)
def test_the_latest_anomalies_that_last_are_shown(total: int, latest: int, lines: list[str]) -> None:
    anomaly = Anomaly(
        anomaly_id=7, sensor_id="cellar", kind="stuck", started_at=ago(120), observed=8.0, expected=8.0,
        reason="8 °C for 40 readings",
    )  # fmt: skip
    status = system_status(anomalies=OpenAnomalies(total=total, latest=[anomaly] * latest))

    shown = render(status)

    start = shown.index(lines[0])
    assert shown[start : start + len(lines)] == lines


def excursion(**changed: Any) -> Excursion:
    fields: dict[str, Any] = {
        "excursion_id": 7, "sensor_id": "fridge", "rule": "high", "threshold": 8.0, "severity": "critical",
        "started_at": ago(720), "peak": 12.345, "acknowledged_by": None,
    }  # fmt: skip
    return Excursion(**fields | changed)


@pytest.mark.parametrize(
    ("latest", "total", "lines"),
    [
        ([], 0, ["excursions  none open"]),
        (
            [excursion(), excursion(rule="rate", threshold=2.0, severity="warning", acknowledged_by="ann")],
            2,
            [
                "excursions  2 open",
                "            fridge high 8 °C (critical) for 12 min, peak 12.35 °C",
                "            fridge rate 2 K (warning) for 12 min, peak 12.35 K, acknowledged",
            ],
        ),
        (
            [excursion()] * 20,
            30,
            [
                "excursions  30 open, of these 5: sensorctl excursion list --open",
                *["            fridge high 8 °C (critical) for 12 min, peak 12.35 °C"] * 5,
                "anomalies   none open",
            ],
        ),
    ],
)
def test_excursions_that_last_are_shown(latest: list[Excursion], total: int, lines: list[str]) -> None:
    status = system_status(
        excursions=OpenExcursions(total=total, latest=latest), anomalies=OpenAnomalies(total=0, latest=[])
    )

    shown = render(status)

    start = shown.index(lines[0])
    assert shown[start : start + len(lines)] == lines
    is_told = f"No problems, {quantity(total, 'excursion')} open  2026-11-22 05:30:00 UTC" == shown[0]
    assert is_told is (total > 0)


def test_a_sensor_is_a_row_with_its_last_hour() -> None:
    kitchen = sensor("1", name="Kitchen [bold]")
    wide = line_with("Kitchen [bold]", system_status(sensors=[kitchen]), width=160).split()

    assert wide[:9] == ["1", "Kitchen", "[bold]", "21.46", "3", "s", "19.00", "20.50", "22.00"]
    assert wide[9] == "▁" * 30 + "█" * 30
    assert "▁" * 15 + "█" * 15 in line_with("21.46", system_status(sensors=[sensor("1")]))


def test_a_sensor_without_readings_in_the_last_hour_has_no_measures() -> None:
    no_measures: dict[str, Any] = dict.fromkeys(
        ("readings", "min_temperature", "mean_temperature", "max_temperature")
    )
    old = sensor("attic", last_measured_at=ago(90_000), minutes=[None] * 60, **no_measures)

    assert line_with("attic", system_status(sensors=[old])).split() == ["attic", "21.46", "25", "h"]


def test_problems_come_first_with_their_start_and_a_hint() -> None:
    problems = [problem(), problem("b", started_at=None), problem("c", started_at=ago(90_000))]

    text = " ".join(render(system_status(problems=problems), width=160))

    assert "3 problems" in text
    assert (
        "!! dead-letters for 90 s, since 05:28:30. 1 message is dead. → `sensorctl dead list` shows it."
        in text
    )
    assert "!! dead-letters since an unknown time." in text
    assert "!! dead-letters for 25 h, since 2026-11-21 04:30:00." in text


def test_the_number_of_problems_is_limited() -> None:
    lines = render(system_status(problems=[problem(str(n)) for n in range(500)]))

    assert "… and 494 more: sensorctl status --json" in lines
    assert len(lines) < 50


def test_of_many_sensors_the_offline_and_most_overdue_are_shown() -> None:
    sensors = [sensor(f"s{n:03}") for n in range(500)]
    sensors[321] = sensor("offline", offline_since=ago(40), last_measured_at=ago(40))
    sensors[123] = sensor("overdue", last_measured_at=ago(20))

    lines = render(system_status(sensors=sensors))

    heading = next(n for n, line in enumerate(lines) if "last °C" in line)
    assert [row.split()[0] for row in lines[heading + 1 : heading + 4]] == ["offline", "overdue", "s000"]
    assert lines[-1] == "… and 480 more: sensorctl summary"
    assert len(render(system_status(sensors=sensors), fit_height=True)) <= 24


@pytest.mark.parametrize(
    ("minutes", "bars", "expected"),
    [
        ([1.0, 2.0, 3.0], 3, "▁▅█"),
        ([5.0, 5.0], 2, "▁▁"),
        ([None, 1.0, None, 8.0], 4, " ▁ █"),
        ([1.0, None, None, None, 7.0, 9.0], 3, "▁ █"),
        ([None, None], 2, ""),
    ],
)
def test_a_sparkline_ranges_from_the_minimum_to_the_maximum(
    minutes: list[float | None], bars: int, expected: str
) -> None:
    assert sparkline(minutes, bars) == expected
