"""Rows of a CSV file that have a time and a number, but are no measurement of their own."""

import re
from collections.abc import Sequence
from functools import lru_cache

from readings.files.csv_columns import ENTITY_NAME, Columns
from readings.files.errors import InvalidRow
from readings.files.problems import Problem
from readings.meanings import compact, is_other_quantity
from readings.value_roles import is_other_value
from runtime.text import quote_value

_SUMMARY_WORDS = (
    "average averages averaged avg aver mean median min mins minima minimum max maxima"
    " maximum total totals subtotal sum summary statistics count std stdev stddev"
    " deviation variance sd ø mittel mittelwert durchschnitt summe gesamt tagesmittel"
    " monatsmittel jahresmittel höchstwert tiefstwert anzahl promedio media medio mediana"
    " suma mín máx mínimo mínima máximo máxima minimo minima massimo massima maximo média"
    " médio soma moy moyenne somme médiane minimale maximale totale somma gemiddelde"
    " gemiddeld gem totaal gennemsnit gennemsnitlig snitt snittverdi medel medelvärde"
    " gjennomsnitt keskiarvo keskmine medie minimul średnia średnio průměr průměrná"
    " průměrný átlag prosjek ortalama toplam maks trung bình rata purata jumlah среднее"
    " средняя средний сумма итого всего минимум максимум мин макс μέσος όρος μέσο μέγιστο"
    " ελάχιστο 平均 平均值 合計 合计 总计 總計 最大 最小 最高 最低 最大值 最小值"
    " 最高值 最低值 평균 합계 최대 최소 المتوسط متوسط"
    " ממוצע"
)
# What may stand next to such a word.
_FILLER_WORDS = (
    "daily monthly weekly yearly annual hourly overall grand day month week year column"
    " period standard st dev all of the values value temp temps temperature temperatures rows"
    " readings sensors records data for c f k h wert valor valore valeur temperatura"
    " température diaria diario journalière journalier mensuelle"
)
_SUMMARIES = frozenset(_SUMMARY_WORDS.casefold().split())
_FILLERS = _SUMMARIES.union(_FILLER_WORDS.casefold().split())
MAX_SUMMARY_CHARACTERS = 40
_WORDS = re.compile(r"[^\W\d_]+")
# A word with a number, as in `MAX31855`, `SD-01` and `media_2`, is the name of one of several things.
_NUMBERED = re.compile(r"[^\W\d_]+(?:[-_]?\d+)+")
# Columns with names of people, companies, products and towns (`Max`, `Total`, `Media`), or of alarms.
_NAME_COLUMN_WORDS = (
    "operator user username author person technician inspector owner customer client company vendor brand"
    " manufacturer make model devicemodel sensormodel product project firmware version benutzer bearbeiter"
    " prüfer kunde firma hersteller modell usuario operador cliente empresa fabricante utilisateur"
    " opérateur société fabricant modèle utente operatore azienda produttore modello initials"
    " signature signed signedby checkedby measuredby recordedby contact staff employee initialen kürzel"
    " unterschrift geprüftvon mitarbeiter iniciales responsable initiales iniziali paraaf city town"
    " alarm alarms alarmtype"
)
_NAME_COLUMNS = frozenset(_NAME_COLUMN_WORDS.split())
_FRACTION = re.compile(r"([+-]?)(\d{1,15})[.,](\d*)", re.ASCII)
_NO_SENSOR = re.compile(r"nan|null|nil|none|n/a|#n/a|<na>|undefined|\d+(?:[.,]\d*)?[eE]\+\d+", re.IGNORECASE)


def check_quantity(fields: Sequence[str], header: Sequence[str], columns: Columns) -> None:
    """Reject a row whose value is another quantity, as a column says that no option uses.

    A column with the identifiers of Home Assistant says it, too, where it has the sensor.

    Raises:
        InvalidRow: When it is one.
    """
    selected = {index for index, _ in columns.where}
    for index in columns.quantities:
        name, text = header[index], fields[index]
        is_used = index in selected or (index == columns.sensor and name != ENTITY_NAME)
        if not is_used and (is_other_quantity(text) or is_other_value(name, text)):
            raise InvalidRow(
                f"the column {name!r} is {quote_value(text)}, which is no temperature: leave "
                f"such rows out with --where {name}=TEXT, where TEXT is that of the temperature",
                Problem.OTHER_QUANTITY,
            )


def has_names(column: str) -> bool:
    """Return whether a column of this name has the names of people or things, or initials."""
    return compact(column) in _NAME_COLUMNS


class SummaryCheck:
    """Rejects rows that sum up others: a column that no option uses has a word such as `Average`.

    An export of readings has no such rows, and may have sensors of any name.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        used = {columns.time, columns.time_of_day, columns.unit, *(index for index, _ in columns.where)}
        used |= {value.index for value in columns.values}
        self._columns = (
            []
            if columns.is_export
            else [
                (index, name)
                for index, name in enumerate(header)
                if index not in used and not has_names(name)
            ]
        )

    def check(self, fields: Sequence[str]) -> None:
        """Check a row.

        Raises:
            InvalidRow: When it sums up others.
        """
        for index, name in self._columns:
            text = fields[index]
            if not text[:1].isdigit() and _is_summary(text):
                raise InvalidRow(
                    f"the column {name!r} is {quote_value(text)}, as in a row that sums up others: remove "
                    f"such rows, or if they are measurements, set --where {name}={text}",
                    Problem.SUMMARY,
                )


@lru_cache(maxsize=4096)
def _is_summary(text: str) -> bool:
    if len(text) > MAX_SUMMARY_CHARACTERS or _NUMBERED.fullmatch(text):
        return False
    words = _WORDS.findall(text.casefold())
    return not _SUMMARIES.isdisjoint(words) and _FILLERS.issuperset(words)


def sensor_in_column(text: str, columns: Columns) -> str:
    """Return the sensor that a column has; other programs write the number 1 as `1.0`.

    Raises:
        InvalidRow: When it is a number with a fraction, and the row is none of an export.
    """
    if "reading_id" in columns.extras:
        return text
    if _NO_SENSOR.fullmatch(text):
        raise InvalidRow(
            f"sensor_id is {quote_value(text)}, as a program writes it that has lost the name: correct the "
            "column, or set --sensor"
        )
    match = _FRACTION.fullmatch(text)
    if match is None:
        return text
    if match[1] or match[3].strip("0"):
        raise InvalidRow(
            f"sensor_id is {quote_value(text)}, a number with a fraction or a sign: write a name such as "
            f"s{text}, or set --sensor-column or --sensor if this is not the sensor"
        )
    return str(int(match[2]))
