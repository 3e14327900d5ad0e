"""Tables of unknown programs: what the names and the texts show is used, and nothing else."""

import pytest

from readings.files.errors import UnreadableFile
from readings.model import Unit
from tests.unit.readings.logger_readings import imported, readings

HALL = ("hall",)
EXPECTED = [("hall", "2026-03-13T23:00:00", -21.5), ("hall", "2026-03-14T22:59:30", 0.125)]


@pytest.mark.parametrize(
    "content",
    [
        "Registrador: Freezer\nUnidade: °C\n\nData;Hora;Temperatura (°C)\n{}",
        "Datum;Uhrzeit;Temperatur °C\n{}",
        "Date;Time;Temp (°C);Humidity\n{}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_date_and_time_of_day_are_two_columns_with_a_decimal_comma(content: str, encoding: str) -> None:
    rows = "14/03/2026;00:00:00;-21,5\n14/03/2026;23:59:30;0,125\n"
    columns = ("Temperatur °C",) if "Temperatur °C" in content else ()

    text = content.format(rows).encode(encoding)

    assert readings(text, sensors=HALL, value_columns=columns) == EXPECTED


def test_numbers_that_may_have_separators_of_thousands_are_refused() -> None:
    result = imported("timestamp;temperature\n2026-01-01T12:00:00Z;1,234\n", sensors=HALL)

    assert result.messages == []
    assert "set --decimal , if the sign is a comma" in result.invalid[0][1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_numbers_with_a_decimal_comma_may_be_whole(encoding: str) -> None:
    rows = "2026-01-01T12:00:00Z;4\r\n2026-01-01T12:01:00Z;-4,5\r\n2026-01-01T12:02:00Z;1,234\r\n"

    result = imported(f"timestamp;temperature (°C)\r\n{rows}".encode(encoding), sensors=HALL)

    assert [celsius for _, _, celsius in result.values] == [4, -4.5, 1.234]
    assert result.invalid == []


def test_lines_that_are_no_rows_do_not_hide_the_date_and_the_time_of_day() -> None:
    rows = "".join(f"14/03/2026;{hour:02}:00;4,5\n" for hour in range(4))

    result = imported(f"Data;Hora;Temperatura (°C)\n;;°C\n{rows}Média;;4,5\n", sensors=HALL)

    assert len(result.values) == 4
    assert result.invalid == [(7, "the time of day is missing")]


def test_a_row_with_more_fields_than_the_header_is_not_taken_for_it() -> None:
    content = "Wann;Ofen\n01.03.2026 00:00;4,5\n01.03.2026 00:10;4,5;x;y\n"

    with pytest.raises(UnreadableFile, match="set --time-column; the file has the columns Wann, Ofen"):
        imported(content, sensors=HALL)


def test_texts_without_digits_do_not_hide_a_decimal_comma() -> None:
    result = imported("timestamp;temperature\n2026-01-01T12:00Z;Err\n2026-01-01T12:01Z;4,5\n", sensors=HALL)

    assert [celsius for _, _, celsius in result.values] == [4.5]
    assert [line for line, _ in result.invalid] == [2]


def test_a_column_that_has_other_texts_is_no_time_of_day() -> None:
    with pytest.raises(UnreadableFile, match="set --time-column; the file has the columns date, hour"):
        imported("date,hour,temperature\n2026-01-01,9 h,21.5\n", sensors=HALL)


def test_options_that_name_the_time_replace_what_the_names_show() -> None:
    content = "date,time,temperature\n2026-01-01,12:00,50\n"

    assert readings(content, sensors=HALL, units=(Unit.FAHRENHEIT,)) == [
        ("hall", "2026-01-01T11:00:00", 10.0)
    ]
    with pytest.raises(UnreadableFile, match="--time-of-day-column is 'zeit'"):
        imported(content, sensors=HALL, time_column="date", time_of_day_column="zeit")


@pytest.mark.parametrize("second", ["time,temperature (°F)", "Time ,Temperature (°F)"])
def test_a_second_header_with_another_unit_begins_another_table(second: str) -> None:
    header = "time,temperature (°C)"
    rows = [f"2026-01-01T1{hour}:00:00Z,{value}" for hour, value in enumerate((20, 21, 70, 71))]

    result = imported("\n".join((header, rows[0], header, rows[1], second, *rows[2:])), sensors=HALL)

    assert [celsius for _, _, celsius in result.values] == [20, 21]
    assert result.left_out == [(3, "the header again")]
    assert [line for line, _ in result.invalid] == [5, 6, 7]
    assert "import it as a file of its own" in result.invalid[0][1]
