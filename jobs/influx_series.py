"""The names of series in InfluxDB, as its line protocol writes them: `temperature,room=attic value`."""

import re
from typing import NamedTuple

# A backslash is before a blank, a comma or an equals sign that belongs to a name.
_MEASUREMENT = r"(?:\\.|[^\\, ])+"
_PART = r"(?:\\.|[^\\,= ])+"
SERIES = re.compile(rf"({_MEASUREMENT})((?:,{_PART}={_PART})*) ({_PART})")
_TAG = re.compile(rf",({_PART})=({_PART})")
_ESCAPED = re.compile(r"\\(.)")


class InfluxSeries(NamedTuple):
    """A field of a measurement, with the tags that select its series."""

    measurement: str
    tags: tuple[tuple[str, str], ...]
    field: str


def parse_series(text: str) -> InfluxSeries:
    """Return the series that a text names.

    Raises:
        ValueError: When it names none.
    """
    match = SERIES.fullmatch(text)
    if match is None:
        raise ValueError("must be a series with its field, such as temperature,room=attic value")
    tags = tuple((_unescape(name), _unescape(value)) for name, value in _TAG.findall(match[2]))
    return InfluxSeries(_unescape(match[1]), tags, _unescape(match[3]))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
