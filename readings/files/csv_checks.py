"""Rows of a CSV file that have a time and a number, but are no measurement of their own."""

import re
from collections.abc import Sequence

from readings.files.csv_columns import Columns
from readings.files.errors import InvalidRow
from readings.meanings import is_other_quantity
from runtime.text import quote_value

_PERIODS = (
    "daily|monthly|weekly|yearly|annual|hourly|overall|grand|day|month|week|year|column|period|total|tages|monats"
    "|jahres|gesamt|valor|valeur|temperatura|température"
)
_SUMMARIES = (
    "(?:sub)?totals?|sum|average[sd]?|avg|aver|mean|median|min|minima|minimum|max|maxima|maximum|count|summary"
    "|std|std ?dev|standard deviation|variance"
    "|mittel|mittelwert|durchschnitt|summe|gesamt|minimal|maximal|höchstwert|tiefstwert|anzahl"
    "|promedio|media|suma|m[ií]nim[oa]|m[áa]xim[oa]|média|soma|mediana|moy|moyenne|somme|minimale|maximale|médiane"
    "|totale|somma|gemiddelde|gem|totaal|gennemsnit|snitt|medel|medelvärde|gjennomsnitt|keskiarvo"
    "|średnia|suma|průměr|ortalama|toplam|среднее|итого|всего|минимум|максимум"
    "|平均值?|合[計计]|[总總][计計]|最[大小高低]值?|평균|합계|최[대소]"
)
_SUMMARY = re.compile(
    rf"(?:(?:{_PERIODS})[\s_-]*)?(?:{_SUMMARIES})\.?"
    r"(?:[\s_-]*(?:values?|temp(?:erature)?|wert|\(.*\)|of .*))?\s*[:=]?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(\d{1,15})\.(\d*)", re.ASCII)


def check_quantity(fields: Sequence[str], header: Sequence[str], columns: Columns) -> None:
    """Reject a row whose value is another quantity, as a column says that no option uses.

    Raises:
        InvalidRow: When it is one.
    """
    used = {columns.sensor, *(index for index, _ in columns.where)}
    for index in columns.quantities:
        if index not in used and is_other_quantity(fields[index]):
            name = header[index]
            raise InvalidRow(
                f"the column {name!r} is {quote_value(fields[index])}, which is no temperature: leave "
                f"such rows out with --where {name}=TEXT, where TEXT is that of the temperature"
            )


def check_summary(fields: Sequence[str], header: Sequence[str], columns: Columns) -> None:
    """Reject a row that sums up others: a column that no option uses has a word such as `Average`.

    An export of readings has no such rows, and may have sensors of any name.

    Raises:
        InvalidRow: When it is one.
    """
    used = {columns.time, columns.time_of_day, columns.unit, *(index for index, _ in columns.where)}
    used |= {value.index for value in columns.values}
    if "reading_id" in columns.extras:
        return
    for index, text in enumerate(fields[: len(header)]):
        if index not in used and _SUMMARY.fullmatch(text):
            name = header[index]
            raise InvalidRow(
                f"the column {name!r} is {quote_value(text)}, as in a row that sums up others: remove such "
                f"rows, or if they are measurements, set --where {name}={text}"
            )


def sensor_in_column(text: str, columns: Columns) -> str:
    """Return the sensor that a column has; other programs write the number 1 as `1.0`.

    Raises:
        InvalidRow: When it is a number with a fraction, and the row is none of an export.
    """
    match = _FRACTION.fullmatch(text)
    if match is None or "reading_id" in columns.extras:
        return text
    if match[2].strip("0"):
        raise InvalidRow(
            f"sensor_id is {quote_value(text)}, a number with a fraction: write a name such as s{text}, or "
            "set --sensor-column or --sensor if this is not the sensor"
        )
    return str(int(match[1]))
