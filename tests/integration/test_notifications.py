"""Of which excursions a receiver is notified: by its routes, again until acknowledged, and of their end."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from alerter.routes import parse_routes
from db.errors import StoreUnavailable
from db.evaluation.evaluation import Evaluation
from db.evaluation.notifications import ExcursionNotifications
from db.queries.limits import Limits
from db.queries.statements import Statements
from runtime.errors import InvalidInput
from tests.database import Database
from tests.integration.limits import evaluate, minute, register, set_limits, store

WARM = {0: 9, 1: 9}
NEVER, AT_ONCE = 0, 1e-6
# What a logger recorded every ten minutes, three days ago: it was warm when it was read out.
RECORDED = {10 * number - 3 * 24 * 60: 7 if number < 4 else 9 for number in range(6)}


@pytest.fixture
def notifications(database: Database) -> Iterator[ExcursionNotifications]:
    with closing(ExcursionNotifications(database.settings)) as notifications:
        yield notifications


def warm_up(database: Database, *sensors: str) -> None:
    """Set a warning above 8 °C and a critical alert above 8.5 °C, and store readings above both."""
    set_limits(
        database,
        {"kind": "high", "pattern": "*", "threshold": 8},
        {"kind": "high", "pattern": "*", "threshold": 8.5, "severity": "critical"},
    )
    for sensor in sensors:
        store(database, sensor, WARM)
    evaluate_stored(database)


def evaluate_stored(database: Database) -> None:
    with closing(Evaluation(database.settings)) as evaluation:
        evaluate(database, evaluation)


def due(
    notifications: ExcursionNotifications, receiver: str, repeat_seconds: float = NEVER, routes: str = ""
) -> list[dict[str, Any]]:
    parsed: Any = parse_routes(f'{{"{receiver}": {routes}}}') if routes else {}
    columns = [route.to_columns() for route in parsed.get(receiver, ())]
    return notifications.due(receiver, repeat_seconds, columns)


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ("", {"fridge_1", "fridge-10", "oven", "100%"}),
        ('[{"pattern": "fridge-*"}]', {"fridge-10"}),
        ('[{"pattern": "fridge_*"}]', {"fridge_1"}),
        ('[{"pattern": "f??????1"}, {"pattern": "*%"}]', {"fridge_1", "100%"}),
        ('[{"location": "kitchen"}]', {"oven"}),
        ('[{"location": "cellar"}]', set()),
        ('[{"sensor_id": "oven"}, {"sensor_id": "fridge-10"}]', {"oven", "fridge-10"}),
    ],
)
def test_a_receiver_is_notified_of_the_sensors_of_its_routes(
    database: Database, notifications: ExcursionNotifications, routes: str, expected: set[str]
) -> None:
    register(database, "fridge_1", "fridge-10", "100%")
    register(database, "oven", location="kitchen")
    warm_up(database, "fridge_1", "fridge-10", "oven", "100%")

    found = due(notifications, "mail", routes=routes)

    assert {row["sensor_id"] for row in found} == expected


def test_a_route_has_the_severity_that_it_names(
    database: Database, notifications: ExcursionNotifications
) -> None:
    register(database, "1", "2")
    warm_up(database, "1", "2")

    routes = '[{"severity": "critical", "pattern": "1"}, {"severity": "warning", "sensor_id": "2"}]'
    found = due(notifications, "mail", routes=routes)

    assert {(row["sensor_id"], row["severity"]) for row in found} == {("1", "critical"), ("2", "warning")}


def test_each_receiver_is_notified_again_until_it_is_acknowledged(
    database: Database, notifications: ExcursionNotifications
) -> None:
    register(database, "1")
    warm_up(database, "1")
    numbers = [row["excursion_id"] for row in due(notifications, "mail")]
    notifications.record("mail", numbers, resolved=False)

    assert due(notifications, "mail") == []
    assert [row["excursion_id"] for row in due(notifications, "mail", AT_ONCE)] == numbers
    assert [row["excursion_id"] for row in due(notifications, "phone")] == numbers

    database.query("SELECT acknowledge_excursion('key:ann', %s, '')", numbers[0])

    assert [row["excursion_id"] for row in due(notifications, "mail", AT_ONCE)] == numbers[1:]


def test_an_acknowledgement_is_one_statement_so_that_a_failure_has_changed_nothing(
    database: Database, notifications: ExcursionNotifications, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that is down after the first statement of an acknowledgement
    register(database, "1")
    warm_up(database, "1")
    number = due(notifications, "mail")[0]["excursion_id"]
    statements: list[str] = []
    execute = Statements.rows

    def execute_one(self: Statements, statement: str, **parameters: object) -> list[dict[str, Any]]:
        statements.append(statement)
        if len(statements) > 1:
            raise StoreUnavailable("down")
        return execute(self, statement, **parameters)

    monkeypatch.setattr(Statements, "rows", execute_one)
    with closing(Limits(database.settings)) as limits:
        # when an excursion is acknowledged, then the response is what it became
        found = limits.acknowledge("key:ann", number, "door")
        stored = database.query("SELECT * FROM excursion WHERE excursion_id = %s", number)[0]
        assert {name: value for name, value in found.items() if name in stored}.items() <= stored.items()
        assert (found["acknowledged_by"], found["acknowledged_note"]) == ("key:ann", "door")
        # and one that does not exist is refused
        statements.clear()
        with pytest.raises(InvalidInput, match="There is no excursion 99"):
            limits.acknowledge("key:ann", 99, "")


def test_what_imported_history_ends_with_stays_open_and_is_not_notified(
    database: Database, notifications: ExcursionNotifications
) -> None:
    register(database, "logger", "live")
    notifications.add_receiver("mail")
    warm_up(database, "live")
    store(database, "logger", RECORDED)
    evaluate_stored(database)

    assert database.query("SELECT DISTINCT sensor_id FROM excursion WHERE ended_at IS NULL ORDER BY 1") == [
        {"sensor_id": "live"},
        {"sensor_id": "logger"},
    ]
    assert {row["sensor_id"] for row in due(notifications, "mail")} == {"live"}

    # when it sends again, which ends what was open and starts another excursion, then only that is notified
    store(database, "logger", {0: 9})
    evaluate_stored(database)

    found = [row["started_at"] for row in due(notifications, "mail") if row["sensor_id"] == "logger"]
    assert found == [minute(0), minute(0)]


def test_a_sensor_that_became_silent_is_notified_once_and_is_not_repeated_after_a_day(
    database: Database, notifications: ExcursionNotifications
) -> None:
    register(database, "1")
    warm_up(database, "1")
    numbers = [row["excursion_id"] for row in due(notifications, "mail")]
    notifications.record("mail", numbers, resolved=False)

    # when its last reading becomes a day old
    database.query(
        "UPDATE limit_excursion SET detected_at = detected_at - interval '1 day', "
        "last_measured_at = last_measured_at - interval '1 day'"
    )

    # then only a receiver that was not notified yet is, and the end is notified
    assert due(notifications, "mail", AT_ONCE) == []
    assert [row["excursion_id"] for row in due(notifications, "phone", AT_ONCE)] == numbers
    store(database, "1", {2: 7})
    evaluate_stored(database)
    assert [row["excursion_id"] for row in due(notifications, "mail")] == numbers


def test_the_end_is_told_to_whoever_was_notified_whatever_the_routes_are_then(
    database: Database, notifications: ExcursionNotifications
) -> None:
    register(database, "1")
    warm_up(database, "1")
    notifications.add_receiver("mail")
    numbers = [row["excursion_id"] for row in due(notifications, "mail")]
    notifications.record("mail", numbers, resolved=False)
    store(database, "1", {2: 7})
    evaluate_stored(database)

    elsewhere = '[{"sensor_id": "another"}]'

    assert [row["excursion_id"] for row in due(notifications, "mail", routes=elsewhere)] == numbers
    notifications.record("mail", numbers, resolved=True)
    assert due(notifications, "mail", routes=elsewhere) == []
    assert due(notifications, "phone", routes=elsewhere) == []


@pytest.mark.parametrize("is_over", [True, False])
def test_what_started_and_ended_while_it_was_silenced_is_not_notified_afterwards(
    database: Database, notifications: ExcursionNotifications, is_over: bool
) -> None:
    register(database, "1", "2")
    notifications.add_receiver("mail")
    target = '{"sensor_id": "1"}'
    database.query("SELECT create_silence('key:ann', %s, now() + interval '1 hour', '')", target)
    warm_up(database, "1", "2")
    if is_over:
        store(database, "1", {2: 7})
        store(database, "2", {2: 7})
        evaluate_stored(database)
    assert {row["sensor_id"] for row in due(notifications, "mail")} == {"2"}

    database.query("SELECT end_silence('key:ann', silence_id) FROM silence")

    expected = {"2"} if is_over else {"1", "2"}
    assert {row["sensor_id"] for row in due(notifications, "mail")} == expected
