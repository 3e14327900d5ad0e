"""`sensorctl status`: what the screen shows, and how the command ends."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from monitoring.model import Health, Problem, Queue, Sensor, Service, SystemStatus, Throughput
from monitoring.problems import ProblemKind
from sensorctl import __main__ as program
from sensorctl.status.views import screen, sparkline
from tests.unit.fakes import Call

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def sensor(sensor_id: str, **changed: Any) -> Sensor:
    known: dict[str, Any] = {
        "name": None,
        "location": None,
        "last_measured_at": ago(3),
        "last_temperature": 21.456,
        "interval_seconds": 1.0,
        "offline_since": None,
        "readings": 9,
        "min_temperature": 19.0,
        "mean_temperature": 20.5,
        "max_temperature": 22.0,
        "minutes": [20.0] * 30 + [22.0] * 30,
    }
    return Sensor(sensor_id=sensor_id, **known | changed)


def problem(subject: str = "heat.dead", **changed: Any) -> Problem:
    return Problem(
        **{
            "kind": ProblemKind.DEAD_LETTERS,
            "subject": subject,
            "started_at": ago(90),
            "message": "1 message is dead.",
            "hint": "`sensorctl dead list` shows it.",
            **changed,
        }
    )


WELL: dict[str, Any] = {
    "at": NOW,
    "services": [
        Service(
            name="sensor-1", health=Health.READY, health_since=ago(7000), started_at=ago(8000), restarts=2
        ),
        Service(name="pipeline-1", health=Health.READY, health_since=ago(100), started_at=ago(300_000)),
    ],
    "queue": Queue(
        name="heat", ready=3, unacked=1, dead_letters=0, consumers=2, publish_rate=1.84, ack_rate=1.8,
        oldest_measured_at=ago(4),
    ),
    "throughput": Throughput(stored_rate=1.8, latency_p50=0.0042, latency_p95=1.26),
    "sensors": [sensor("1"), sensor("2"), sensor("3")],
    "problems": [],
}  # fmt: skip


def overview(**changed: Any) -> SystemStatus:
    return SystemStatus(**WELL | changed)


def shown(looked: SystemStatus, width: int = 80, height: int = 24, *, fit: bool = False) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height)
    console.print(screen(looked, console, fit=fit))
    return out.getvalue().splitlines()


def line(word: str, looked: SystemStatus, width: int = 80) -> str:
    [found] = [line for line in shown(looked, width) if word in line]
    return found


def test_a_system_that_is_well_fits_a_small_terminal() -> None:
    lines = shown(overview())

    assert lines[0] == "All is well  2026-11-22 05:30:00 UTC"
    assert len(lines) < 24
    assert not any("…" in line for line in lines)


def test_services_have_their_health_and_its_age() -> None:
    assert line("sensor-1", overview()).split() == ["sensor-1", "●", "ready", "116", "min", "2", "h", "2"]
    assert line("pipeline-1", overview()).split() == ["pipeline-1", "●", "ready", "100", "s", "3", "d"]

    waits = Service(
        name="pipeline-1", health=Health.NOT_READY, reason="database: [/red] refused", health_since=ago(5)
    )
    assert "● not-ready  5 s" in line("pipeline-1", overview(services=[waits]))
    assert "database: [/red] refused" in line("pipeline-1", overview(services=[waits]))


@pytest.mark.parametrize("width", [80, 120])
def test_what_is_too_long_takes_more_lines_and_cuts_nothing_off(width: int) -> None:
    why = "database: failed to resolve host 'postgres': [Errno -2] Name or service not known"
    waits = Service(
        name="pipeline-processor-1",
        health=Health.NOT_READY,
        reason=why,
        health_since=ago(730),
        started_at=ago(790),
    )
    looked = overview(services=[waits], sensors=[sensor("a" * 128)])

    words = line("pipeline-processor-1", looked, width).split()
    text = "\n".join(shown(looked, width))

    assert words[:8] == ["pipeline-processor-1", "●", "not-ready", "12", "min", "13", "min", "database:"]
    assert all(word in text for word in why.split())
    assert text.partition("the last hour")[2].count("a") == 128
    assert "21.46  3 s  19.00  20.50  22.00  ▁" in text
    assert "…" not in text


def test_services_that_cannot_be_seen_are_told_with_the_command_that_sees_them() -> None:
    assert "docker compose run --rm sensorctl status" in line("services ", overview(services=[]))


def test_the_queue_and_what_the_consumers_do() -> None:
    assert line("unacked", overview()).endswith("heat: 3 ready, 1 unacked, 0 dead, consumers 2")
    assert line("rates", overview()).endswith("1.8/s in, 1.8/s out, the oldest waits for 4 s")
    assert line("stored", overview()).endswith(
        "1.8/s; delay from measuring to storing: 4 ms (median), 1.3 s (95 %)"
    )


def test_what_is_not_known_is_told() -> None:
    nothing = overview(
        queue=None, sensors=None, throughput=Throughput(stored_rate=None, latency_p50=None, latency_p95=None)
    )

    assert "nobody tells its figures" in line("queue", nothing)
    assert line("stored", nothing).endswith(
        "unknown; delay from measuring to storing: none in the last seconds"
    )
    assert "the database does not answer" in line("sensors", nothing)
    assert "none was heard yet" in line("sensors", overview(sensors=[]))


def test_a_sensor_is_a_row_with_its_hour() -> None:
    kitchen = sensor("1", name="Kitchen [bold]")
    wide = line("Kitchen [bold]", overview(sensors=[kitchen]), width=160).split()

    assert wide[:9] == ["1", "Kitchen", "[bold]", "21.46", "3", "s", "19.00", "20.50", "22.00"]
    assert wide[9] == "▁" * 30 + "█" * 30
    assert "▁" * 15 + "█" * 15 in line("21.46", overview(sensors=[sensor("1")]))


def test_a_sensor_that_was_not_heard_within_the_hour_has_no_measures() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("readings", "min_temperature", "mean_temperature", "max_temperature")
    )
    old = sensor("attic", last_measured_at=ago(90_000), minutes=[None] * 60, **nothing)

    assert line("attic", overview(sensors=[old])).split() == ["attic", "21.46", "25", "h"]


def test_problems_come_first_with_since_when_and_what_to_do() -> None:
    problems = [problem(), problem("b", started_at=None), problem("c", started_at=ago(90_000))]

    text = " ".join(shown(overview(problems=problems), width=160))

    assert "3 problems" in text
    assert (
        "!! dead-letters for 90 s, since 05:28:30. 1 message is dead. → `sensorctl dead list` shows it."
        in text
    )
    assert "!! dead-letters since when is not known." in text
    assert "!! dead-letters for 25 h, since 2026-11-21 04:30:00." in text


def test_many_problems_are_cut() -> None:
    lines = shown(overview(problems=[problem(str(n)) for n in range(500)]))

    assert "… and 494 more: sensorctl status --json" in lines
    assert len(lines) < 50


def test_many_sensors_are_cut_and_the_silent_and_most_overdue_are_shown() -> None:
    sensors = [sensor(f"s{n:03}") for n in range(500)]
    sensors[321] = sensor("silent", offline_since=ago(40), last_measured_at=ago(40))
    sensors[123] = sensor("overdue", last_measured_at=ago(20))

    lines = shown(overview(sensors=sensors))

    heading = next(n for n, line in enumerate(lines) if "last °C" in line)
    assert [row.split()[0] for row in lines[heading + 1 : heading + 4]] == ["silent", "overdue", "s000"]
    assert lines[-1] == "… and 480 more: sensorctl summary"
    assert len(shown(overview(sensors=sensors), fit=True)) <= 24


@pytest.mark.parametrize(
    ("minutes", "bars", "line"),
    [
        ([1.0, 2.0, 3.0], 3, "▁▅█"),
        ([5.0, 5.0], 2, "▁▁"),
        ([None, 1.0, None, 8.0], 4, " ▁ █"),
        ([1.0, None, None, None, 7.0, 9.0], 3, "▁ █"),
        ([None, None], 2, ""),
    ],
)
def test_a_sparkline_goes_from_the_lowest_to_the_highest(
    minutes: list[float | None], bars: int, line: str
) -> None:
    assert sparkline(minutes, bars) == line


class FakeCollector:
    """Gives its overviews one a look, the last one for ever; an exception is raised."""

    answers: list[Any]
    looks: int
    closed: int

    def __init__(self, _settings: object) -> None: ...

    def collect(self) -> SystemStatus:
        type(self).looks += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, SystemStatus)
        return answer

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> type[FakeCollector]:
    FakeCollector.answers, FakeCollector.looks, FakeCollector.closed = [overview()], 0, 0
    monkeypatch.setattr(program, "Collector", FakeCollector)
    monkeypatch.setattr("sensorctl.status.command.BETWEEN_LOOKS_SECONDS", 0.001)
    return FakeCollector


def test_one_status_is_the_second_of_two_looks(sensorctl: Call, collector: type[FakeCollector]) -> None:
    collector.answers = [overview(problems=[problem()]), overview()]

    code, out, _ = sensorctl("status")

    assert code == 0
    assert out.startswith("All is well")
    assert (collector.looks, collector.closed) == (2, 1)


def test_it_ends_with_1_when_something_is_to_be_done(sensorctl: Call, collector: type[FakeCollector]) -> None:
    collector.answers = [overview(problems=[problem()])]

    code, out, _ = sensorctl("status")

    assert code == 1
    assert "1 problem " in out


def test_as_json_it_is_one_object(sensorctl: Call, collector: type[FakeCollector]) -> None:
    collector.answers = [overview(problems=[problem()])]

    code, out, _ = sensorctl("status", "--json")

    assert code == 1
    told = json.loads(out)
    assert list(told) == ["at", "services", "queue", "throughput", "sensors", "problems"]
    assert told["at"] == "2026-11-22T05:30:00+00:00"
    assert told["services"][0]["health"] == "ready"
    assert told["problems"][0] == {
        "kind": "dead-letters", "subject": "heat.dead", "severity": "warning",
        "started_at": "2026-11-22T05:28:30+00:00",
        "message": "1 message is dead.", "hint": "`sensorctl dead list` shows it.",
    }  # fmt: skip
    assert len(told["sensors"][0]["minutes"]) == 60


def test_watching_shows_what_changes_until_ctrl_c(sensorctl: Call, collector: type[FakeCollector]) -> None:
    collector.answers = [overview(), overview(problems=[problem()]), KeyboardInterrupt()]

    code, out, _ = sensorctl("status", "--watch")

    assert code == 130
    assert "All is well" in out or "1 problem" in out
    assert collector.closed == 1
