"""Real sensors and one consumer at prefetch 1: delay, throughput, CPU and memory at each offered rate."""

import math
import time
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import START_SECONDS
from benchmarks.contenders import PIPELINE, SENSOR
from benchmarks.database import PROJECT_TABLE, Measure
from benchmarks.plan import LOAD
from benchmarks.processes import Process
from benchmarks.recording import expected, write_recording
from benchmarks.results import percentile
from benchmarks.sections.publishing import outbox, replaying
from benchmarks.usage import Usage
from benchmarks.waiting import BenchFailed, eventually

READINGS_A_SENSOR = 250  # a second; above that, another sensor
SETTLE_SECONDS = 1.0
# Sensors start one after the other on a busy machine.
SPARE_SECONDS, SPARE_SECONDS_A_SENSOR = 3.0, 0.7
DRAIN_SECONDS = 300
MEAN_TOLERANCE = 1e-9
PERCENTILES = (50, 95, 99)
MILLISECONDS = 1000


def measure(bench: Bench) -> None:
    """Each rate for some seconds. Delays last until the commit is on the disk."""
    runs = {
        f"{rate} a second": partial(_measure, bench, rate, seconds)
        for rate, seconds in bench.plan.load_seconds.items()
    }
    bench.interleave(LOAD, runs)


def key(rate: int, what: str) -> str:
    """The key of a measure at an offered rate."""
    return f"{rate}/{what}"


def _measure(bench: Bench, rate: int, seconds: float) -> None:
    sensors = math.ceil(rate / READINGS_A_SENSOR)
    readings = math.ceil(
        rate / sensors * (seconds + SETTLE_SECONDS + SPARE_SECONDS + SPARE_SECONDS_A_SENSOR * sensors)
    )
    bench.database.wipe()
    flush_seconds = bench.database.flush_seconds()
    with ExitStack() as stack:
        queue = stack.enter_context(bench.broker.queue(bound=True))
        (consumer,) = stack.enter_context(
            bench.processes.running("pipeline", PIPELINE, {"QUEUE_NAME": queue})
        )
        eventually(lambda: bench.broker.consumers(queue) == 1, START_SECONDS, "the consumer consumes")
        sending = [
            stack.enter_context(_sensor(bench, number, readings, sensors / rate)) for number in range(sensors)
        ]
        eventually(lambda: bench.database.count("sensor") == sensors, START_SECONDS, "all sensors send")
        time.sleep(SETTLE_SECONDS)
        watched = {"consumer": consumer.pid, **bench.site.processes}
        watched |= {f"sensor {number}": process[0].pid for number, process in enumerate(sending)}
        begin, end = _watch(bench, rate, seconds, watched)
        _await_all(bench, [consumer, *(process[0] for process in sending)], sensors * readings)
        exact = differences(
            bench.database.summary(), {f"load-{n}": expected(readings, n) for n in range(sensors)}
        )
    _store(bench, rate, bench.database.delays(begin, end), flush_seconds)
    bench.results.add(LOAD, key(rate, "stored"), bench.database.stored(begin, end) / seconds)
    bench.results.add(LOAD, key(rate, "exact"), float(not exact))
    for sentence in exact:
        bench.results.note(f"The summary at {rate} readings a second is not exact: {sentence}")


def _sensor(
    bench: Bench, number: int, readings: int, interval: float
) -> AbstractContextManager[list[Process]]:
    recording = write_recording(bench.processes.directory / f"load-{number}.csv", readings, number)
    variables = {
        "SENSOR_ID": f"load-{number}",
        **replaying(recording, f"{interval:.6f}"),
        **outbox(bench, f"load-{number}"),
    }
    return bench.processes.running("sensor", SENSOR, variables)


def _watch(bench: Bench, rate: int, seconds: float, watched: dict[str, int]) -> tuple[datetime, datetime]:
    usage = Usage(watched)
    begin, before, clock = bench.database.clock(), usage.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    after, memory, passed = usage.cpu_seconds(), usage.megabytes(), time.monotonic() - clock
    end = bench.database.clock()
    percents = {name: 100 * (after[name] - before[name]) / passed for name in after}
    for name, value in _together(percents).items():
        bench.results.add(LOAD, key(rate, f"cpu {name}"), value)
    for name, value in _together(memory).items():
        bench.results.add(LOAD, key(rate, f"memory {name}"), value)
    return begin, end


def _together(values: dict[str, float]) -> dict[str, float]:
    """The sensors as one."""
    sensors = [value for name, value in values.items() if name.startswith("sensor")]
    return {name: value for name, value in values.items() if not name.startswith("sensor")} | {
        "sensors": sum(sensors)
    }


def _await_all(bench: Bench, processes: list[Process], readings: int) -> None:
    def all_stored() -> bool:
        for process in processes:
            process.check()
        time.sleep(SETTLE_SECONDS)
        return bench.database.count(PROJECT_TABLE) >= readings

    eventually(all_stored, DRAIN_SECONDS, f"{readings} readings are stored")


def _store(bench: Bench, rate: int, delays: list[float], flush_seconds: float) -> None:
    if not delays:
        raise BenchFailed(f"no reading was measured within the window at {rate} a second")
    for percent in PERCENTILES:
        value = (percentile(delays, percent) + flush_seconds) * MILLISECONDS
        bench.results.add(LOAD, key(rate, f"p{percent}"), value)


def differences(found: dict[str, Measure], wanted: dict[str, Measure]) -> list[str]:
    """What is wrong with a summary, a sentence a sensor; the mean may differ by rounding."""
    return [
        f"{sensor} is {found.get(sensor)} instead of {measure}"
        for sensor, measure in wanted.items()
        if not _equal(found.get(sensor), measure)
    ] + [f"{sensor} was never there" for sensor in found.keys() - wanted.keys()]


def _equal(found: Measure | None, wanted: Measure) -> bool:
    return (
        found is not None
        and math.isclose(found.mean, wanted.mean, rel_tol=MEAN_TOLERANCE)
        and found._replace(mean=0) == wanted._replace(mean=0)
    )
