"""What is not clear about a file becomes a question, with the readings as each answer would have them."""

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.questions import resolve_answer
from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile
from readings.files.history_file import HistoryFile, open_history
from readings.files.option_values import parse_options
from readings.files.questions import Question, check_rows, make_question

HALL = {"sensor": "hall"}


def ask(content: str, given: dict[str, Any], sensors: tuple[str, ...] = ()) -> Question:
    options = parse_options(given)

    def open_with(changed: CsvOptions) -> HistoryFile:
        return open_history(io.BytesIO(content.encode()), "a.csv", changed, ZoneInfo("UTC"))

    with pytest.raises(AmbiguousFile) as ambiguous:
        check_rows(open_with(options), options)
    return make_question(ambiguous.value, options, open_with, sensors)


def rows(*rows: str, header: str = "timestamp;temperature") -> str:
    return "\n".join([header, *rows])


TIME = "2026-01-05T10:00Z"


@pytest.mark.parametrize(
    ("content", "given", "labels", "temperatures"),
    [
        (rows("02/03/2026 10:00;4.5"), HALL, ["day first", "month first"], [4.5, 4.5]),
        (
            rows(f"{TIME};68", header="timestamp;temperature (°)"),
            {**HALL, "value_column": "temperature (°)"},
            ["in celsius", "in fahrenheit"],
            [68, 20],
        ),
        (
            rows(f"{TIME};4.5;5.5", header="timestamp;temp °C;temperature"),
            HALL,
            ["column temp °C", "column temperature"],
            [4.5, 5.5],
        ),
        (
            rows(f"{TIME};1;45;4.5;-18", header="timestamp;No.;RH [%];T1 [°C];T2 [°C]"),
            HALL,
            ["column T1 [°C]", "column T2 [°C]", "column No."],
            [4.5, -18, 1],
        ),
        (
            rows(f"{TIME};45;4.5", header="timestamp;Humidity;Fridge"),
            HALL,
            ["column Fridge"],
            [4.5],
        ),
        (
            rows(f"{TIME};-127", f"{TIME};4.5"),
            HALL,
            ["-127 is a missing value", "-127 was measured"],
            [4.5, -127],
        ),
        (
            rows(f"{TIME};68", f"{TIME};66"),
            HALL,
            ["in celsius", "in fahrenheit"],
            [68, 20],
        ),
        (
            rows(f"{TIME};4.5;Q", f"{TIME};5;", header="timestamp;temperature;flag"),
            HALL,
            ["Q in flag marks good values", "Q in flag marks bad values"],
            [4.5, 5],
        ),
        (rows(f"{TIME};+0056"), HALL, ["degrees", "tenths of a degree"], [56, 5.6]),
        (rows("1767607200000;4.5"), HALL, ["milliseconds since 1970"], [4.5]),
        (rows(f"{TIME};1,250"), HALL, ["decimal comma"], [1.25]),
        (rows(f"{TIME};4.5;x", header="timestamp;temperature;note"), {}, ["hall", "attic"], [4.5, 4.5]),
    ],
)
def test_each_way_to_read_a_file_has_its_readings(
    content: str, given: dict[str, Any], labels: list[str], temperatures: list[float]
) -> None:
    question = ask(content, given, ("hall", "attic"))

    assert [option.label for option in question.options][: len(labels)] == labels
    found = [option.readings[0].temperature for option in question.options]
    assert found[: len(temperatures)] == pytest.approx(temperatures)


def test_a_row_number_next_to_the_sensor_is_a_question_of_the_column() -> None:
    content = rows("1;fridge;2026-01-05T10:00Z;4.5", header="id;sensor_id;timestamp;temperature")

    question = ask(content, {}, ("hall", "attic"))

    assert {option.label: option.readings[0].sensor_id for option in question.options} == {
        "column id": "1",
        "column sensor_id": "fridge",
    }


def test_an_answer_is_added_to_the_options_of_the_job() -> None:
    content = rows(f"{TIME};-127", f"{TIME};85", f"{TIME};4.5")
    first = ask(content, HALL).as_json()
    job: dict[str, Any] = {"kind": "test", "question": first, "spec": {"options": HALL}}
    answered = HALL | resolve_answer(job, 1, {})

    second = ask(content, answered).as_json()
    job |= {"question": second, "spec": {"options": answered}}

    assert resolve_answer(job, 2, {}) == {"keep": [85.0]}
    assert resolve_answer(job, 1, {}) == {"missing": ["-127", "85"]}
    readings = second["options"][1]["readings"]
    assert [reading["temperature"] for reading in readings] == [85.0, 4.5]
    assert datetime.fromisoformat(readings[0]["measured_at"]) == datetime.fromisoformat(TIME)


def test_without_known_sensors_the_question_names_the_option() -> None:
    question = ask(rows(f"{TIME};4.5"), {})

    assert question.options == ()
    assert question.text.endswith("(the answer is the option sensors)")


@pytest.mark.parametrize(
    "content",
    [
        rows(*[f"2026-01-05T10:{minute:02}Z;4.5" for minute in range(40)], f"{TIME};-127"),
        rows(f"{TIME};68 °F", f"{TIME};35 °C"),
        rows(f"{TIME};+0450,1"),
    ],
)
def test_few_rows_that_are_not_clear_and_units_in_the_rows_are_no_question(content: str) -> None:
    history = open_history(io.BytesIO(content.encode()), "a.csv", parse_options(HALL), ZoneInfo("UTC"))

    check_rows(history, parse_options(HALL))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sensr": "hall"}, "contains sensr; the options are sensors, "),
        ({"sensor": "hall", "sensors": ["attic"]}, "each once"),
        ({"units": "rankine"}, "contains units with a value that it cannot have"),
        ({"time_zone": "Mars/Olympus"}, "contains time_zone with a value"),
        ({"time_zone": 7}, "contains time_zone with a value"),
    ],
)
def test_options_that_do_not_exist_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_options(values)
