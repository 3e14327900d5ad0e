"""The service for workflows with a real broker and database: schedules, events, tickets and commands."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from db.queries.statements import Statements
from db.roles import AccessLevel
from db.workflows.planning import Planner
from db.workflows.schedules import Schedules
from jobs.kinds import JOB_KINDS
from messaging.topology import CONTROL_EXCHANGE, EVENTS_EXCHANGE, declare_events, declare_workflows, job_queue
from native.ports import free_port
from runtime.health import Health
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.integration.workflow_rows import Workflows
from tests.integration.workflow_service import service
from tests.proxy import Proxy
from tests.unit.http_client import send
from tests.waiting import DEADLINE_SECONDS, eventually
from workflows.scheduler import Scheduler
from workflows.settings import WorkflowsSettings
from workflows.telemetry import BROKER, DATABASE, WorkflowsTelemetry

EVENTS = "events.test"


@pytest.fixture
def settings(broker: VirtualHost, database: Database, roles: Roles) -> WorkflowsSettings:
    """The settings of a service on a broker that has a queue for every event."""
    declare_workflows(broker.channel, JOB_KINDS)
    declare_events(broker.channel)
    broker.channel.queue_declare(EVENTS, durable=True)
    broker.channel.queue_bind(EVENTS, EVENTS_EXCHANGE, routing_key="#")
    manager = database.settings_as(roles[AccessLevel.MANAGER])
    return WorkflowsSettings(
        rabbitmq_url=broker.settings.rabbitmq_url, database_url=manager.database_url, http_port=free_port()
    )


@pytest.fixture
def instances(database: Database, roles: Roles) -> Iterator[list[Scheduler]]:
    """The schedulers of two services, each with its own connection."""
    settings = database.settings_as(roles[AccessLevel.MANAGER])
    telemetry = WorkflowsTelemetry(Health(BROKER, DATABASE))
    with closing(Statements(settings, "one")) as one, closing(Statements(settings, "two")) as two:
        yield [Scheduler(Schedules(each), Planner(each), telemetry) for each in (one, two)]


def received(broker: VirtualHost, queue: str, known: list[Any]) -> list[Any]:
    """Return the messages of a queue so far, which are removed from it."""
    known += broker.drain(queue)
    return known


def put_schedule(workflows: Workflows, next_at: datetime, **fields: Any) -> Schedules:
    schedules = Schedules(workflows.statements)
    definition = {"kind": "dummy", "spec": {"seconds": 0}, "cron": "* * * * *"} | fields
    schedules.put("test", "often", definition, next_at)
    return schedules


def scheduled(workflows: Workflows) -> list[datetime]:
    rows = workflows.queries.read_all(100, schedule="often")
    return sorted(row["scheduled_for"] for row in rows)


def test_two_instances_fire_each_time_of_a_schedule_once(
    workflows: Workflows, instances: list[Scheduler]
) -> None:
    # given: ten times were missed, each of which is made up for
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    missed = [minute - timedelta(minutes=number) for number in range(10, 0, -1)]
    schedules = put_schedule(workflows, missed[0], catch_up="all", overlap="queue")
    due = schedules.due()

    # when: both have seen the same due time, and fire it at the same time
    threads = [threading.Thread(target=lambda one=one: one._fire(due[0])) for one in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert scheduled(workflows) == missed[:1]
    # and the others follow, each once its predecessor has ended
    for number in range(2, 11):
        instances[number % 2].fire_due()
        assert scheduled(workflows) == missed[: number - 1]
        job = workflows.claim()
        workflows.store.finish(job.job_id, job.attempt)
        instances[0].fire_due()
        instances[1].fire_due()
        assert scheduled(workflows) == missed[:number]


def test_a_replaced_workflow_is_cancelled_and_a_skipped_time_requests_none(
    workflows: Workflows, instances: list[Scheduler]
) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    put_schedule(workflows, minute - timedelta(minutes=2), catch_up="all")
    scheduler = instances[0]

    scheduler.fire_due()
    scheduler.fire_due()
    assert len(scheduled(workflows)) == 1
    put_schedule(workflows, minute - timedelta(minutes=1), catch_up="all", overlap="replace")
    scheduler.fire_due()

    states = [row["state"] for row in workflows.queries.read_all(10, schedule="often")]
    assert states == ["ready", "cancelled"]


def test_events_and_tickets_survive_a_lost_broker_and_a_command_cancels(
    settings: WorkflowsSettings, workflows: Workflows, broker: VirtualHost, broker_proxy: Proxy
) -> None:
    # given: a service that reaches the broker through a proxy
    url = SecretStr(broker_proxy.proxied_url(settings.amqp_url))
    events: list[Any] = []
    tickets: list[Any] = []
    with service(settings.model_copy(update={"rabbitmq_url": url})):
        # when
        first = workflows.request()
        eventually(lambda: received(broker, EVENTS, events), DEADLINE_SECONDS, "the first event")
        broker_proxy.refuse()
        second = workflows.request(2)
        broker_proxy.forward()
        # then: every event is published at least once, with its own ID, and each ready job has a ticket
        requested = {
            str(row["event_id"]) for one in (first, second) for row in workflows.queries.events(one, 99)
        }

        def ids() -> set[str]:
            return {message.properties.message_id for message in received(broker, EVENTS, events)}

        eventually(lambda: requested <= ids(), DEADLINE_SECONDS, "every event")
        eventually(
            lambda: len({m.body for m in received(broker, job_queue("dummy"), tickets)}) == 3,
            DEADLINE_SECONDS,
            "a ticket for each job",
        )
        eventually(
            lambda: not workflows.database.query("SELECT FROM workflow_outbox"),
            DEADLINE_SECONDS,
            "the outbox is empty",
        )
        # and: a command is executed, two others are rejected
        command = {"command": "stop", "target": str(second), "queue_id": "q", "telemetry_id": "t"}
        broker.publish("{}", exchange=CONTROL_EXCHANGE, routing_key="stop.nothing")
        not_utf8: Any = b"stop.\xff"
        broker.publish(json.dumps(command), exchange=CONTROL_EXCHANGE, routing_key=not_utf8)
        broker.publish(json.dumps(command), exchange=CONTROL_EXCHANGE, routing_key=f"stop.{second}")
        eventually(lambda: workflows.state(second) == "cancelled", DEADLINE_SECONDS, "it is cancelled")
        eventually(lambda: broker.ready("control.workflows") == 0, DEADLINE_SECONDS, "all are settled")
        # and: a file is requested, and a message that names none is rejected
        broker.publish('{"file_name": "../x.csv"}', exchange="", routing_key="files")
        broker.publish('{"file_name": "Kühlschrank.csv"}', exchange="", routing_key="files")
        eventually(lambda: workflows.queries.read_all(9, kinds=["file"]), DEADLINE_SECONDS, "a file")
        eventually(lambda: broker.ready("files") == 0, DEADLINE_SECONDS, "both are settled")
        [file] = workflows.queries.read_all(9, kinds=["file"])
        assert (file["spec"]["file"], file["requested_by"]) == ("Kühlschrank.csv", "files:unknown")
        # and: the API shows it, with who did so
        response = send(f"http://127.0.0.1:{settings.http_port}/api/workflows/{second}/events")
        assert {row["actor"] for row in response.json["events"] if row["event"] == "cancel"} == {
            "control:unknown"
        }
    keys = Counter(message.method.routing_key.split(".")[0] for message in events)
    assert set(keys) == {"workflow", "job"}
