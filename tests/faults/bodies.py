"""Messages with what is to become of them, as the contract in DESIGN and README promises it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.faults.ledger import Attempt, StoredRow

Maker = Callable[[Random, str], Attempt]
ABSOLUTE_ZERO = -273.15


def new_id(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def good(chance: Random, sensor: str) -> Attempt:
    """A reading of now in the native dialect."""
    return at(datetime.now(UTC), chance, sensor)


def at(moment: datetime, chance: Random, sensor: str, reason: str | None = None) -> Attempt:
    """A reading of that moment; with a reason it is to be dead and never stored."""
    row = StoredRow(new_id(chance), sensor, moment, round(chance.uniform(-30, 50), 3))
    body = {
        "reading_id": row.reading_id,
        "sensor_id": sensor,
        "measured_at": moment.isoformat(),
        "temperature": row.celsius,
        "unit": "celsius",
    }
    return Attempt(_json(body), None if reason else row, reason)


def any_dialect(chance: Random, sensor: str) -> Attempt:
    """A reading of the last two hours in one of the three dialects and units."""
    moment = datetime.now(UTC) - timedelta(seconds=chance.uniform(0, 7200))
    celsius = round(chance.uniform(-30, 50), 3)
    return chance.choice((_native, _portuguese, _timestamped))(chance, sensor, moment, celsius)


def _native(chance: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    unit, value = chance.choice(
        (("celsius", celsius), ("F", celsius * 9 / 5 + 32), ("kelvin", celsius - ABSOLUTE_ZERO))
    )
    row = StoredRow(new_id(chance), sensor, moment, celsius)
    body = {"reading_id": row.reading_id, "sensor_id": sensor, "measured_at": moment.isoformat()}
    return Attempt(_json(body | {"temperature": value, "unit": unit}), row)


def _portuguese(_chance: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    body = {"id": sensor, "data": moment.replace(tzinfo=None).isoformat(), "temperatura": celsius}
    return Attempt(_json(body), StoredRow(None, sensor, moment, celsius))


def _timestamped(_chance: Random, sensor: str, moment: datetime, celsius: float) -> Attempt:
    body = {"sensor_id": sensor, "timestamp": moment.isoformat(), "temperature": celsius}
    return Attempt(_json(body), StoredRow(None, sensor, moment, celsius))


def invalid(chance: Random, sensor: str) -> Attempt:
    """A message that can never become a reading, different from every other."""
    tag = new_id(chance)
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
    made, reason = chance.choice(kinds)()
    return Attempt(made, None, reason)


def mixed(share_invalid: float) -> Maker:
    """Good readings with a share of invalid messages."""

    def make(chance: Random, sensor: str) -> Attempt:
        return (invalid if chance.random() < share_invalid else good)(chance, sensor)

    return make


def _hours_ahead(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
