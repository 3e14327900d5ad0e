"""`sensorctl logs` reads the logs of real processes completely, in both formats."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.broker import VirtualHost
from tests.database import Database
from tests.privileges import sensorctl
from tests.processes import Process, Processes
from tests.waiting import DEADLINE_SECONDS, eventually

AWKWARD = "0 or=1 'x' \"y\""


def read_events(*options: str) -> list[dict[str, Any]]:
    done = sensorctl({}, "logs", "--json", *options)
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert not [line for line in lines if not line.startswith("{")], "every line was parsed"
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_the_logs_of_real_processes_are_read_completely(
    run: Processes, broker: VirtualHost, database: Database, log_format: str
) -> None:
    # given a sensor, a consumer that was started twice, a dead letter and a crashed process
    # (with few readings, so that each has a line even if the second start takes long)
    sensor = run.start("sensor", LOG_FORMAT=log_format, SENSOR_ID=AWKWARD, SENSOR_INTERVAL_SECONDS="1")
    first = run.start("pipeline", LOG_FORMAT=log_format)
    eventually(
        lambda: database.query("SELECT 1 FROM reading OFFSET 2"),
        DEADLINE_SECONDS,
        "three readings are stored",
    )
    first.stop()
    second = run.start("pipeline", LOG_FORMAT=log_format)
    broker.publish(b"nonsense")
    eventually(lambda: "dead-lettered" in second.text, DEADLINE_SECONDS, "the message is dead-lettered")
    sensor.stop()
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the queue is empty")
    second.stop()
    crashed = run.start("tests.fault_entrypoints.unexpected_error sensor", LOG_FORMAT=log_format)
    crashed.wait()

    # when their logs are read
    names = [str(process.log) for process in (sensor, first, second, crashed)]
    lines = read_events(*names)

    # then every event is there, in order, with its types
    stored = [line for line in lines if line["event"] == "stored"]
    rows = database.query("SELECT temperature FROM reading ORDER BY temperature")
    temperatures = sorted(line["temperature"] for line in stored)
    assert temperatures == pytest.approx([row["temperature"] for row in rows], abs=1e-3)
    assert {line["sensor"] for line in stored} == {AWKWARD}
    assert all(isinstance(line["store_ms"], float) for line in stored)
    times = [line["timestamp"] for line in lines]
    assert times == sorted(times)
    events = Counter(line["event"] for line in lines)
    assert (events["started"], events["dead-lettered"], events["crashed"]) == (2, 1, 1)
    [crash] = [line for line in lines if line["event"] == "crashed"]
    assert "Traceback" in crash["exception"]
    assert "an unexpected error" in crash["exception"]
    assert count_lines(sensor, first, second) == len(read_events(*names[:3]))

    # and the summary agrees
    done = sensorctl({}, "logs", "--summary", "--json", *names)
    summary = json.loads(done.stdout)
    assert summary["unparsed_lines"] == {}
    assert sum(service["starts"] for service in summary["services"]) >= 3
    assert summary["slowest_stores"][0]["store_ms"] == max(line["store_ms"] for line in stored)


def count_lines(*processes: Process) -> int:
    return sum(len(process.text.splitlines()) for process in processes)
