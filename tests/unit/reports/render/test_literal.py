"""Names and notes of others are shown as they are, on one line, and cannot disturb the page."""

import pytest

from reports.render.literal import MAX_TEXT, literal, replace_strings

BREAK = "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") *b* $x$ <a> @b',
        "\\u{1F600} // /* c */ [x] `y` _z_ = h",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",  # a letter of Persian depends on it
        "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧",
        "क्षत्रिय",
    ],
)
def test_text_of_any_kind_stays(text: str) -> None:
    assert literal(text) == text


def test_lines_and_tabs_become_spaces() -> None:
    assert literal(" a\tb\r\n\nc ") == "a b c"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800", "\u202e", "\u2066", "\uffff"])
def test_what_controls_the_page_is_named_instead(character: str) -> None:
    assert literal(f"a{character}b").replace(BREAK, "") == f"a[U+{ord(character):04X}]b"


def test_a_long_word_may_be_broken_between_letters() -> None:
    assert literal("A" * 42) == f"{'A' * 20}{BREAK}{'A' * 20}{BREAK}AA"


def test_a_long_word_is_not_broken_within_a_letter() -> None:
    letter = "e\N{COMBINING ACUTE ACCENT}"
    assert all(part.startswith("e") for part in literal(letter * 20).split(BREAK))


def test_a_long_text_is_shortened() -> None:
    assert literal("a " * MAX_TEXT).endswith("…")
    assert len(literal("a " * MAX_TEXT)) <= MAX_TEXT + 1


def test_strings_are_replaced_wherever_they_are() -> None:
    value = {"a": ["x", {"b": "x"}], "n": 1, "none": None}
    assert replace_strings(value, str.upper) == {"a": ["X", {"b": "X"}], "n": 1, "none": None}
