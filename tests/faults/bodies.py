"""Messages with their expected results, as the documentation promises them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.faults.ledger import Attempt, StoredRow

Maker = Callable[[Random, str], Attempt]
ABSOLUTE_ZERO = -273.15
SPIKE_PROBABILITY = 0.002


def new_id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def valid_reading(random: Random, sensor: str) -> Attempt:
    """Return a reading in the native format, measured now."""
    return reading_at(datetime.now(UTC), random, sensor)


def restless_reading(random: Random, sensor: str) -> Attempt:
    """Return a reading of a noisy temperature with spikes and steps, measured now."""
    moment = datetime.now(UTC)
    level = 20.0 if moment.minute % 2 else 26.0
    spike = 9.0 if random.random() < SPIKE_PROBABILITY else 0.0
    return reading_at(moment, random, sensor, celsius=round(random.gauss(level + spike, 0.1), 2))


def reading_at(
    moment: datetime, random: Random, sensor: str, reason: str | None = None, celsius: float | None = None
) -> Attempt:
    """Return a reading measured at `moment`; with a reason, it is expected to be dead-lettered."""
    celsius = round(random.uniform(-30, 50), 3) if celsius is None else celsius
    row = StoredRow(new_id(random), sensor, moment, celsius)
    body = {
        "reading_id": row.reading_id,
        "sensor_id": sensor,
        "measured_at": moment.isoformat(),
        "temperature": row.celsius,
        "unit": "celsius",
    }
    return Attempt(_json(body), None if reason else row, reason)


def any_format(random: Random, sensor: str) -> Attempt:
    """Return a reading of the last two hours in one of the payload formats and units."""
    moment = datetime.now(UTC) - timedelta(seconds=random.uniform(0, 7200))
    celsius = round(random.uniform(-30, 50), 3)
    return random.choice((_native, _portuguese, _timestamped))(random, sensor, moment, celsius)


def _native(random: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    unit, value = random.choice(
        (("celsius", celsius), ("F", celsius * 9 / 5 + 32), ("kelvin", celsius - ABSOLUTE_ZERO))
    )
    row = StoredRow(new_id(random), sensor, moment, celsius)
    body = {"reading_id": row.reading_id, "sensor_id": sensor, "measured_at": moment.isoformat()}
    return Attempt(_json(body | {"temperature": value, "unit": unit}), row)


def _portuguese(_random: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    body = {"id": sensor, "data": moment.replace(tzinfo=None).isoformat(), "temperatura": celsius}
    return Attempt(_json(body), StoredRow(None, sensor, moment, celsius))


def _timestamped(_random: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    body = {"sensor_id": sensor, "timestamp": moment.isoformat(), "temperature": celsius}
    return Attempt(_json(body), StoredRow(None, sensor, moment, celsius))


def invalid_message(random: Random, sensor: str) -> Attempt:
    """Return a unique message that cannot be parsed as a reading."""
    tag = new_id(random)
    body: dict[str, Any] = {
        "reading_id": tag,
        "sensor_id": sensor,
        "measured_at": datetime.now(UTC).isoformat(),
        "temperature": 20.0,
    }
    kinds: tuple[Callable[[], tuple[bytes, str]], ...] = (
        lambda: (f"{{{tag}".encode(), "not-json"),
        lambda: (b"\xff\xfe" + tag.encode(), "not-json"),
        lambda: (_json(body)[:-1], "not-json"),
        lambda: (_json([tag]), "invalid-field"),
        lambda: (_json(body | {"temperature": "hot"}), "invalid-field"),
        lambda: (_json(body | {"temperature": -300}), "invalid-field"),
        lambda: (_json(body | {"measured_at": "yesterday"}), "invalid-field"),
        lambda: (_json(body | {"sensor_id": ""}), "invalid-field"),
        lambda: (_json(body | {"sensor_id": "a\0b"}), "invalid-field"),
        lambda: (_json({"reading_id": tag, "temperature": 1}), "invalid-field"),
        lambda: (_json(body | {"measured_at": _hours_ahead(2)}), "future-time"),
        lambda: (_json(body | {"filler": "x" * 66_000}), "too-large"),
    )
    raw, reason = random.choice(kinds)()
    return Attempt(raw, None, reason)


def mixed(share_invalid: float) -> Maker:
    """Return a maker of valid readings and a share of invalid messages."""

    def make(random: Random, sensor: str) -> Attempt:
        return (invalid_message if random.random() < share_invalid else valid_reading)(random, sensor)

    return make


def _hours_ahead(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
