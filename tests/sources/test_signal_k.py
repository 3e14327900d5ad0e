"""Values in a real Signal K server, received through the client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from jobs.source import Source
from readings.model import Unit
from tests.sources.signal_k import SignalKServer, signal_k
from worker.sources.model import Skipped, SourceValue
from worker.sources.signal_k import SignalK

PATH = "environment.outside.temperature"
START = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignalKServer]:
    with signal_k(tmp_path_factory.mktemp("signal-k")) as running:
        yield running


def test_the_present_value_and_changes_are_received_with_their_times(server: SignalKServer) -> None:
    sensors = [{"remote": PATH, "sensor_id": "outside"}]
    fields = {"name": "boat", "kind": "signal-k", "address": server.url, "sensors": sensors}
    sent = [
        SourceValue(PATH, START + timedelta(seconds=number / 4), 280.15 + number, Unit.KELVIN)
        for number in range(50)
    ]
    server.send("environment.inside.temperature", START, 295.0)
    server.send(*sent[0][:3])
    with SignalK(Source.model_validate(fields), None).values() as values:
        items = (item for item in values if item is not None)
        received = [next(items)]
        for value in sent[1:]:
            server.send(*value[:3])
        server.send(PATH, START + timedelta(minutes=1), None)
        received += islice(items, len(sent))
    assert received == [*sent, Skipped("no value")]
