"""Excursions equal the plain computation whenever an evaluation is interrupted, and with two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from db.errors import StoreUnavailable
from db.evaluation.evaluation import Evaluation
from limits.model import Limit, LimitKind, Reading
from tests.database import Database
from tests.integration.limits import minute, register, set_limits, store
from tests.unit.limits.plain import plain_excursions

SENSOR = "fridge"
# An excursion ends, and late readings change what was stored.
INTERRUPTED = (2, 5)
MIN_STATEMENTS = 5  # lock, position, limits, readings, states
LIMIT = Limit(limit_id=1, kind=LimitKind.HIGH, threshold=8, delay_seconds=60, hysteresis=0.5)
# In the order of arrival: minutes and temperatures, some of them late, one repeated by another reading.
DELIVERIES: tuple[dict[float, float], ...] = (
    {0: 7, 1: 9, 2: 10},
    {3: 9, 4: 7, 5: 7},
    {8: 9, 9: 9},
    {6: 9, 7: 7.8},
    {9: 9, 10: 7, 2.5: 7},
)


@pytest.fixture
def _limit(database: Database) -> None:
    register(database, SENSOR)
    set_limits(
        database,
        {
            "kind": "high",
            "sensor_id": SENSOR,
            "threshold": LIMIT.threshold,
            "delay_seconds": LIMIT.delay_seconds,
            "hysteresis": LIMIT.hysteresis,
        },
    )


def stored_excursions(database: Database) -> list[tuple[Any, ...]]:
    rows = database.query(
        "SELECT date_part('epoch', started_at) AS started_at, date_part('epoch', ended_at) AS ended_at, "
        "peak_temperature, degree_minutes FROM excursion ORDER BY started_at"
    )
    return [tuple(row.values()) for row in rows]


def expected_excursions(deliveries: tuple[dict[float, float], ...]) -> list[Any]:
    readings = {
        Reading(minute(number).timestamp(), temperature)
        for delivery in deliveries
        for number, temperature in delivery.items()
    }
    return [
        pytest.approx((each.started_at, each.ended_at, each.peak, each.degree_minutes), abs=1e-5)
        for each in plain_excursions(LIMIT, sorted(readings))
    ]


def evaluate_interrupted_everywhere(database: Database, interrupt: Callable[[int], None]) -> int:
    """Interrupt an evaluation at each of its statements and continue with another; return their number."""
    for number in count(1):
        evaluation = Evaluation(database.settings)
        try:
            interrupt(number)
            evaluation.evaluate()
        except StoreUnavailable:
            continue
        else:
            return number
        finally:
            interrupt(0)
            evaluation.close()
    raise AssertionError


@pytest.mark.usefixtures("_limit")
def test_an_evaluation_that_is_interrupted_at_any_statement_is_exact(
    database: Database, evaluation: Evaluation, interrupt: Callable[[int], None]
) -> None:
    for step, delivery in enumerate(DELIVERIES, 1):
        store(database, SENSOR, delivery)
        database.await_older_transactions()
        if step in INTERRUPTED:
            statements = evaluate_interrupted_everywhere(database, interrupt)
            assert statements > MIN_STATEMENTS
        else:
            evaluation.evaluate()
        assert stored_excursions(database) == expected_excursions(DELIVERIES[:step])


@pytest.mark.usefixtures("_limit")
def test_two_evaluations_at_once_are_exact(database: Database, evaluation: Evaluation) -> None:
    other = Evaluation(database.settings)
    with ThreadPoolExecutor() as pool:
        for step, delivery in enumerate(DELIVERIES, 1):
            store(database, SENSOR, delivery)
            database.await_older_transactions()
            for done in [pool.submit(each.evaluate) for each in (evaluation, other)]:
                done.result()

            assert stored_excursions(database) == expected_excursions(DELIVERIES[:step])
    other.close()
