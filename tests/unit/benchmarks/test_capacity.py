"""The model of the capacity: bounds that hold for any costs, cases by hand, and cells of many machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.capacity import Costs, Part, Size, best_layout, cell_rate, costs_of, stored_per_second
from benchmarks.plan import CAPACITY
from benchmarks.results import Results

MILLISECOND = 1e-3
# Of one millisecond each to receive and to store, half is spent by a processor.
SINGLE = Costs(
    publish=0.1 * MILLISECOND,
    receive=Part(MILLISECOND, 0.2 * MILLISECOND, 0.3 * MILLISECOND),
    store=Part(MILLISECOND, 0.3 * MILLISECOND, 0.2 * MILLISECOND),
)
SECONDS = st.floats(1e-6, 1e-3)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    consumer, server, idle = draw(SECONDS), draw(SECONDS), draw(st.floats(0, 1e-3))
    return Part(consumer + server + idle, consumer, server)


def test_one_consumer_does_one_after_the_other() -> None:
    assert stored_per_second(SINGLE, 1, 2, in_batches=False) == pytest.approx(500)


def test_two_consumers_compete_for_the_processors() -> None:
    # Demand 0.5 ms, delay 1.5 ms: the second waits behind 500/s * 0.5 ms = 0.25 messages.
    assert stored_per_second(SINGLE, 2, 2, in_batches=False) == pytest.approx(2 / (1.5e-3 + 0.5e-3 * 1.25))


def test_two_batches_are_in_work_at_a_time() -> None:
    two_consumers = stored_per_second(SINGLE, 2, 2, in_batches=False)
    assert stored_per_second(SINGLE, 1, 2, in_batches=True) == pytest.approx(two_consumers)


@given(publish=SECONDS, receive=parts(), store=parts(), consumers=st.integers(1, 20), cores=st.integers(1, 8))
def test_no_more_than_the_processors_allow_and_no_fewer_with_more_consumers(
    publish: float, receive: Part, store: Part, consumers: int, cores: int
) -> None:
    costs = Costs(publish, receive, store)
    rate = stored_per_second(costs, consumers, cores, in_batches=True)

    processor = receive.consumer + receive.server + store.consumer + store.server
    assert rate <= cores / processor * (1 + 1e-9)
    assert rate <= consumers / (receive.consumer + store.consumer) * (1 + 1e-9)
    assert stored_per_second(costs, consumers + 1, cores, in_batches=True) >= rate * (1 - 1e-9)


def test_a_cell_is_as_fast_as_its_slowest_part() -> None:
    assert cell_rate(SINGLE, Size(1, 1, 1), cores=2) == pytest.approx(1_000), "the queue"
    slow_store = SINGLE._replace(store=Part(MILLISECOND, 0.3 * MILLISECOND, 4 * MILLISECOND))
    assert cell_rate(slow_store, Size(1, 1, 9), cores=2) == pytest.approx(500), "the database"
    slow_consumer = SINGLE._replace(store=Part(8 * MILLISECOND, 7.8 * MILLISECOND, 0.1 * MILLISECOND))
    assert cell_rate(slow_consumer, Size(1, 1, 2), cores=2) == pytest.approx(500), "two consumers' processors"


def test_cells_use_the_machines_that_there_are() -> None:
    three, ten, hundred = (best_layout(SINGLE, machines, 2) for machines in (3, 10, 100))

    assert (three.cells, three.size) == (1, Size(1, 1, 1))
    assert (ten.cells, hundred.cells) == (3, 33)
    assert hundred.rate == pytest.approx(33 * three.rate)
    replicated = best_layout(SINGLE, 100, 2, brokers=3, databases=2)
    assert (replicated.cells, replicated.size) == (16, Size(3, 2, 1))
    with pytest.raises(ValueError, match="at least 6 machines"):
        best_layout(SINGLE, 5, 2, brokers=3, databases=2)


def test_the_costs_are_those_of_the_fastest_round_in_seconds() -> None:
    results = Results()
    for name in ("publish: server", *(f"{p} 500: {w}" for p in ("receive", "store") for w in Part._fields)):
        for value in (12.0, 30.0, 11.0):
            results.add(CAPACITY, name, value)

    costs = costs_of(results, 500)
    assert [costs.publish, *costs.receive, *costs.store] == pytest.approx([11e-6] * 7)
    with pytest.raises(ValueError, match="receive 100: elapsed was not measured"):
        costs_of(results, 100)
