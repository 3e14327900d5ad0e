"""JSON without the numbers that JSON lacks."""

import json
import math

import pytest

from runtime.json_values import dump_json


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_becomes_null_at_any_depth(number: float) -> None:
    value = {"a": number, "b": [1.5, (number, "NaN")], "c": {"d": {"e": number}}, "f": 3}
    assert json.loads(dump_json(value), parse_constant=pytest.fail) == {
        "a": None, "b": [1.5, [None, "NaN"]], "c": {"d": {"e": None}}, "f": 3,
    }  # fmt: skip
