"""Whatever JSON a system sends, each client makes values, counted reasons or a refusal of it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.source import Source
from worker.sources.home_assistant_live import HomeAssistantLive
from worker.sources.live_values import LiveItem, mapping
from worker.sources.model import Skipped, SourceRefused, SourceValue
from worker.sources.shelly import notification_items
from worker.sources.signal_k import items_of_update
from worker.sources.zigbee2mqtt import Burst, Zigbee2Mqtt

# What makes a value of each client's messages, so that one field after the other can be replaced.
VALID: dict[str, Any] = {
    "entity_id": "sensor.attic",
    "state": "19.5",
    "attributes": {"unit_of_measurement": "°C"},
    "last_changed": "2026-11-26T14:27:11+00:00",
    "temperature": 19.5,
    "last_seen": 1_795_703_231_000,
    "ts": 1_795_703_231.5,
    "temperature:0": {"tC": 19.5},
    "timestamp": "2026-11-26T14:27:11Z",
    "values": [{"path": "environment.outside.temperature", "value": 293.15}],
}
SPECIAL = [10**400, "19.5", "nan", "unavailable", "°F", "2026-11-26T14:27:11", 1_795_703_231, float("inf")]
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(SPECIAL)
)
names = st.sampled_from(["unit_of_measurement", "tC", "path", "value"])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=5,
)
changes = st.dictionaries(st.sampled_from(sorted(VALID)), anything, max_size=3)
messages = changes.map(lambda changed: VALID | changed) | anything


def source(kind: str, remote: str, **fields: Any) -> Source:
    sensors = [{"remote": remote, "sensor_id": "one"}]
    return Source.model_validate(
        {"name": "s", "kind": kind, "address": "http://127.0.0.1", "sensors": sensors, **fields}
    )


def home_assistant(message: Any) -> Iterator[LiveItem]:
    fields = {"secret_name": "SOURCE_TOKEN", "unit": "celsius"}
    client = HomeAssistantLive(source("home-assistant", "sensor.attic", **fields), None)
    with suppress(SourceRefused):
        yield client.item_of({"variables": {"trigger": {"to_state": message}}})


def zigbee2mqtt(message: Any) -> Iterator[LiveItem]:
    client = Zigbee2Mqtt(source("zigbee2mqtt", "fridge", unit="celsius"), None)
    yield from client.items_of({"topic": "fridge", "payload": message}, Burst(lambda: 0.0))


def shelly(message: Any) -> Iterator[LiveItem]:
    yield from notification_items({"method": "NotifyStatus", "params": message})


def signal_k(message: Any) -> Iterator[LiveItem]:
    yield from items_of_update(mapping(message))


@pytest.mark.parametrize("client", [home_assistant, zigbee2mqtt, shelly, signal_k])
@given(message=messages)
@example(message=VALID | {"attributes": {"unit_of_measurement": 5}})
@example(
    message=VALID | dict.fromkeys(("last_changed", "last_seen", "timestamp"), "9999-12-31T23:59:59-14:00")
)
def test_any_message_is_a_value_or_counted(client: Any, message: Any) -> None:
    for item in client(message):
        assert item is None or isinstance(item, SourceValue | Skipped)
        if isinstance(item, SourceValue):
            assert item.measured_at.tzinfo is not None


@pytest.mark.parametrize("client", [home_assistant, zigbee2mqtt, shelly, signal_k])
def test_a_valid_message_is_a_value(client: Any) -> None:
    assert [item.temperature for item in client(VALID)] in ([19.5], [293.15])
