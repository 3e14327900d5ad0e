from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from jobs.source import Source
from readings.model import Unit
from worker.sources.model import SourceRefused, SourceUnavailable, SourceValue
from worker.sources.simulated import Simulated
from worker.sources.values import NO_VALUE

START = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START.timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def simulated(clock: Clock, **options: Any) -> Simulated:
    sensors = [{"remote": f"simulated-{number}", "sensor_id": f"s{number}"} for number in (1, 2)]
    fields = {"name": "dummy", "kind": "simulated", "sensors": sensors, "options": options}
    return Simulated(Source.model_validate(fields), None, clock, clock.sleep)


def test_live_values_come_at_the_rate_and_history_repeats_them() -> None:
    clock = Clock()
    source = simulated(clock, rate=0.5, missing=0.3)
    with source.values() as values:
        live = list(islice((item for item in values if item), 40))
    assert clock.now - START.timestamp() == 2 * 19
    clock.sleep(1)
    assert [*source.read(START, START + timedelta(seconds=39))] == live
    assert NO_VALUE in live
    assert live[-1] == SourceValue("simulated-2", START + timedelta(seconds=38), 20.99, Unit.CELSIUS)


def test_history_ends_now() -> None:
    clock = Clock()
    source = simulated(clock)
    assert list(source.read(START, START + timedelta(days=1))) == []
    clock.sleep(2)
    assert len(list(source.read(START, START + timedelta(days=1)))) == 4


def test_values_are_repeated_and_the_connection_is_lost_on_request() -> None:
    with simulated(Clock(), repeated=1, disconnect_after=3).values() as values:
        received = list(islice((item for item in values if item), 6))
        with pytest.raises(SourceUnavailable):
            next(item for item in values if item)
    assert received[0::2] == received[1::2]


@pytest.mark.parametrize("rate", [0, -1, 2000])
def test_a_rate_that_no_clock_has_is_refused(rate: float) -> None:
    with pytest.raises(SourceRefused, match="rate"):
        simulated(Clock(), rate=rate)
