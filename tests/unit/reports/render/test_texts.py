"""Every text is in every language, with the same values in it."""

from string import Formatter

import pytest

from readings.files.problems import Problem
from reports.explanations import IntervalSource, Unmeasured
from reports.render.cleaning_texts import NOT_STORED, describe_problem
from reports.render.limit_sources import LimitText
from reports.render.sheet_texts import SheetText
from reports.render.texts import Text
from reports.render.words import INTERVALS, UNMEASURED, Words

SAME_IN_BOTH = {
    Text.SENSOR, Text.SENSOR_HEADING, Text.DEGREE_MINUTES,
    SheetText.BYTES, SheetText.INPUT_SHA256, SheetText.DEGREES,
}  # fmt: skip


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("text", [*Text, *SheetText, *LimitText])
def test_each_text_is_translated_with_the_same_values(text: Text | SheetText | LimitText) -> None:
    english, portuguese = text.value
    assert fields(english) == fields(portuguese)
    assert english.count("|") == portuguese.count("|")
    assert (english == portuguese) == (text in SAME_IN_BOTH)


def test_numbers_choose_the_singular() -> None:
    assert Words("pt").count(Text.UNACKNOWLEDGED, 1) == "1 excursão não foi reconhecida."
    assert Words("pt").count(Text.UNACKNOWLEDGED, 1200) == "1.200 excursões não foram reconhecidas."
    assert Words("en").count(Text.UNACKNOWLEDGED, 0) == "0 excursions are not acknowledged."


def test_each_reason_of_the_document_has_a_text() -> None:
    assert set(INTERVALS) == set(IntervalSource)
    assert set(UNMEASURED) == set(Unmeasured)


@pytest.mark.parametrize("problem", Problem)
def test_each_problem_of_a_file_is_described(problem: Problem) -> None:
    assert describe_problem(problem.value, "en") == problem.description
    assert describe_problem(problem.value, "pt") not in {problem.value, problem.description}


def test_readings_that_were_not_stored_are_described() -> None:
    assert describe_problem(NOT_STORED, "en") == "published, but not stored: they are dead letters"
    assert describe_problem(NOT_STORED, "pt").startswith("publicadas")
    assert describe_problem(f"{NOT_STORED}:implausible", "en").endswith(
        "dead letters: outside the plausible range"
    )
    assert describe_problem(f"{NOT_STORED}:other", "pt").endswith("rejeitadas: other")


@pytest.mark.parametrize(
    "reason", ["future-time", "past-retention", "invalid-field", "rejected-by-database", "crash-loop"]
)
def test_each_reason_of_a_dead_reading_is_described(reason: str) -> None:
    texts = {describe_problem(f"{NOT_STORED}:{reason}", language) for language in ("en", "pt")}
    assert len(texts) == 2
    assert not any(reason in text for text in texts)


def test_another_reason_stays_as_it_is() -> None:
    assert describe_problem("other", "pt") == "other"
