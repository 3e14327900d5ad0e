"""The model of the capacity: bounds that hold for any costs, cases by hand, and cells of many machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.capacity import (
    Costs,
    Machine,
    Size,
    best_layout,
    cell_rate,
    costs_of_batch,
    machine_of,
    stored_per_second,
)
from benchmarks.plan import CAPACITY
from benchmarks.results import Results

MILLISECOND = 1e-3
# Of two milliseconds, one is spent by a processor.
SINGLE = Costs(2 * MILLISECOND, 0.4 * MILLISECOND, 0.3 * MILLISECOND, 0.2 * MILLISECOND, 0.1 * MILLISECOND)
MACHINE = Machine(2, SINGLE, publish=0.1 * MILLISECOND, deliver=MILLISECOND)
SECONDS = st.floats(1e-6, 1e-3)


@st.composite
def any_costs(draw: st.DrawFn) -> Costs:
    processors, idle = draw(st.tuples(SECONDS, SECONDS, SECONDS, SECONDS)), draw(st.floats(0, 1e-3))
    return Costs(sum(processors) + idle, *processors)


def test_one_consumer_stores_as_measured() -> None:
    assert stored_per_second(SINGLE, 1, 2) == pytest.approx(500)


def test_two_consumers_compete_for_the_processors_and_the_disk() -> None:
    # Demands of 0.5 and 1 ms: the second waits behind 500/s * 0.5 ms = 0.25 messages and 500/s * 1 ms = 0.5.
    assert stored_per_second(SINGLE, 2, 2) == pytest.approx(2 / (0.5e-3 + 0.5e-3 * 1.25 + 1e-3 * 1.5))


@given(costs=any_costs(), consumers=st.integers(1, 20), cores=st.integers(1, 8))
def test_no_more_than_the_processors_allow_and_no_fewer_with_more_consumers(
    costs: Costs, consumers: int, cores: int
) -> None:
    rate = stored_per_second(costs, consumers, cores)

    assert rate <= cores / costs.processors * (1 + 1e-9)
    assert rate <= consumers / costs.elapsed * (1 + 1e-9)
    assert stored_per_second(costs, consumers + 1, cores) >= rate * (1 - 1e-9)


def test_the_readings_of_a_batch_share_its_costs() -> None:
    # given 1 ms per batch and 0.1 ms per reading, in each part of the costs
    measured = {1: Costs(*[1.1 * MILLISECOND] * 5), 100: Costs(*[0.11 * MILLISECOND] * 5)}
    # then
    assert costs_of_batch(measured, 10) == pytest.approx([0.2 * MILLISECOND] * 5)
    assert costs_of_batch(measured, 1_000) == pytest.approx([0.101 * MILLISECOND] * 5)
    for batch, costs in measured.items():
        assert costs_of_batch(measured, batch) == pytest.approx(costs)


def test_a_cell_is_as_fast_as_its_slowest_part() -> None:
    assert cell_rate(MACHINE, Size(1, 1, 9)) == pytest.approx(1_000), "the queue"
    slow_database = MACHINE._replace(costs=SINGLE._replace(database=4 * MILLISECOND))
    assert cell_rate(slow_database, Size(1, 1, 9)) == pytest.approx(500), "the database"
    slow_broker = MACHINE._replace(costs=SINGLE._replace(broker=3.9 * MILLISECOND))
    assert cell_rate(slow_broker, Size(1, 1, 9)) == pytest.approx(500), "the broker, which also accepts"
    slow_consumer = MACHINE._replace(costs=SINGLE._replace(elapsed=8 * MILLISECOND))
    assert cell_rate(slow_consumer, Size(1, 1, 2)) == pytest.approx(500), "four consumers on two machines"


def test_cells_use_the_machines_that_there_are() -> None:
    three, ten, hundred = (best_layout(MACHINE, machines) for machines in (3, 10, 100))

    assert (three.cells, three.size) == (1, Size(1, 1, 1))
    assert (ten.cells, hundred.cells) == (3, 33)
    assert hundred.rate == pytest.approx(33 * three.rate)
    replicated = best_layout(MACHINE, 100, brokers=3, databases=2)
    assert (replicated.cells, replicated.size) == (16, Size(3, 2, 1))
    with pytest.raises(ValueError, match="at least 6 machines"):
        best_layout(MACHINE, 5, brokers=3, databases=2)


def test_the_measured_machine_has_the_medians_in_seconds() -> None:
    results = Results()
    names = [*(f"1 with batches of 500: {part}" for part in Costs._fields), "publish", "deliver alone"]
    for position, name in enumerate(names, start=1):
        for factor in (1.0, 30.0, 2.0):
            results.add(CAPACITY, f"{name}, µs", position * factor)

    machine = machine_of(results, 500, cores=2)
    assert machine.costs == pytest.approx([2e-6, 4e-6, 6e-6, 8e-6, 10e-6])
    assert (machine.publish, machine.deliver) == pytest.approx((12e-6, 14e-6))
    with pytest.raises(ValueError, match="1 with batches of 100: elapsed, µs was not measured"):
        machine_of(results, 100, cores=2)
