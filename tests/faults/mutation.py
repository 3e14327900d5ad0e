"""Bodies as no sensor should send them: mutated readings and random bytes, from a seed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.faults.bodies import new_id

RANDOM_SHARE = 0.1
UNTOUCHED_SHARE = 0.1
LONGEST_RANDOM = 200
DEEP = 3000
Body = dict[str, Any]
FIELDS = ("reading_id", "sensor_id", "measured_at", "temperature", "unit", "run_id", "sequence")
OTHER_NAMES = ("id", "data", "timestamp", "temperatura", "", "Temperature", "x", "sensor_id ")
RAW_VALUES = (
    "null", "true", "false", "0", "-0.0", "1", "-1", "1.5", "1e308", "1e999", "-1e999", "NaN", "Infinity",
    "9223372036854775807", "9223372036854775808", "1" + "0" * 400, "0.1e-400", '""', '" "', '"x"',
    '"\\u0000"', '"\\ud800"', '"\\u202e"', '"21.5"', '"celsius"', '"F"', '"K"', '"kelvin "', "[]", "[1]",
    "{}", '{"a": 1}',
    '"1970-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999-23:59"', '"0001-01-01T00:00:00+23:59"',
    '"2026-02-30T00:00:00Z"', '"2026-11-22T24:00:00Z"', '"2026-11-22T05:28:60Z"', '"2026-11-22 05:28"',
    '"2026-11-22"', '"1700000000"', "1700000000", '"2999-01-01T00:00:00Z"', '"not-a-uuid"',
    '"' + "x" * 128 + '"', '"' + "x" * 129 + '"', '"' + "é" * 128 + '"',
)  # fmt: skip


def body(chance: Random) -> bytes:
    """The next body; two of one seed share no identity."""
    kind = chance.random()
    if kind < RANDOM_SHARE:
        return chance.randbytes(chance.randrange(LONGEST_RANDOM))
    fields = _fields(chance)
    if kind < RANDOM_SHARE + UNTOUCHED_SHARE:
        return _written(chance, fields)
    return chance.choice(MUTATIONS)(chance, fields)


def _fields(chance: Random) -> Body:
    """Each value as JSON text, so that a mutation can put in what json.dumps would not write."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(10**12))
    return {
        "reading_id": f'"{new_id(chance)}"',
        "sensor_id": f'"m-{chance.randrange(20)}"',
        "measured_at": f'"{moment.isoformat()}"',
        "temperature": repr(round(chance.uniform(-50, 60), 4)),
        "unit": '"celsius"',
        "run_id": f'"{new_id(chance)}"',
        "sequence": str(chance.randrange(10**9)),
    }


def _written(_chance: Random, fields: Body) -> bytes:
    return ("{" + ", ".join(f"{json.dumps(key)}: {value}" for key, value in fields.items()) + "}").encode()


def _other_value(chance: Random, fields: Body) -> bytes:
    fields[chance.choice(FIELDS)] = chance.choice(RAW_VALUES)
    return _written(chance, fields)


def _without_field(chance: Random, fields: Body) -> bytes:
    del fields[chance.choice(FIELDS)]
    return _written(chance, fields)


def _other_name(chance: Random, fields: Body) -> bytes:
    fields[chance.choice(OTHER_NAMES)] = fields.pop(chance.choice(FIELDS))
    return _written(chance, fields)


def _twice_the_key(chance: Random, fields: Body) -> bytes:
    second = f', "{chance.choice(FIELDS)}": {chance.choice(RAW_VALUES)}}}'
    return _written(chance, fields)[:-1] + second.encode()


def _flipped(chance: Random, fields: Body) -> bytes:
    raw = bytearray(_written(chance, fields))
    for _ in range(chance.randint(1, 3)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def _cut(chance: Random, fields: Body) -> bytes:
    raw = _written(chance, fields)
    start = chance.randrange(len(raw))
    return raw[:start] + raw[start + chance.randint(1, 20) :]


def _truncated(chance: Random, fields: Body) -> bytes:
    raw = _written(chance, fields)
    return raw[: chance.randrange(len(raw))]


def _inserted(chance: Random, fields: Body) -> bytes:
    raw = _written(chance, fields)
    place = chance.randrange(len(raw) + 1)
    return (
        raw[:place]
        + chance.choice((b" ", b"\n", b"\0", b"{", b'"', b",", b"\xef\xbb\xbf", b"[["))
        + raw[place:]
    )


def _nested(chance: Random, fields: Body) -> bytes:
    depth = chance.choice((1, 2, DEEP))
    fields["more"] = "[" * depth + "]" * depth
    return _written(chance, fields)


def _long(chance: Random, fields: Body) -> bytes:
    if chance.random() < 0.99:  # seldom, since these are a hundred times as long as the others
        return _other_value(chance, fields)
    fields["more"] = json.dumps("x" * chance.choice((60_000, 65_536, 70_000)))
    return _written(chance, fields)


MUTATIONS: tuple[Callable[[Random, Body], bytes], ...] = (
    _other_value, _other_value, _without_field, _other_name, _twice_the_key, _flipped, _cut, _truncated,
    _inserted, _nested, _long,
)  # fmt: skip
