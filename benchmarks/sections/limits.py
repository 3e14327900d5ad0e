"""What limits cost the consumer, what their evaluation takes, and how soon an excursion is a row.

The consumer stores batches at a fixed offered rate, with and without two limits for each sensor and the
alerter that evaluates them. Some sensors are beyond a limit at any time. *Probes* are sensors that send one
reading, which is beyond their limit: their delay is that from its commit to the commit of their excursion.
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import LiteralString, NamedTuple
from urllib.parse import urlsplit

import psutil
import psycopg
from pydantic import SecretStr

from benchmarks.bench import Bench
from benchmarks.consuming import LIMIT_SECONDS, START_SECONDS
from benchmarks.contenders import ALERTER, project
from benchmarks.environment import DATABASE
from benchmarks.messages import encode
from benchmarks.plan import LIMITS
from benchmarks.processes import Process
from benchmarks.results import percentile
from benchmarks.usage import Usage
from benchmarks.waiting import wait_until
from db.roles import AccessLevel, Role, ensure_roles
from db.settings import DatabaseSettings
from readings.ids import uuid7
from readings.model import Reading
from runtime.settings import load

BATCH = 500
RATE = 10_000
MAX_ROUNDS = 3
SETTLE_SECONDS = 2
PROBE_EVERY = 1_000  # readings
PERIOD_SECONDS = 10  # after which other sensors are beyond their limit
NORMAL, BEYOND = 20.0, 35.0
ROLES = (AccessLevel.WRITER, AccessLevel.EVALUATOR)
PASSWORD = "benchmark"  # noqa: S105 (of a database that exists only during the run)
EVALUATED = "alerter_last_limit_evaluation_timestamp_seconds"
CLEAR: LiteralString = "TRUNCATE limit_rule, limit_state CASCADE"
REGISTER: LiteralString = """
INSERT INTO sensor (sensor_id)
SELECT 'sensor-' || number FROM generate_series(1, {sensors}) AS number
UNION ALL SELECT 'probe-' || number FROM generate_series(1, {probes}) AS number
"""
SET_LIMITS: LiteralString = """
INSERT INTO limit_rule (kind, sensor_id, threshold, delay_seconds, hysteresis, created_by)
SELECT kind, sensor_id, threshold, CASE WHEN sensor_id LIKE 'probe-%' THEN 0 ELSE 5 END, 0.5, 'benchmark'
FROM sensor, (VALUES ('high', 30), ('low', 5)) AS two (kind, threshold)
"""
ANALYZE: LiteralString = "ANALYZE sensor, limit_rule"
DELAYS: LiteralString = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(excursion.xmin)
                          - pg_xact_commit_timestamp(reading.xmin))::float8
FROM reading JOIN limit_excursion AS excursion USING (sensor_id)
WHERE sensor_id LIKE 'probe-%'
"""


class Window(NamedTuple):
    """What was stored in the window, and the processor seconds that each part used in it."""

    stored_per_second: float
    seconds: float
    used: Mapping[str, float]


def measure(bench: Bench) -> None:
    """Measure the consumer with and without limits."""
    roles = [Role(level.value, SecretStr(PASSWORD), level) for level in ROLES]
    ensure_roles(load(DatabaseSettings, database_url=bench.database.url), roles)
    offered = bodies(bench.plan.limits_sensors, bench.plan.limits_seconds)
    runs = {
        "without": partial(_measure, bench, offered, has_limits=False),
        "with": partial(_measure, bench, offered, has_limits=True),
    }
    bench.run_rounds(LIMITS, runs, MAX_ROUNDS)
    _execute(bench, CLEAR)


def bodies(sensors: int, seconds: int) -> list[bytes]:
    """Return the messages: those of all sensors in turn, and a probe after every thousandth."""
    run_id, started_at = uuid7(), datetime.now(UTC)
    encoded = []
    for number in range((SETTLE_SECONDS + seconds) * RATE):
        measured_at = started_at + timedelta(seconds=number / RATE)
        sensor, period = number % sensors + 1, number // (RATE * PERIOD_SECONDS)
        temperature = BEYOND if (sensor + period) % 50 == 0 else NORMAL
        reading = Reading(uuid7(), f"sensor-{sensor}", measured_at, temperature, run_id, number + 1)
        if number % PROBE_EVERY == 0:
            reading = reading._replace(sensor_id=f"probe-{number // PROBE_EVERY + 1}", temperature=BEYOND)
        encoded.append(encode(reading))
    return encoded


