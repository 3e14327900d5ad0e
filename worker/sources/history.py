"""The clients of history, by the kind of the source."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from jobs.source import Source
from jobs.source_kinds import SourceKind
from worker.sources import home_assistant, influxdb, open_meteo, thingspeak
from worker.sources.home_assistant import HomeAssistantHistory
from worker.sources.http import Credentials, Pace, SourceClient
from worker.sources.influxdb import InfluxHistory
from worker.sources.model import HistorySource, SourceRefused
from worker.sources.open_meteo import OpenMeteoHistory
from worker.sources.opensensemap import OpenSenseMapHistory
from worker.sources.secrets import read_secret
from worker.sources.simulated import Simulated
from worker.sources.thingspeak import ThingSpeakHistory


def _public(_: Source, _secret: str) -> Credentials:
    return Credentials()


class _Reader(NamedTuple):
    reader: Callable[[Source, SourceClient], HistorySource]
    credentials: Callable[[Source, str], Credentials]


READERS: Mapping[SourceKind, _Reader] = {
    SourceKind.HOME_ASSISTANT: _Reader(HomeAssistantHistory, home_assistant.bearer_token),
    SourceKind.INFLUXDB: _Reader(InfluxHistory, influxdb.login),
    SourceKind.OPEN_METEO: _Reader(OpenMeteoHistory, open_meteo.api_key),
    SourceKind.THINGSPEAK: _Reader(ThingSpeakHistory, thingspeak.api_key),
    SourceKind.OPENSENSEMAP: _Reader(OpenSenseMapHistory, _public),
    SourceKind.SIMULATED: _Reader(lambda source, _client: Simulated(source), _public),
}


@contextmanager
def open_history(source: Source, pace: Pace) -> Iterator[HistorySource]:
    """Open the client of a source's history for the block.

    Raises:
        SourceRefused: When its kind keeps no history, or its secret is not set.
    """
    reader = READERS.get(source.kind)
    if reader is None:
        kinds = ", ".join(READERS)
        raise SourceRefused(f"the kind {source.kind} keeps no history; these do: {kinds}")
    secret = read_secret(source.secret_name)
    credentials = reader.credentials(source, secret.get_secret_value()) if secret else Credentials()
    client = SourceClient(source, secret, credentials, pace)
    try:
        yield reader.reader(source, client)
    finally:
        client.close()
