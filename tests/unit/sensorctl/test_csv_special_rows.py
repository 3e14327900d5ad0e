"""Rows of CSV files that are no measurement of their own, and values in notations of their own."""

import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.errors import UnreadableFile
from readings.model import Unit
from tests.unit.history import Imported
from tests.unit.sensorctl.csv_imports import refused, values

BERLIN = ZoneInfo("Europe/Berlin")
TIME = "2024-01-02T00:00:00Z"


@pytest.mark.parametrize(
    "word",
    [
        "Average", "AVG", "avg.", "Mean:", "Min", "Maximum", "Total", "Totals", "Daily mean", "Std Dev",
        "Mittelwert", "Tagesmittel", "Promedio", "Media", "Média", "Moyenne", "Valor máximo", "Gemiddelde",
        "Średnia", "平均", "最高值", "Average of all sensors", "Max (°C)",
        "# Average", "--- Total ---", "Ø", "Mean ± SD", "Moyenne journalière", "Valor medio", "STDEV",
        "Μέσος όρος", "Средняя", "Rata-rata", "ממוצע",
    ],
)  # fmt: skip
def test_a_row_that_sums_up_others_is_refused(word: str) -> None:
    row = f"{word},{TIME},21.5\n"

    for header in ("station,time,temperature", "sensor_id,time,temperature"):
        [(line, message)] = refused(f"{header}\n{row}")
        assert line == 2
        assert f"set --where {header.split(',')[0]}={word}" in message
    assert values(f"kind,time,temperature\n{row}", where=(("kind", word),)) == [(f"{TIME[:-1]}+00:00", 21.5)]


@pytest.mark.parametrize(
    "word",
    [
        "Maxwell", "Summit", "minute", "Mediatheque", "Average Joe's attic", "mean-room", "dev1", "Dev_02",
        "dev", "MAX31855", "max6675-1", "SD-01", "media_2", "sum-1", "Total-1",
    ],
)  # fmt: skip
def test_other_words_name_no_summary(word: str) -> None:
    assert len(values(f"place,time,temperature\n{word},{TIME},21.5\n")) == 1


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("operator", "Max"),
        ("Company", "Total"),
        ("Device model", "MAX"),
        ("Prüfer", "Max"),
        ("checked by", "Max"),
        ("alarm", "max"),
    ],
)
def test_the_name_of_a_person_or_product_is_no_summary(column: str, name: str) -> None:
    assert len(values(f"{column},time,temperature\n{name},{TIME},21.5\n")) == 1


def test_a_sensor_of_an_export_has_any_name() -> None:
    content = (
        f"reading_id,sensor_id,measured_at,temperature\n019309a1-7c5e-7cc3-98c4-dc0c0c07398f,Max,{TIME},1\n"
    )

    assert Imported(content, CsvOptions()).readings[0].sensor_id == "Max"
    assert Imported(content.replace("Max", "1.5"), CsvOptions()).readings[0].sensor_id == "1.5"


@pytest.mark.parametrize(
    ("text", "sensor"), [("1.0", "1"), ("12.00", "12"), ("3.", "3"), ("007", "007"), ("1.2.3", "1.2.3")]
)
def test_a_sensor_that_is_a_whole_number_with_a_fraction_is_that_number(text: str, sensor: str) -> None:
    content = f"id,time,temperature\n{text},{TIME},21.5\n"

    assert Imported(content, CsvOptions()).readings[0].sensor_id == sensor


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1.5", "a number with a fraction or a sign: write a name such as s1.5"),
        ("-1.0", "a number with a fraction or a sign"),
        ("1.00E+05", "as a program writes it that has lost the name"),
        ("nan", "as a program writes it that has lost the name"),
        ("#N/A", "as a program writes it that has lost the name"),
    ],
)
def test_a_sensor_that_is_certainly_no_name_is_refused(text: str, problem: str) -> None:
    [(_, message)] = Imported(f"id,time,temperature\n{text},{TIME},21.5\n", CsvOptions()).invalid

    assert message.startswith(f"sensor_id is '{text}', {problem}")


