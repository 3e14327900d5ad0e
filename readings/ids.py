"""The identities of readings."""

import os
import time
from datetime import datetime
from uuid import UUID, uuid5

# The UUID namespace of readings that were sent without an ID. It is random and must never change.
READING_NAMESPACE = UUID("6f2a7d1e-52c8-5b0e-9a3d-0c6f6a1f4b57")


def uuid7() -> UUID:
    """Return a UUID that sorts by its creation time (RFC 9562, version 7; part of Python from 3.14 on)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def derive_reading_id(sensor_id: str, measured_at: datetime, temperature: float) -> UUID:
    """Return the ID of a reading that was sent without one.

    It is the same for a redelivery, and different for two temperatures with the same timestamp.
    """
    return uuid5(READING_NAMESPACE, f"{sensor_id}\n{measured_at.isoformat()}\n{temperature!r}")
