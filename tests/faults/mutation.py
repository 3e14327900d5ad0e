"""Mutated readings and random bytes, from a seed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.faults.bodies import new_id

RANDOM_SHARE = 0.1
UNCHANGED_SHARE = 0.1
MAX_RANDOM_BYTES = 200
MAX_DEPTH = 3000
Body = dict[str, Any]
FIELDS = ("reading_id", "sensor_id", "measured_at", "temperature", "unit", "run_id", "sequence")
OTHER_NAMES = ("id", "data", "timestamp", "temperatura", "", "Temperature", "x", "sensor_id ")
# Fields of which a value may change what the temperature or a time without an offset means.
MORE_NAMES = (
    "tz", "timezone", "utc_offset", "offset", "scale", "multiplier", "divisor", "power", "decimals", "units",
    "quality", "status", "temp_f", "time",
)  # fmt: skip
RAW_VALUES = (
    "null", "true", "false", "0", "-0.0", "1", "-1", "1.5", "1e308", "1e999", "-1e999", "NaN", "Infinity",
    "9223372036854775807", "9223372036854775808", "1" + "0" * 400, "-1" + "0" * 309, "0.1e-400",
    '""', '" "', '"x"', "10", "-7200", '"bad"',
    '"\\u0000"', '"\\ud800"', '"\\u202e"', '"21.5"', '"celsius"', '"F"', '"K"', '"kelvin "', "[]", "[1]",
    "{}", '{"a": 1}',
    '"1970-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999-23:59"', '"0001-01-01T00:00:00+23:59"',
    '"2026-02-30T00:00:00Z"', '"2026-11-22T24:00:00Z"', '"2026-11-22T05:28:60Z"', '"2026-11-22 05:28"',
    '"2026-11-22"', '"1700000000"', "1700000000", '"2999-01-01T00:00:00Z"', '"not-a-uuid"',
    '"<+24>-24"', '"<-99>99"', '"<+01>-1"', '"+15:00"', '"CET-1CEST"', '"Europe/Berlin"',
    '"' + "x" * 128 + '"', '"' + "x" * 129 + '"', '"' + "é" * 128 + '"',
)  # fmt: skip


def body(random: Random) -> bytes:
    """Return the next body; the readings of a seed have unique ids."""
    kind = random.random()
    if kind < RANDOM_SHARE:
        return random.randbytes(random.randrange(MAX_RANDOM_BYTES))
    fields = _fields(random)
    if kind < RANDOM_SHARE + UNCHANGED_SHARE:
        return _encode(random, fields)
    return random.choice(MUTATIONS)(random, fields)


def _fields(random: Random) -> Body:
    """Return each value as JSON text, so that a mutation can insert what json.dumps would not write."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=random.randrange(10**12))
    return {
        "reading_id": f'"{new_id(random)}"',
        "sensor_id": f'"m-{random.randrange(20)}"',
        "measured_at": f'"{moment.isoformat()}"',
        "temperature": repr(round(random.uniform(-50, 60), 4)),
        "unit": '"celsius"',
        "run_id": f'"{new_id(random)}"',
        "sequence": str(random.randrange(10**9)),
    }


def _encode(_random: Random, fields: Body) -> bytes:
    return ("{" + ", ".join(f"{json.dumps(key)}: {value}" for key, value in fields.items()) + "}").encode()


def _other_value(random: Random, fields: Body) -> bytes:
    fields[random.choice(FIELDS)] = random.choice(RAW_VALUES)
    return _encode(random, fields)


def _without_field(random: Random, fields: Body) -> bytes:
    del fields[random.choice(FIELDS)]
    return _encode(random, fields)


def _other_name(random: Random, fields: Body) -> bytes:
    fields[random.choice(OTHER_NAMES)] = fields.pop(random.choice(FIELDS))
    return _encode(random, fields)


def _more_fields(random: Random, fields: Body) -> bytes:
    fields["measured_at"] = fields["measured_at"].replace("+00:00", random.choice(("", "Z", "+01:00")))
    for name in random.sample(MORE_NAMES, random.randint(1, 3)):
        fields[name] = random.choice(RAW_VALUES)
    return _encode(random, fields)


def _duplicate_key(random: Random, fields: Body) -> bytes:
    second = f', "{random.choice(FIELDS)}": {random.choice(RAW_VALUES)}}}'
    return _encode(random, fields)[:-1] + second.encode()


def _flipped(random: Random, fields: Body) -> bytes:
    raw = bytearray(_encode(random, fields))
    for _ in range(random.randint(1, 3)):
        raw[random.randrange(len(raw))] = random.randrange(256)
    return bytes(raw)


def _cut(random: Random, fields: Body) -> bytes:
    raw = _encode(random, fields)
    start = random.randrange(len(raw))
    return raw[:start] + raw[start + random.randint(1, 20) :]


def _truncated(random: Random, fields: Body) -> bytes:
    raw = _encode(random, fields)
    return raw[: random.randrange(len(raw))]


def _inserted(random: Random, fields: Body) -> bytes:
    raw = _encode(random, fields)
    position = random.randrange(len(raw) + 1)
    return (
        raw[:position]
        + random.choice((b" ", b"\n", b"\0", b"{", b'"', b",", b"\xef\xbb\xbf", b"[["))
        + raw[position:]
    )


def _nested(random: Random, fields: Body) -> bytes:
    depth = random.choice((1, 2, MAX_DEPTH))
    fields["more"] = "[" * depth + "]" * depth
    return _encode(random, fields)


def _long(random: Random, fields: Body) -> bytes:
    if random.random() < 0.99:  # rarely, because these are a hundred times as long as the others
        return _other_value(random, fields)
    fields["more"] = json.dumps("x" * random.choice((60_000, 65_536, 70_000)))
    return _encode(random, fields)


MUTATIONS: tuple[Callable[[Random, Body], bytes], ...] = (
    _other_value, _other_value, _without_field, _other_name, _more_fields, _duplicate_key, _flipped, _cut,
    _truncated, _inserted, _nested, _long,
)  # fmt: skip
