"""How many consumers are required, over time."""

from collections.abc import Iterable

import pytest

from scaler.autoscaler import Autoscaler, proportional_replicas
from scaler.rules import ScalingRules

WINDOW_SECONDS = 300


def rules(minimum: int = 1, maximum: int = 5, **others: float) -> ScalingRules:
    values = {"min_replica_count": minimum, "max_replica_count": maximum, "value": 500, **others}
    return ScalingRules.model_validate({f"scaler_{name}": value for name, value in values.items()})


def run(autoscaler: Autoscaler, loads: Iterable[tuple[float, int]], replicas: int) -> list[tuple[float, int]]:
    """Return the time and the number of each change, when each decision is carried out at once."""
    changes = []
    for now, messages in loads:
        desired = autoscaler.decide(now, messages, replicas)
        if desired != replicas:
            changes.append((now, desired))
        replicas = desired
    return changes


@pytest.mark.parametrize(
    ("messages", "replicas", "required"),
    [
        (0, 1, 1),
        (500, 1, 1),
        (550, 1, 1),  # within the tolerance
        (551, 1, 2),
        (501, 0, 2),  # no tolerance without a replica
        (2001, 1, 5),
        (1_000_000, 1, 5),
        (2300, 5, 5),
        (2200, 5, 5),
        (1900, 5, 4),
        (1900, 4, 4),
    ],
)
def test_as_many_are_required_as_the_messages_are_multiples_of_the_value(
    messages: int, replicas: int, required: int
) -> None:
    assert proportional_replicas(rules(), messages, replicas) == required


def test_a_backlog_scales_up_at_once_and_down_once_after_the_window() -> None:
    loads = [(now, 3000 if 10 <= now < 60 else 0) for now in range(0, 600, 5)]
    assert run(Autoscaler(rules()), loads, replicas=1) == [(10, 5), (360, 1)]


def test_a_backlog_that_comes_and_goes_within_the_window_stops_no_consumer() -> None:
    # given a day in which 3,000 messages wait for one minute of each four
    loads = [(now, 3000 if now % 240 < 60 else 0) for now in range(0, 86_400, 5)]
    # then the consumers are started once
    assert run(Autoscaler(rules()), loads, replicas=1) == [(0, 5)]


def test_a_backlog_that_shrinks_stops_consumers_in_the_order_in_which_they_were_required() -> None:
    loads = [(0, 3000), (100, 1400), (200, 0), (301, 0), (401, 0), (501, 0)]
    assert run(Autoscaler(rules()), loads, replicas=1) == [(0, 5), (301, 3), (401, 1)]


def test_a_restarted_scaler_keeps_the_number_for_one_window() -> None:
    loads = [(now, 0) for now in range(1000, 1400, 100)]
    assert run(Autoscaler(rules()), loads, replicas=4) == []
    assert run(Autoscaler(rules()), [*loads, (1400, 0)], replicas=4) == [(1400, 1)]


@pytest.mark.parametrize(("replicas", "desired"), [(8, 5), (1, 3), (0, 3)])
def test_a_number_outside_the_bounds_is_moved_into_them(replicas: int, desired: int) -> None:
    assert Autoscaler(rules(minimum=3)).decide(0, 1500, replicas) == desired


def test_the_first_consumer_starts_above_the_activation_value() -> None:
    autoscaler = Autoscaler(rules(minimum=0, activation_value=10))
    assert run(autoscaler, [(0, 0), (5, 10), (10, 11)], replicas=0) == [(10, 1)]


def test_the_last_consumer_stops_after_the_cooldown_period() -> None:
    autoscaler = Autoscaler(rules(minimum=0, stabilization_window_seconds=20, cooldown_period=60))
    loads = [(now, 3000 if now < 10 else 0) for now in range(0, 120, 5)]
    assert run(autoscaler, loads, replicas=0) == [(0, 5), (30, 1), (65, 0)]


def test_a_consumer_that_runs_is_not_stopped_at_the_start_without_messages() -> None:
    autoscaler = Autoscaler(rules(minimum=0, cooldown_period=60))
    assert run(autoscaler, [(0, 0), (30, 0), (60, 0)], replicas=1) == [(60, 0)]
