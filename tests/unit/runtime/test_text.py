"""Text for people."""

from datetime import timedelta

import pytest

from runtime.text import escape_unprintable, format_duration, format_exact_duration, quantity


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 dead letters"), (1, "1 dead letter"), (2_000, "2,000 dead letters")]
)
def test_only_one_is_not_in_the_plural(number: int, text: str) -> None:
    assert quantity(number, "dead letter") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (8.6, "9 s"), (60, "60 s"), (119, "119 s"), (150, "2 min"), (7200, "2 h"), (3e5, "3 d")],
)
def test_a_duration_is_in_the_largest_unit_that_it_contains_twice(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (0, "0 s"),
        (0.4, "< 1 s"),
        (59.6, "1 min"),
        (3605, "1 h 5 s"),
        (17_751, "4 h 55 min 51 s"),
        (2 * 86_400 + 60, "2 d 1 min"),
    ],
)
def test_an_exact_duration_names_each_unit_that_is_in_it(seconds: float, text: str) -> None:
    assert format_exact_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    "text",
    ["می\u200cشود", "ශ්\u200dරී", "क्\u200dष", "\N{WOMAN}\u200d\N{ROCKET}", "\N{THERMOMETER}\ufe0f 4 °C"],
)
def test_what_joins_characters_within_a_word_is_printable(text: str) -> None:
    assert escape_unprintable(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\nb\x1b[2J", r"a\nb\x1b[2J"),
        ("\u200d", r"\u200d"),
        ("hall \u200c", r"hall \u200c"),
        ("hall\u200d\u200d1", r"hall\u200d\u200d1"),
        ("hall\u202e1\u200f", r"hall\u202e1\u200f"),
    ],
)
def test_what_is_not_printed_is_escaped(text: str, escaped: str) -> None:
    assert escape_unprintable(text) == escaped
