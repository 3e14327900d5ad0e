"""What the analysis costs: its models alone, with the database, and a consumer that runs at the same time."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import LiteralString

import psycopg

from benchmarks.bench import Bench
from benchmarks.consuming import LIMIT_SECONDS
from benchmarks.contenders import ANALYSIS, project
from benchmarks.environment import ROOT
from benchmarks.messages import encode
from benchmarks.plan import ANALYSIS as SECTION
from benchmarks.processes import Process
from benchmarks.usage import Usage
from benchmarks.waiting import wait_until
from readings.ids import uuid7
from readings.model import Reading

MAX_ROUNDS = 3
BATCH = 500
RATE = 2_000
SETTLE_SECONDS = 2
ANALYSED = "analysis_readings_total"
# The analysis continues after what was stored before.
CLEAR: LiteralString = """
TRUNCATE analysis_state, analysis_group_state, analysis_rebuild, model, model_evaluation, sensor_forecast,
         virtual_value, detected_anomaly CASCADE;
UPDATE analysis_cursor SET recent_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                           all_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
REGISTER: LiteralString = """
INSERT INTO sensor (sensor_id, location)
SELECT 'sensor-' || number, 'hall ' || number / 20 FROM generate_series(1, %s) AS number
"""
# Each sensor once per minute.
FILL: LiteralString = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), 'sensor-' || number, %(since)s::timestamptz + make_interval(mins => minute),
       20 + random() * 0.3
FROM generate_series(%(first)s::int, %(last)s::int) AS minute, generate_series(1, %(sensors)s) AS number
"""
FILL_MINUTES = 30


def measure(bench: Bench) -> None:
    """Measure the models alone, the service, and the consumer with and without it."""
    offered = bodies(bench.plan.analysis_sensors, bench.plan.analysis_seconds)
    runs = {
        "models": partial(_measure_models, bench),
        "database": partial(_measure_service, bench),
        "without": partial(_measure_consumer, bench, offered, has_analysis=False),
        "with": partial(_measure_consumer, bench, offered, has_analysis=True),
    }
    bench.run_rounds(SECTION, runs, MAX_ROUNDS)
    _clear(bench)


def bodies(sensors: int, seconds: int) -> list[bytes]:
    """Return the messages of all sensors in turn, for the consumer."""
    run_id, started_at = uuid7(), datetime.now(UTC)
    return [
        encode(
            Reading(
                uuid7(),
                f"sensor-{number % sensors + 1}",
                started_at + timedelta(seconds=number / RATE),
                20.0 + number % 7 / 10,
                run_id,
                number + 1,
            )
        )
        for number in range((SETTLE_SECONDS + seconds) * RATE)
    ]


def _measure_models(bench: Bench) -> None:
    sensors, minutes = bench.plan.analysis_sensors, bench.plan.analysis_minutes
    options = ("--sensors", str(sensors), "--minutes", str(minutes))
    command = (sys.executable, "-m", "benchmarks.analysis_models", *options)
    cost = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    title = f"{sensors:,} sensors, once per minute"
    bench.results.add(SECTION, "sensors", sensors, f"{title}: sensors")
    bench.results.add(
        SECTION, "models", cost["per_second"], f"{title}: the models alone, readings per second of a core"
    )
    bench.results.add(SECTION, "state", cost["state_bytes"], f"{title}: state per sensor, bytes")
    bench.results.add(SECTION, "memory", cost["memory_bytes"], f"{title}: memory per sensor, bytes")


def _measure_service(bench: Bench) -> None:
    """Measure how fast it reads and analyses what is stored already."""
    sensors, minutes = bench.plan.analysis_sensors, bench.plan.analysis_minutes
    readings = sensors * minutes
    _clear(bench)
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    with psycopg.connect(bench.database.url, autocommit=True) as connection:
        connection.execute(REGISTER, (sensors,))
        for first in range(0, minutes, FILL_MINUTES):
            last = min(first + FILL_MINUTES, minutes) - 1
            values = {"since": since, "first": first, "last": last, "sensors": sensors}
            connection.execute(FILL, values)
        connection.execute("ANALYZE")
    with _running(bench, "analysis", ANALYSIS) as process:
        started_at, before = time.monotonic(), process.metric(ANALYSED)
        wait_until(lambda: _analysed(process) >= readings, LIMIT_SECONDS, "everything is analysed")
        seconds = time.monotonic() - started_at
    title = f"{sensors:,} sensors, once per minute"
    rate = (readings - before) / seconds
    bench.results.add(SECTION, "database", rate, f"{title}: with the database, readings per second")


def _measure_consumer(bench: Bench, offered: list[bytes], *, has_analysis: bool) -> None:
    _clear(bench)
    with bench.broker.queue() as queue:
        variables = {"QUEUE_NAME": queue, "BATCH_SIZE": str(BATCH)}
        with (
            _running(bench, "consumer", project(BATCH).command, variables) as consumer,
            _running(bench, "analysis", ANALYSIS) if has_analysis else nullcontext(),
        ):
            used = _observe(bench, queue, offered, consumer)
    key = "with" if has_analysis else "without"
    title = f"{RATE:,} readings per second {key} the analysis: processor time of the consumer per reading, µs"
    bench.results.add(SECTION, f"{key}/cpu", used, title)


def _observe(bench: Bench, queue: str, offered: list[bytes], consumer: Process) -> float:
    """Return the processor time of the consumer per reading in microseconds, once it is running evenly."""
    usage, settled = Usage({"consumer": consumer.pid}), SETTLE_SECONDS * RATE
    bench.broker.offer(queue, offered[:settled], RATE)
    wait_until(lambda: bench.database.count("reading") >= settled, LIMIT_SECONDS, "the first are stored")
    before = usage.cpu_seconds()["consumer"]
    bench.broker.offer(queue, offered[settled:], RATE)
    wait_until(lambda: bench.database.count("reading") == len(offered), LIMIT_SECONDS, "everything is stored")
    consumer.raise_if_failed()
    return (usage.cpu_seconds()["consumer"] - before) / (len(offered) - settled) * 1_000_000


@contextmanager
def _running(
    bench: Bench, name: str, command: tuple[str, ...], variables: dict[str, str] | None = None
) -> Iterator[Process]:
    with bench.processes.running(name, command, variables or {}) as (process,):
        process.await_ready()
        yield process


def _analysed(process: Process) -> float:
    """Return how many readings it has analysed."""
    process.raise_if_failed()
    return process.metric(ANALYSED)


def _clear(bench: Bench) -> None:
    bench.database.truncate_all()
    with psycopg.connect(bench.database.url, autocommit=True) as connection:
        connection.execute(CLEAR)
