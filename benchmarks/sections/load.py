"""Sensors and one consumer at prefetch 1: latency, throughput, CPU and memory at each offered rate."""

import math
import time
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import START_SECONDS
from benchmarks.contenders import PIPELINE, SENSOR
from benchmarks.database import PROJECT_TABLE, SensorSummary
from benchmarks.plan import LOAD
from benchmarks.processes import Process
from benchmarks.recording import expected_summary, write_recording
from benchmarks.results import percentile
from benchmarks.sections.publishing import outbox_variables, replay_variables
from benchmarks.usage import Usage
from benchmarks.waiting import BenchmarkFailed, wait_until
from messaging.topology import BINDING_KEY

READINGS_PER_SENSOR = 250  # per second; a higher rate needs more sensors
SETTLE_SECONDS = 1.0
# On a busy machine sensors take time to start.
SPARE_SECONDS, SPARE_SECONDS_PER_SENSOR = 3.0, 0.7
DRAIN_SECONDS = 300
MEAN_TOLERANCE = 1e-9
PERCENTILES = (50, 95, 99)
MILLISECONDS = 1000


def measure(bench: Bench) -> None:
    """Measure each rate for some seconds. Latency includes the flush of the commit."""
    runs = {
        f"{rate} per second": partial(_measure, bench, rate, seconds)
        for rate, seconds in bench.plan.load_seconds.items()
    }
    bench.run_rounds(LOAD, runs)


def key(rate: int, measure: str) -> str:
    """Return the key of a measure at an offered rate."""
    return f"{rate}/{measure}"


def _measure(bench: Bench, rate: int, seconds: float) -> None:
    sensors = math.ceil(rate / READINGS_PER_SENSOR)
    readings = math.ceil(
        rate / sensors * (seconds + SETTLE_SECONDS + SPARE_SECONDS + SPARE_SECONDS_PER_SENSOR * sensors)
    )
    bench.database.truncate_all()
    flush_seconds = bench.database.flush_seconds()
    with ExitStack() as stack:
        queue = stack.enter_context(bench.broker.queue(binding=BINDING_KEY))
        (consumer,) = stack.enter_context(
            bench.processes.running("pipeline", PIPELINE, {"QUEUE_NAME": queue})
        )
        wait_until(lambda: bench.broker.consumer_count(queue) == 1, START_SECONDS, "the consumer consumes")
        sending = [
            stack.enter_context(_sensor(bench, number, readings, sensors / rate)) for number in range(sensors)
        ]
        wait_until(lambda: bench.database.count("sensor") == sensors, START_SECONDS, "all sensors send")
        time.sleep(SETTLE_SECONDS)
        processes = {"consumer": consumer.pid, **bench.environment.processes}
        processes |= {f"sensor {number}": process[0].pid for number, process in enumerate(sending)}
        begin, end = _observe(bench, rate, seconds, processes)
        _await_all(bench, [consumer, *(process[0] for process in sending)], sensors * readings)
        errors = differences(
            bench.database.summary(), {f"load-{n}": expected_summary(readings, n) for n in range(sensors)}
        )
    _store(bench, rate, bench.database.latencies(begin, end), flush_seconds)
    bench.results.add(LOAD, key(rate, "stored"), bench.database.stored(begin, end) / seconds)
    bench.results.add(LOAD, key(rate, "exact"), float(not errors))
    for error in errors:
        bench.results.add_note(LOAD, f"The summary at {rate} readings per second is not exact: {error}")


def _sensor(
    bench: Bench, number: int, readings: int, interval: float
) -> AbstractContextManager[list[Process]]:
    recording = write_recording(bench.processes.directory / f"load-{number}.csv", readings, number)
    variables = {
        "SENSOR_ID": f"load-{number}",
        **replay_variables(recording, f"{interval:.6f}"),
        **outbox_variables(bench, f"load-{number}"),
    }
    return bench.processes.running("sensor", SENSOR, variables)


def _observe(bench: Bench, rate: int, seconds: float, processes: dict[str, int]) -> tuple[datetime, datetime]:
    usage = Usage(processes)
    begin, before, clock = bench.database.now(), usage.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    after, memory, passed = usage.cpu_seconds(), usage.megabytes(), time.monotonic() - clock
    end = bench.database.now()
    percents = {name: 100 * (after[name] - before[name]) / passed for name in after}
    for name, value in _sum_sensors(percents).items():
        bench.results.add(LOAD, key(rate, f"cpu {name}"), value)
    for name, value in _sum_sensors(memory).items():
        bench.results.add(LOAD, key(rate, f"memory {name}"), value)
    return begin, end


def _sum_sensors(values: dict[str, float]) -> dict[str, float]:
    """Sum up the sensors."""
    sensors = [value for name, value in values.items() if name.startswith("sensor")]
    return {name: value for name, value in values.items() if not name.startswith("sensor")} | {
        "sensors": sum(sensors)
    }


def _await_all(bench: Bench, processes: list[Process], readings: int) -> None:
    def all_stored() -> bool:
        for process in processes:
            process.raise_if_failed()
        time.sleep(SETTLE_SECONDS)
        return bench.database.count(PROJECT_TABLE) >= readings

    wait_until(all_stored, DRAIN_SECONDS, f"{readings} readings are stored")


def _store(bench: Bench, rate: int, latencies: list[float], flush_seconds: float) -> None:
    if not latencies:
        raise BenchmarkFailed(f"no reading was measured within the window at {rate} per second")
    for percent in PERCENTILES:
        value = (percentile(latencies, percent) + flush_seconds) * MILLISECONDS
        bench.results.add(LOAD, key(rate, f"p{percent}"), value)


def differences(found: dict[str, SensorSummary], expected: dict[str, SensorSummary]) -> list[str]:
    """Return the differences between two summaries; the mean may differ by rounding."""
    return [
        f"{sensor} is {found.get(sensor)} instead of {summary}"
        for sensor, summary in expected.items()
        if not _equal(found.get(sensor), summary)
    ] + [f"{sensor} is unexpected" for sensor in found.keys() - expected.keys()]


def _equal(found: SensorSummary | None, expected: SensorSummary) -> bool:
    return (
        found is not None
        and math.isclose(found.mean, expected.mean, rel_tol=MEAN_TOLERANCE)
        and found._replace(mean=0) == expected._replace(mean=0)
    )
