"""Temperatures of NOAA's Integrated Surface Database (ISD): `+0056,1` is 5.6 °C with the quality code 1.

See the air temperature observation in https://www.ncei.noaa.gov/data/global-hourly/doc/isd-format-document.pdf.
"""

import re

from readings.files.csv_options import CsvOptions
from readings.files.errors import InvalidRow
from readings.files.problems import Problem
from readings.model import Unit
from runtime.text import quote_value

# The temperatures are from -93.2 to 61.8 °C, so that the first digit is 0.
_NOTATION = re.compile(r"([+-](?:0\d{3}|9999)),([0-9A-Z])", re.ASCII)
_MISSING = 9999
_DOUBTFUL = {"2": "doubtful", "6": "doubtful", "3": "erroneous", "7": "erroneous"}
_PER_DEGREE = 10


def is_isd(text: str) -> bool:
    """Return whether a value is in ISD's notation. Its time is in UTC, and its unit °C."""
    return _NOTATION.fullmatch(text) is not None


def is_missing(text: str) -> bool:
    """Return whether a value is that of a missing temperature."""
    match = _NOTATION.fullmatch(text)
    return match is not None and abs(int(match[1])) == _MISSING


def parse_isd(text: str, options: CsvOptions) -> float:
    """Return the temperature in °C.

    Raises:
        InvalidRow: When its quality code says that it is wrong, or an option contradicts the notation.
    """
    match = _NOTATION.fullmatch(text)
    assert match is not None
    described = (
        f"temperature is {quote_value(text)}, in NOAA ISD's notation of tenths of °C and a quality code"
    )
    if options.decimal != "." or (options.scale or 1) != 1:
        raise InvalidRow(f"{described}: leave out --decimal and --scale")
    if quality := _DOUBTFUL.get(match[2]):
        raise InvalidRow(f"{described}, which says that it is {quality}", Problem.BAD_QUALITY)
    return int(match[1]) / _PER_DEGREE


def check_isd_unit(unit: Unit) -> None:
    """Require that no option or name of a column gives another unit than °C.

    Raises:
        InvalidRow: When one does.
    """
    if unit is not Unit.CELSIUS:
        raise InvalidRow(f"temperature is in NOAA ISD's notation, which is in °C and not in {unit}")
