import math

import pytest

from analysis.anomaly import AnomalyKind
from analysis.detectors.dropout import find_dropout
from analysis.parameters import DropoutParameters

PARAMETERS = DropoutParameters()


@pytest.mark.parametrize("value", [-127.0, 999.0, -999.0])
def test_what_is_never_measured_is_a_dropout_even_as_the_first_reading(value: float) -> None:
    found = find_dropout(0.0, value, math.nan, math.nan, PARAMETERS)

    assert found
    assert found.kind is AnomalyKind.DROPOUT
    assert (found.score, found.observed, found.expected) == (1.0, value, value)


def test_85_is_no_dropout_as_the_first_reading() -> None:
    assert find_dropout(0.0, 85.0, math.nan, math.nan, PARAMETERS) is None


def test_85_is_no_dropout_in_an_oven() -> None:
    assert find_dropout(0.0, 85.0, 84.0, 2.0, PARAMETERS) is None


def test_zero_far_from_the_present_level_is_a_dropout() -> None:
    found = find_dropout(0.0, 0.0, 21.0, 1.0, PARAMETERS)

    assert found
    assert (found.lower, found.upper) == (20.0, 22.0)
    assert found.score == 21.0
    assert found.reason == "0 °C where 21.0 °C was expected: 0 is what a missing or zeroed value is read as"


def test_a_score_is_bounded() -> None:
    found = find_dropout(0.0, 0.0, 21.0, 1e-6, PARAMETERS)

    assert found
    assert found.score == PARAMETERS.max_score
