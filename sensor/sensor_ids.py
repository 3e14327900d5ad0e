"""The IDs of several sensors in one process: names and ranges."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from readings.ids import validate_sensor_id

MAX_SENSORS = 100_000
ALL_COLUMNS = "*"
RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
OTHER_RANGE = re.compile(r"\d+\s*(?:\.{2,3}|:|…|to|\s-\s*|-\s)\s*\d+|\d+\.\d+-\d+\.\d+")
EN_DASH = "\u2013"


def parse_sensor_ids(text: object) -> tuple[str, ...]:
    """Return the IDs in a list of names and ranges.

    Raises:
        ValueError: When an item is not an ID or a range, an ID is repeated, or there are too many.
    """
    if not text:
        return ()
    if str(text).strip() == ALL_COLUMNS:
        return (ALL_COLUMNS,)
    ids = tuple(
        islice((name for item in str(text).split(",") for name in _expand(item.strip())), MAX_SENSORS + 1)
    )
    if len(ids) > MAX_SENSORS:
        raise ValueError(f"must be at most {MAX_SENSORS:,} sensors; start another process for more")
    repeated = next((name for name, count in Counter(ids).items() if count > 1), None)
    if repeated:
        raise ValueError(f"contains {repeated!r} twice")
    return ids


def _expand(item: str) -> Iterator[str]:
    if not item:
        raise ValueError("contains an empty ID: is there a comma too many?")
    numbers = RANGE.fullmatch(item)
    if numbers is None and OTHER_RANGE.fullmatch(item):
        raise ValueError(f"contains {item}, perhaps a range: write it with a hyphen, as in 1-3")
    if numbers is None and RANGE.fullmatch(item.replace(EN_DASH, "-")):
        raise ValueError(f"contains the range {item} with a dash: write it with a hyphen (-)")
    if numbers is None:
        yield validate_sensor_id(item)
        return
    if any(number.startswith("0") and number != "0" for number in numbers.groups()):
        raise ValueError(f"contains the range {item} with leading zeros: name each sensor, as in 01,02")
    first, last = int(numbers[1]), int(numbers[2])
    if first > last:
        raise ValueError(f"contains the range {item}, whose first number is above its last")
    yield from map(str, range(first, last + 1))


SensorIds = Annotated[tuple[str, ...], NoDecode, BeforeValidator(parse_sensor_ids)]
