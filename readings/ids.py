"""The identities of sensors and readings."""

import os
import re
import time
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid5

# The UUID namespace of readings that were sent without an ID. It is random and must never change.
READING_NAMESPACE = UUID("6f2a7d1e-52c8-5b0e-9a3d-0c6f6a1f4b57")
# That of readings that were fetched from a source. It is random and must never change.
SOURCE_NAMESPACE = UUID("c1d3a0c8-6d0e-5c5f-9a0b-7f4e2b9d8e13")
# The absence of a UUID (RFC 9562, 5.9), which programs send that leave the field unset, as with `Guid.Empty`.
NIL_UUID = UUID(int=0)
MAX_SENSOR_ID_CHARACTERS = 128
# Composing the letters of a longer text, which is no ID, may take seconds.
_MAX_COMPOSED_CHARACTERS = 8 * MAX_SENSOR_ID_CHARACTERS
# They choose the picture of the character before them, as in the emoji of a thermometer, and are no text.
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]")
# Python takes these for printable, although nothing is printed.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]"
)


def uuid7() -> UUID:
    """Return a UUID that sorts by its creation time (RFC 9562, version 7; part of Python from 3.14 on)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def normalise_sensor_id(text: str) -> str:
    """Return the ID in the one form in which it is stored: Unicode's NFC, without blanks around it.

    An ID that looks the same is the same sensor, whichever way the sender's keyboard composes its letters.
    """
    text = text.strip()
    if text.isascii() or len(text) > _MAX_COMPOSED_CHARACTERS:
        return text
    return unicodedata.normalize("NFC", _VARIATION_SELECTORS.sub("", text)).strip()


def sensor_id_forms(sensor_ids: Iterable[str]) -> list[str]:
    """Return the IDs as given and as they are stored, to select sensors by them.

    A sensor may have been stored under another form by version 0.1.0.
    """
    given = list(sensor_ids)
    return list(dict.fromkeys([*given, *map(normalise_sensor_id, given)]))


def validate_sensor_id(text: str) -> str:
    """Return the normalised ID.

    Raises:
        ValueError: When it is empty or too long, or contains invisible characters.
    """
    is_ascii = text.isascii()
    sensor_id = text.strip() if is_ascii else normalise_sensor_id(text)
    if not 0 < len(sensor_id) <= MAX_SENSOR_ID_CHARACTERS:
        raise ValueError(f"must have 1 to {MAX_SENSOR_ID_CHARACTERS} characters")
    if not sensor_id.isprintable() or not (is_ascii or _INVISIBLE.search(sensor_id) is None):
        raise ValueError("must not contain control or other unprintable characters")
    return sensor_id


def derive_reading_id(sensor_id: str, measured_at: datetime, temperature: float) -> UUID:
    """Return the ID of a reading that was sent without one.

    It is the same for a redelivery, and different for two temperatures with the same timestamp.
    """
    return uuid5(READING_NAMESPACE, f"{sensor_id}\n{measured_at.isoformat()}\n{temperature!r}")


def source_reading_id(source: str, sensor_id: str, measured_at: datetime) -> UUID:
    """Return the ID of a reading that was fetched from a source; `measured_at` has an offset.

    It does not depend on the temperature, so that a value that the source has revised is the same reading.
    """
    moment = measured_at.astimezone(UTC).isoformat()
    return uuid5(SOURCE_NAMESPACE, f"{source}\n{sensor_id}\n{moment}")
