"""Of which anomalies a receiver is notified: once if they ended, again until marked, and of their end."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from alerter.routes import parse_routes
from db.evaluation.anomaly_notifications import AnomalyNotifications
from tests.database import Database
from tests.integration.anomalies import add_anomaly, end_anomaly, mark_anomaly
from tests.integration.limits import register, store

NEVER, AT_ONCE = 0, 1e-6
A_DAY = 24 * 60


@pytest.fixture
def notifications(database: Database) -> Iterator[AnomalyNotifications]:
    with closing(AnomalyNotifications(database.settings)) as notifications:
        notifications.add_receiver("mail")
        yield notifications


def due(
    notifications: AnomalyNotifications,
    repeat_seconds: float = NEVER,
    routes: str = "",
    receiver: str = "mail",
) -> list[dict[str, Any]]:
    parsed: Any = parse_routes(f'{{"mail": {routes}}}') if routes else {}
    columns = [route.to_columns() for route in parsed.get("mail", ())]
    return notifications.due(receiver, repeat_seconds, columns)


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [row["anomaly_id"] for row in rows]


def test_each_receiver_is_notified_of_the_start_and_the_end(
    database: Database, notifications: AnomalyNotifications
) -> None:
    register(database, "1", location="kitchen")
    number = add_anomaly(database, "1", "stuck")
    [row] = due(notifications)
    assert (row["kind"], row["location"], row["withdrawn"], row["firing_at"]) == (
        "stuck",
        "kitchen",
        False,
        None,
    )
    notifications.record("mail", [number], resolved=False)
    assert due(notifications) == []
    assert numbers(due(notifications, receiver="phone")) == [number]

    end_anomaly(database, number)

    assert [row["ended_at"] is not None for row in due(notifications)] == [True]
    notifications.record("mail", [number], resolved=True)
    assert due(notifications) == []


def test_one_that_ended_before_is_notified_once_and_not_if_it_is_old(
    database: Database, notifications: AnomalyNotifications
) -> None:
    recent = add_anomaly(database, "1", started=10, ended=9)
    add_anomaly(database, "2", started=A_DAY + 10, ended=A_DAY + 9)
    assert numbers(due(notifications)) == [recent]

    notifications.record("mail", [recent], resolved=True)

    assert due(notifications, AT_ONCE) == []
    assert due(notifications, receiver="a receiver that was configured later") == []


def test_one_that_lasts_in_imported_history_is_not_notified(
    database: Database, notifications: AnomalyNotifications
) -> None:
    register(database, "logger", "1")
    add_anomaly(database, "logger", "stuck", started=3 * A_DAY)
    store(database, "logger", {-3 * A_DAY: 5})
    lasts = add_anomaly(database, "1", "drift", started=3 * A_DAY)
    store(database, "1", {0: 5})
    assert numbers(due(notifications)) == [lasts]

    # when the logger is read out again, and the analysis has not seen its readings yet
    database.query(
        "UPDATE detected_anomaly SET found_at = found_at - interval '2 days' WHERE sensor_id = 'logger'"
    )
    store(database, "logger", {0: 5})

    assert numbers(due(notifications)) == [lasts]


def test_one_of_a_sensor_that_became_silent_is_notified_once_and_is_not_repeated_after_a_day(
    database: Database, notifications: AnomalyNotifications
) -> None:
    register(database, "1")
    number = add_anomaly(database, "1", "stuck", started=A_DAY + 10)
    database.query("UPDATE detected_anomaly SET found_at = detected_at")
    assert numbers(due(notifications)) == [number]
    notifications.record("mail", [number], resolved=False)
    assert due(notifications, AT_ONCE) == []

    store(database, "1", {0: 5})

    assert numbers(due(notifications, AT_ONCE)) == [number]


def test_one_that_is_marked_is_not_repeated_and_not_notified_if_it_is_wrong(
    database: Database, notifications: AnomalyNotifications
) -> None:
    known, new = add_anomaly(database, "1"), add_anomaly(database, "2")
    notifications.record("mail", [known], resolved=False)
    assert numbers(due(notifications, AT_ONCE)) == [known, new]

    mark_anomaly(database, known, "right")
    mark_anomaly(database, new, "wrong")
    assert due(notifications, AT_ONCE) == []

    end_anomaly(database, known)
    end_anomaly(database, new)
    assert numbers(due(notifications)) == [known]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ('[{"severity": "critical"}, {"severity": "warning"}]', set()),
        ('[{"severity": "info"}]', {"fridge-1", "oven"}),
        ('[{"severity": "info", "pattern": "fridge-*"}]', {"fridge-1"}),
        ('[{"location": "kitchen"}]', {"oven"}),
    ],
)
def test_a_route_has_their_severity_and_their_sensors(
    database: Database, notifications: AnomalyNotifications, routes: str, expected: set[str]
) -> None:
    register(database, "fridge-1")
    register(database, "oven", location="kitchen")
    for sensor in ("fridge-1", "oven"):
        add_anomaly(database, sensor)

    assert {row["sensor_id"] for row in due(notifications, routes=routes)} == expected


def test_what_started_and_ended_while_its_sensor_was_silenced_is_not_notified_afterwards(
    database: Database, notifications: AnomalyNotifications
) -> None:
    register(database, "1", "2")
    database.query(
        "SELECT create_silence('key:ann', '{\"sensor_id\": \"1\"}', now() + interval '1 hour', '')"
    )
    over, lasts = add_anomaly(database, "1", ended=0), add_anomaly(database, "1", "drift")
    other = add_anomaly(database, "2")
    assert numbers(due(notifications)) == [other]

    database.query("SELECT end_silence('key:ann', silence_id) FROM silence")

    assert numbers(due(notifications)) == [lasts, other]
    assert over not in numbers(due(notifications))


def test_a_receiver_is_notified_of_the_end_of_what_learning_again_has_withdrawn(
    database: Database, notifications: AnomalyNotifications
) -> None:
    known, new = add_anomaly(database, "1"), add_anomaly(database, "2")
    notifications.record("mail", [known], resolved=False)

    database.query("UPDATE detected_anomaly SET withdrawn_at = now()")

    [row] = due(notifications)
    assert (row["anomaly_id"], row["withdrawn"], row["ended_at"] is None) == (known, True, False)
    assert new not in numbers(due(notifications))
