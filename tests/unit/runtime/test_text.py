"""Text for people."""

import pytest

from runtime.text import quantity


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 dead letters"), (1, "1 dead letter"), (2, "2 dead letters")]
)
def test_only_one_is_not_in_the_plural(number: int, text: str) -> None:
    assert quantity(number, "dead letter") == text
