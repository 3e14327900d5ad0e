"""The temperatures of the rows of a CSV file: numbers, units, and texts that stand for a missing value."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from readings.csv_columns import DECIMAL_COMMA, NUMBER, parse_number
from readings.files.csv_columns import Columns, ValueColumn
from readings.files.csv_options import CsvOptions
from readings.files.csv_units import SCALE_AMBIGUITY
from readings.files.errors import Ambiguity, Choice, InvalidRow
from readings.files.isd import is_isd, parse_isd
from readings.files.problems import Problem
from readings.model import Unit
from readings.units import UnknownUnit, parse_unit
from readings.zone_names import MINUS_SIGN
from runtime.text import quote_value

# Programs write these for a missing value, and hardly any thermometer measures them.
_PLACEHOLDER = re.compile(
    r"[+-]?(?:9{3,4}[.,]9+|9{3,}(?:[.,]0+)?|9{4,}[.,][09]+)|-(?:9{2}(?:[.,][09]+)?|8{4,}(?:[.,]0+)?)"
    # The largest numbers of 16 bits, in hundredths, tenths and wholes
    r"|[+-]?(?:655[.,]350*|65535(?:[.,]0+)?|327[.,]6[78]0*|3276[78](?:[.,]0+)?)"
)
# Tenths of a degree in files with columns of fixed width, such as +0056.
_FIXED_WIDTH = re.compile(r"[+-]0\d{3}")


COMMA_AMBIGUITY = Ambiguity("decimal", (Choice("decimal comma", {"decimal": ","}),))


def sentinel_ambiguity(text: str) -> Ambiguity:
    """Return what a number may mean that many programs write for a missing value."""
    missing = Choice(f"{text} is a missing value", {"missing": [text]})
    return Ambiguity("missing", (missing, Choice(f"{text} was measured", {"keep": [_find_number(text)]})))


def parse_value(text: str, options: CsvOptions) -> float:
    """Return the number of a value.

    Raises:
        InvalidRow: When it is none.
    """
    if is_isd(text):
        return parse_isd(text, options)
    try:
        return parse_number(text, decimal=options.decimal, scale=options.scale or Decimal(1))
    except (ValueError, OverflowError) as error:
        has_comma = options.decimal == "." and DECIMAL_COMMA.fullmatch(text.replace(MINUS_SIGN, "-"))
        raise InvalidRow(
            f"temperature is {quote_value(text)}: {error}", ambiguity=COMMA_AMBIGUITY if has_comma else None
        ) from None


def is_value(text: str, options: CsvOptions) -> bool:
    """Return whether the text is the number of a value."""
    try:
        parse_value(text, options)
    except InvalidRow:
        return False
    return True


def is_missing_text(text: str, options: CsvOptions) -> bool:
    """Return whether the text is one for a missing value, or another notation of such a number."""
    if text in options.missing:
        return True
    numbers = _missing_numbers(options.missing)
    return bool(numbers) and _find_number(text) in numbers


@lru_cache(maxsize=8)
def _missing_numbers(texts: tuple[str, ...]) -> frozenset[float]:
    return frozenset(number for text in texts if (number := _find_number(text)) is not None)


def _find_number(text: str) -> float | None:
    """Return the number that a text is, with a point or a comma as its decimal sign; None if it is none."""
    plain = text.replace(MINUS_SIGN, "-").replace(",", ".")
    return float(plain) if NUMBER.fullmatch(plain) else None


def check_value(text: str, options: CsvOptions) -> None:
    """Reject a number that probably is no temperature in degrees, unless an option says what it is.

    Raises:
        InvalidRow: When it is one.
    """
    if _PLACEHOLDER.fullmatch(text) and _find_number(text) not in options.keep:
        raise InvalidRow(
            f"temperature is {quote_value(text)}, which many programs write for a missing value: set "
            f"--missing {text} to leave it out, or --keep {text} if it was measured",
            Problem.SENTINEL,
            sentinel_ambiguity(text),
        )
    if _FIXED_WIDTH.fullmatch(text) and options.scale is None:
        raise InvalidRow(
            f"temperature is {quote_value(text)}, perhaps in tenths: set --scale 0.1, or --scale 1",
            ambiguity=SCALE_AMBIGUITY,
        )


def find_row_unit(
    fields: Sequence[str], columns: Columns, value: ValueColumn, next_to_value: Unit | None
) -> Unit | None:
    """Return the unit that a row, or the name of the column, gives; None if none does.

    Raises:
        InvalidRow: When it is unknown, or there are two.
    """
    text = fields[columns.unit] if columns.unit is not None else ""
    try:
        in_row = parse_unit(text) if text else None
    except UnknownUnit as error:
        raise InvalidRow(f"unit is {quote_value(text)}: {error}") from None
    units = [unit for unit in (next_to_value, in_row, value.unit) if unit]
    for other in units[1:]:
        if other is not units[0]:
            raise InvalidRow(f"the row is in {units[0]}, and the column {value.name!r} has values in {other}")
    return units[0] if units else None


def with_number(extras: dict[str, str]) -> dict[str, str | int]:
    """Return the fields with the sequence as a number.

    Raises:
        InvalidRow: When it is none.
    """
    if "sequence" not in extras:
        return {**extras}
    try:
        return {**extras, "sequence": int(extras["sequence"])}
    except ValueError:
        raise InvalidRow(f"sequence is {quote_value(extras['sequence'])}: must be a number") from None
