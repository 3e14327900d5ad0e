"""The parts of a source's test: what it reads, and what it keeps as examples."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from jobs.source import Source
from readings.model import Reading, Unit
from tests.unit.fake_job import FakeJob
from worker.kinds.source_test import MAX_EXAMPLES, MAX_LIVE_VALUES, Examples, FirstLiveValues, span_to_try
from worker.sources.model import Skipped, SourceValue

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Live:
    """Sends values without an end, with pauses between them."""

    is_open = False

    @contextmanager
    def values(self) -> Iterator[Iterator[SourceValue | Skipped | None]]:
        self.is_open = True
        yield self._values()
        self.is_open = False

    def _values(self) -> Iterator[SourceValue | Skipped | None]:
        while True:
            yield None
            yield SourceValue("fridge", NOW, 4.2, Unit.CELSIUS)
            yield Skipped("no time")


def test_the_first_live_values_are_read_and_the_connection_is_closed() -> None:
    job, live = FakeJob(), Live()

    values = list(FirstLiveValues(job, live).read(NOW, NOW))

    assert len(values) == MAX_LIVE_VALUES
    assert job.reports >= MAX_LIVE_VALUES
    assert not live.is_open


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        (
            {"kind": "open-meteo", "sensors": [{"remote": "52,13", "sensor_id": "roof"}]},
            NOW - 169 * HOUR,
            NOW,
        ),
        (
            {
                "kind": "zigbee2mqtt",
                "address": "http://127.0.0.1:8080",
                "unit": "celsius",
                "sensors": [{"remote": "fridge", "sensor_id": "fridge"}],
            },
            NOW - 24 * HOUR,
            NOW + HOUR,
        ),
    ],
)
def test_history_is_read_where_the_source_should_have_it(
    fields: dict[str, object], start: datetime, end: datetime
) -> None:
    source = Source.model_validate(fields | {"name": "home"})

    assert span_to_try(source, NOW) == (start, end)


def test_only_the_first_readings_are_examples() -> None:
    examples = Examples()
    readings = [Reading(uuid4(), "attic", NOW + n * HOUR, 20.0 + n) for n in range(MAX_EXAMPLES)]

    examples.publish(readings[:4])
    examples.publish(readings)

    assert len(examples.readings) == MAX_EXAMPLES
    assert examples.readings[1] == {
        "sensor_id": "attic",
        "measured_at": "2026-11-27T13:00:00.000000Z",
        "temperature": 21.0,
    }