def _measure(bench: Bench, offered: list[bytes], *, has_limits: bool) -> None:
    probes = len(offered) // PROBE_EVERY
    bench.database.truncate_all()
    _execute(bench, CLEAR, REGISTER.format(sensors=bench.plan.limits_sensors, probes=probes))
    if has_limits:
        _execute(bench, SET_LIMITS, ANALYZE)
    with bench.broker.queue() as queue, ExitStack() as stack:
        consumer = _start(bench, stack, project(BATCH).command, AccessLevel.WRITER, queue)
        parts = {"consumer": consumer}
        if has_limits:
            parts["alerter"] = _start(bench, stack, ALERTER, AccessLevel.EVALUATOR, queue)
            wait_until(lambda: parts["alerter"].metric(EVALUATED) > 0, START_SECONDS, "limits are evaluated")
        window = _observe(bench, queue, offered, parts)
        stored = partial(bench.database.count, "reading")
        wait_until(lambda: stored() == len(offered), LIMIT_SECONDS, "everything is stored")
        if has_limits:
            wait_until(lambda: len(_delays(bench)) == probes, LIMIT_SECONDS, "every probe has an excursion")
    _record(bench, "with" if has_limits else "without", window)
    if has_limits:
        _record_evaluation(bench, window)
    bench.database.truncate_all()


def _start(
    bench: Bench, stack: ExitStack, command: tuple[str, ...], role: AccessLevel, queue: str
) -> Process:
    parts = urlsplit(bench.database.url)
    netloc = f"{role}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}"
    variables = {
        "QUEUE_NAME": queue,
        "BATCH_SIZE": str(BATCH),
        "DATABASE_URL": parts._replace(netloc=netloc).geturl(),
    }
    (process,) = stack.enter_context(bench.processes.running(role.value, command, variables))
    process.await_ready()
    return process


def _observe(bench: Bench, queue: str, offered: list[bytes], parts: Mapping[str, Process]) -> Window:
    usage = Usage({name: process.pid for name, process in parts.items()})
    settled = SETTLE_SECONDS * RATE
    bench.broker.offer(queue, offered[:settled], RATE)
    begin, before, started_at = bench.database.now(), _used(bench, usage), time.monotonic()
    bench.broker.offer(queue, offered[settled:], RATE)
    end, after, seconds = bench.database.now(), _used(bench, usage), time.monotonic() - started_at
    for process in parts.values():
        process.raise_if_failed()
    used = {name: after[name] - before[name] for name in after}
    return Window(bench.database.stored(begin, end) / seconds, seconds, used)


def _used(bench: Bench, usage: Usage) -> dict[str, float]:
    """Return the processor seconds of the processes, and of the database's sessions of each role."""
    found = usage.cpu_seconds() | {role.value: 0.0 for role in ROLES}
    if server := bench.environment.processes.get(DATABASE):
        for session in psutil.Process(server).children(recursive=True):
            title = " ".join(session.cmdline())
            for role in ROLES:
                if title.startswith(f"postgres: {role} "):
                    found[role] += sum(session.cpu_times()[:2])
    return found


def _record(bench: Bench, key: str, window: Window) -> None:
    title = f"{key} limits"
    per_reading = (window.used["consumer"] + window.used[AccessLevel.WRITER]) / window.stored_per_second
    microseconds = per_reading / window.seconds * 1_000_000
    add = partial(bench.results.add, LIMITS)
    add(f"{key}/stored", window.stored_per_second, f"{title}: stored per second")
    add(f"{key}/cpu", microseconds, f"{title}: processor time of consumer and its session per reading, µs")


def _record_evaluation(bench: Bench, window: Window) -> None:
    sensors = bench.plan.limits_sensors
    title = f"{sensors:,} sensors with two limits each"
    add, delays = partial(bench.results.add, LIMITS), _delays(bench)
    shares = {name: 100 * window.used[name] / window.seconds for name in ("alerter", AccessLevel.EVALUATOR)}
    add("sensors", sensors, f"{title}: sensors")
    add("alerter", shares["alerter"], f"{title}: the alerter, % of a core")
    add("session", shares[AccessLevel.EVALUATOR], f"{title}: its sessions in the database, % of a core")
    add("evaluation", sum(shares.values()), f"{title}: both together, % of a core")
    for percent in (50, 99):
        milliseconds = percentile(delays, percent) * 1000
        add(f"p{percent}", milliseconds, f"{title}: from commit to excursion, p{percent}, ms")


def _delays(bench: Bench) -> list[float]:
    with psycopg.connect(bench.database.url, autocommit=True) as connection:
        return [row[0] for row in connection.execute(DELAYS)]


def _execute(bench: Bench, *statements: LiteralString) -> None:
    with psycopg.connect(bench.database.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