ISD = (
    '"STATION","DATE","REPORT_TYPE","TMP","DEW"\n'
    '"01001099999","1955-01-01T06:00:00","FM-12","+0056,1","+0021,1"\n'
    '"01001099999","1955-01-01T07:00:00","FM-12","-0123,5","+0021,1"\n'
    '"01001099999","1955-01-01T08:00:00","FM-12","+9999,9","+9999,9"\n'
    '"01001099999","1955-01-01T09:00:00","FM-12","+0460,3","+0021,1"\n'
)
ISD_COLUMNS: dict[str, Any] = {"sensor_column": "STATION", "time_column": "DATE", "value_columns": ("TMP",)}


def test_temperatures_of_noaa_isd_are_tenths_in_utc() -> None:
    imported = Imported(ISD, CsvOptions(**ISD_COLUMNS), zone=BERLIN)

    assert imported.values == [
        ("01001099999", "1955-01-01T06:00:00+00:00", 5.6),
        ("01001099999", "1955-01-01T07:00:00+00:00", -12.3),
    ]
    assert imported.left_out == [(4, "a missing value")]
    [(line, message)] = imported.invalid
    assert (line, message.endswith("which says that it is erroneous")) == (5, True)


@pytest.mark.parametrize(
    "given", [{"decimal": ","}, {"scale": Decimal("0.1")}, {"units": (Unit.FAHRENHEIT,)}]
)
def test_options_that_contradict_the_notation_of_noaa_isd_are_refused(given: dict[str, Any]) -> None:
    imported = Imported(ISD, CsvOptions(**ISD_COLUMNS, **given))

    assert not imported.messages
    assert "NOAA ISD's notation" in imported.invalid[0][1]


@pytest.mark.parametrize("text", ["9999", "9999.9", "-9999.0", "999.9", "99999"])
def test_a_number_for_a_missing_value_is_refused(text: str) -> None:
    content = f"time,temperature\n{TIME},{text}\n"

    assert (
        f"set --missing {text} to leave it out, or --keep {text} if it was measured" in refused(content)[0][1]
    )
    assert values(content, missing=(text,)) == []


def test_tenths_with_a_fixed_width_are_asked_for() -> None:
    content = f"time,temperature\n{TIME},+0056\n"

    assert "set --scale 0.1, or --scale 1" in refused(content)[0][1]
    assert values(content, scale=Decimal("0.1"))[0][1] == 5.6
    assert values(content, scale=Decimal(1))[0][1] == 56


MESSAGES = [{"id": 1, "data": f"2026-01-01T12:0{minute}:00Z", "temperatura": 20} for minute in range(3)]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(MESSAGES, indent=2),
        json.dumps(MESSAGES),
        "\n".join(json.dumps(message, indent=1) for message in MESSAGES),
        "\n".join(json.dumps(message, indent=1).replace("{\n ", "{") for message in MESSAGES),
        "\n".join(json.dumps(message).replace(", ", "\n, ") for message in MESSAGES),
    ],
)
def test_json_over_several_lines_is_read_as_json_in_a_file_of_json_lines(content: str) -> None:
    imported = Imported(content, file_format="jsonl")

    assert len(imported.messages) == len(MESSAGES)
    assert imported.invalid == []
    assert dict(imported.history.layout.describe())["format"] == "one JSON array or object"


def test_a_damaged_first_line_of_json_lines_costs_one_line() -> None:
    content = "\n".join(['{"id": 1, "da', *(json.dumps(message) for message in MESSAGES)])
    imported = Imported(content, file_format="jsonl")

    assert len(imported.messages) == len(MESSAGES)
    assert [line for line, _ in imported.invalid] == [1]


def test_a_trailing_comma_after_each_line_makes_no_document() -> None:
    content = ",\n".join(json.dumps(message) for message in MESSAGES)

    assert [line for line, _ in Imported(content, file_format="jsonl").invalid] == [1, 2]


def test_an_array_that_ends_after_a_comma_is_not_complete() -> None:
    imported = Imported(json.dumps(MESSAGES)[:-1] + ",", file_format="json")

    assert len(imported.messages) == len(MESSAGES)
    assert imported.invalid == [(1, "the array is not complete: the file ends within it")]


def test_a_csv_file_in_place_of_json_lines_is_one_error() -> None:
    with pytest.raises(UnreadableFile, match="seems to be CSV and not JSON: set --format csv"):
        Imported(f"time,temperature\n{TIME},20\n", file_format="jsonl")
