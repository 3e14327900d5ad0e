"""What is stored of the parts of an analysis."""

import pytest

from analysis.binary import StateError, Stateful, StateReader, StateWriter
from analysis.forecasting.pending import Pending
from analysis.models.profile import Profile
from analysis.models.regression import BoundedRidges
from analysis.neighbours.day import LastDay


def ridges(terms: int) -> BoundedRidges:
    return BoundedRidges([[1.0] * terms], forgetting=0.1, bound=1.0)


def day(sensors: int) -> LastDay:
    last_day = LastDay()
    for _ in range(sensors):
        last_day.join()
    return last_day


@pytest.mark.parametrize(
    ("stored", "restored"),
    [
        pytest.param(ridges(2), ridges(3), id="terms of a regression"),
        pytest.param(Profile(48), Profile(24), id="knots of a profile"),
        pytest.param(Pending(2, 2), Pending(2, 3), id="models that forecast"),
        pytest.param(day(2), day(3), id="sensors of a group"),
    ],
)
def test_a_state_of_another_shape_is_refused(stored: Stateful, restored: Stateful) -> None:
    writer = StateWriter(1)
    stored.write(writer)
    with pytest.raises(StateError, match="rebuild it from the readings"):
        restored.read(StateReader(writer.getvalue(), 1))
