"""The clients of sources with live values, by the kind of the source."""

from collections.abc import Callable, Mapping

from jobs.source import Source
from jobs.source_kinds import SourceKind
from worker.sources.home_assistant_live import HomeAssistantLive
from worker.sources.model import LiveSource
from worker.sources.shelly import Shelly
from worker.sources.shelly_server import ShellyServer
from worker.sources.signal_k import SignalK
from worker.sources.simulated import Simulated
from worker.sources.zigbee2mqtt import Zigbee2Mqtt


def _shelly(source: Source, secret: str | None) -> LiveSource:
    return (ShellyServer if source.options.get("listen") else Shelly)(source, secret)


LIVE_SOURCES: Mapping[SourceKind, Callable[[Source, str | None], LiveSource]] = {
    SourceKind.HOME_ASSISTANT: HomeAssistantLive,
    SourceKind.ZIGBEE2MQTT: Zigbee2Mqtt,
    SourceKind.SHELLY: _shelly,
    SourceKind.SIGNAL_K: SignalK,
    SourceKind.SIMULATED: Simulated,
}
