"""The alerter notifies the exchange and a webhook of failures in real servers and of their end."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from messaging.topology import EVENTS_EXCHANGE, declare_events
from tests.broker import QUEUE, ApiError, VirtualHost
from tests.database import Database
from tests.integration.anomalies import add_anomaly, end_anomaly
from tests.integration.resource_alarms import ControllableBroker, controllable_broker
from tests.processes import Process, Processes, processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.services import ROOT, ServerUnavailable
from tests.waiting import DEADLINE_SECONDS, eventually
from tests.webhook_server import SECRET, Alert, AlertGroup, WebhookServer

EVENTS_QUEUE = "events.test"
STORE_NOW = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
VALUES (gen_random_uuid(), 'fridge', now(), %s)
"""
KITCHEN, ATTIC = {"sensor": "kitchen"}, {"sensor": "attic"}
BROKER_DOWN, DATABASE_DOWN = {"alertname": "BrokerDown"}, {"alertname": "DatabaseDown"}
Labels = dict[str, str]
# Readings of some minutes, the last of them two minutes ago.
OFFLINE = """
WITH new AS (INSERT INTO sensor (sensor_id) VALUES (%s) RETURNING sensor_id)
INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature)
SELECT gen_random_uuid(), sensor_id, at, at, 20
FROM new, generate_series(now() - interval '6 min', now() - interval '2 min', interval '5 s') AS at
"""


@pytest.fixture
def subscribed(broker: VirtualHost) -> VirtualHost:
    """The broker, with a queue for all events."""
    subscribe(broker)
    return broker


def subscribe(broker: VirtualHost) -> None:
    declare_events(broker.channel)
    broker.channel.queue_declare(EVENTS_QUEUE, durable=True)
    broker.channel.queue_bind(EVENTS_QUEUE, EVENTS_EXCHANGE, "#")


class RunningAlerter:
    """An alerter with its webhook and its queue of events."""

    def __init__(self, process: Process, webhook: WebhookServer, broker: VirtualHost) -> None:
        self.process = process
        self.webhook = webhook
        self._broker = broker
        self.published: list[tuple[str, AlertGroup]] = []

    def wait_on_exchange(self, status: str, labels: Labels) -> Alert:
        def find() -> list[Alert]:
            for message in self._broker.drain(EVENTS_QUEUE):
                assert message.properties.message_id
                assert message.properties.delivery_mode == 2
                group = AlertGroup.model_validate_json(message.body)
                self.published.append((message.method.routing_key, group))
            alerts = [alert for _, group in self.published for alert in group.alerts]
            return [a for a in alerts if a.status == status and labels.items() <= a.labels.items()]

        return eventually(find, DEADLINE_SECONDS, f"the exchange has {labels} {status}")[0]

    def wait_at_webhook(self, status: str, labels: Labels) -> Alert:
        return eventually(
            lambda: self.webhook.alerts(status, **labels),
            DEADLINE_SECONDS,
            f"the webhook has {labels} {status}",
        )[0]


@pytest.fixture
def alerter(run: Processes, subscribed: VirtualHost, webhook: WebhookServer) -> RunningAlerter:
    """A working consumer, and an alerter."""
    start_consumer(run, subscribed)
    return start_alerter(run, subscribed, webhook)


def start_consumer(run: Processes, broker: VirtualHost) -> None:
    """Start a consumer, and wait until the broker's statistics include it."""
    run.start_consumer()
    queue = f"/api/queues/{broker.name}/{QUEUE}"
    eventually(
        lambda: broker.server.api("GET", queue).get("consumers"), DEADLINE_SECONDS, "the consumer is counted"
    )


def start_alerter(
    run: Processes, broker: VirtualHost, webhook: WebhookServer, **variables: str
) -> RunningAlerter:
    process = run.start(
        "alerter",
        **with_http(),
        **{
            "ALERT_WEBHOOK_URL": webhook.url,
            "ALERTER_INTERVAL_SECONDS": "0.2",
            "ALERTER_FOR_SECONDS": "1",
            "ALERTER_GROUP_SECONDS": "0",
            "NO_PROXY": "127.0.0.1",
            **variables,
        },
    )
    return RunningAlerter(process, webhook, broker)


def test_an_offline_sensor_fires_an_alert_that_is_resolved_by_its_next_reading(
    alerter: RunningAlerter, database: Database, subscribed: VirtualHost
) -> None:
    # when a sensor sent readings for minutes, and then stopped
    database.query(OFFLINE, "kitchen")

    # then both receivers get the same alert, once
    firing = alerter.wait_on_exchange("firing", KITCHEN)
    assert alerter.wait_at_webhook("firing", KITCHEN) == firing
    assert firing.labels == {"alertname": "SensorOffline", "severity": "warning", "sensor": "kitchen"}
    assert firing.annotations["summary"].startswith("Sensor kitchen sends no readings")
    [last] = database.query("SELECT max(received_at) AS at FROM reading")
    assert firing.startsAt == last["at"]
    assert "sensor-offline.firing.kitchen" in [key for key, _ in alerter.published]

    # and when it sends a reading again, the alert is resolved
    subscribed.publish(reading("kitchen"))
    resolved = alerter.wait_on_exchange("resolved", KITCHEN)
    assert alerter.wait_at_webhook("resolved", KITCHEN) == resolved
    assert (resolved.fingerprint, resolved.startsAt) == (firing.fingerprint, firing.startsAt)
    assert resolved.endsAt > firing.startsAt

    # and the metrics and the log show it, without the secret
    for line in (
        'alerter_events_total{kind="sensor-offline",status="firing"} 1.0',
        'alerter_alerts_firing{kind="sensor-offline"} 0.0',
        "alerter_webhook_failures_total 0.0",
    ):
        eventually(lambda line=line: line in alerter.process.http_get("/metrics")[1], DEADLINE_SECONDS, line)  # type: ignore[misc]
    assert (alerter.process.status("/readyz"), alerter.process.status("/livez")) == (200, 200)
    assert alerter.process.stop() == 0
    assert SECRET not in alerter.process.text
    assert len(alerter.webhook.alerts(**KITCHEN)) == 2


def test_receivers_are_notified_once_of_an_excursion_and_an_anomaly_also_if_the_alerter_is_killed(
    run: Processes, subscribed: VirtualHost, webhook: WebhookServer, database: Database
) -> None:
    # given a limit, a reading beyond it, and an anomaly
    high = {"kind": "high", "sensor_id": "fridge", "threshold": 8, "severity": "critical"}
    database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    database.query("SELECT set_limits('test', %s)", json.dumps([high]))
    alerter = start_alerter(run, subscribed, webhook)
    database.query(STORE_NOW, 9.0)
    fridge = {"alertname": "TemperatureHigh", "severity": "critical", "sensor": "fridge"}
    anomaly = add_anomaly(database, "fridge", "stuck")
    stuck = {"alertname": "TemperatureStuck", "severity": "info", "sensor": "fridge"}

    # when both receivers were notified, the alerter is killed, and the value comes back meanwhile
    firing = alerter.wait_on_exchange("firing", fridge)
    assert alerter.wait_at_webhook("firing", fridge) == firing
    found = alerter.wait_on_exchange("firing", stuck)
    assert alerter.wait_at_webhook("firing", stuck) == found
    for table in ("excursion_notification", "anomaly_notification"):
        eventually(
            lambda table=table: len(database.query(f"SELECT receiver FROM {table}")) == 2,  # type: ignore[misc]
            DEADLINE_SECONDS,
            "recorded",
        )
    alerter.process.kill()
    database.query(STORE_NOW, 7.0)
    end_anomaly(database, anomaly)
    other = start_alerter(run, subscribed, webhook)

    # then another alerter reports the end only
    resolved = other.wait_on_exchange("resolved", fridge)
    assert other.wait_at_webhook("resolved", fridge) == resolved
    assert resolved.fingerprint == firing.fingerprint
    [excursion] = database.query("SELECT started_at, ended_at FROM excursion")
    assert (resolved.startsAt, resolved.endsAt) == (excursion["started_at"], excursion["ended_at"])
    assert [alert.status for alert in webhook.alerts(**fridge)] == ["firing", "resolved"]
    normal = other.wait_at_webhook("resolved", stuck)
    assert (normal.fingerprint, normal.startsAt) == (found.fingerprint, found.startsAt)
    assert [alert.status for alert in webhook.alerts(**stuck)] == ["firing", "resolved"]


def test_during_an_outage_of_the_broker_the_webhook_is_notified_at_once_and_the_exchange_afterwards(
    run: Processes,
    subscribed: VirtualHost,
    webhook: WebhookServer,
    database: Database,
    broker_proxy: Proxy,
) -> None:
    # given an alerter whose broker goes down
    start_consumer(run, subscribed)
    alerter = start_alerter(run, subscribed, webhook, RABBITMQ_URL=subscribed.url_through(broker_proxy))
    alerter.process.wait_for_event("broker available")
    broker_proxy.refuse()
    alerter.process.wait_for_event("broker unavailable")
    assert alerter.process.status("/readyz") == 503

    # when a sensor goes offline
    database.query(OFFLINE, "attic")

    # then the webhook is notified, and the exchange once the broker is up again
    firing = alerter.wait_at_webhook("firing", ATTIC)
    assert subscribed.ready(EVENTS_QUEUE) == 0
    broker_proxy.forward()
    assert alerter.wait_on_exchange("firing", ATTIC) == firing
    assert alerter.process.status("/livez") == 200
    eventually(
        lambda: alerter.process.status("/readyz") == 200, DEADLINE_SECONDS, "the alerter is ready again"
    )


def test_a_broker_restart_is_sent_to_the_webhook_immediately_and_to_the_exchange_afterwards(
    webhook: WebhookServer, database: Database, tmp_path: Path
) -> None:
    # given an alerter on a broker of its own
    with (
        own_broker() as server,
        server.server.virtual_host("quorum") as broker,
        processes(tmp_path, broker.environment | database.environment) as run,
    ):
        broker.declare()
        subscribe(broker)
        alerter = start_alerter(run, broker, webhook)
        alerter.process.wait_for_event("first evaluation finished")
        broker.close()
        # when the broker is stopped and started again
        server.control("stop_app")
        firing = alerter.wait_at_webhook("firing", BROKER_DOWN)
        server.control("start_app")
        # then both receivers are notified of both
        resolved = alerter.wait_at_webhook("resolved", BROKER_DOWN)
        assert alerter.wait_on_exchange("firing", BROKER_DOWN) == firing
        assert alerter.wait_on_exchange("resolved", BROKER_DOWN) == resolved
        assert alerter.process.stop() == 0


@contextmanager
def own_broker() -> Iterator[ControllableBroker]:
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(controllable_broker())
        except ServerUnavailable as reason:
            pytest.skip(f"no RabbitMQ that can be stopped is available: {reason}")
        yield broker


def test_a_webhook_that_never_responds_delays_neither_the_evaluation_nor_the_exchange(
    alerter: RunningAlerter, database: Database
) -> None:
    alerter.webhook.responses = [alerter.webhook.never_respond] * 1000

    for sensor in ("attic", "kitchen"):
        database.query(OFFLINE, sensor)
        alerter.wait_on_exchange("firing", {"sensor": sensor})

    assert alerter.webhook.accepted == []
    assert alerter.process.status("/livez") == 200
    assert alerter.process.stop() == 0
    assert alerter.process.events("notifications undelivered")[0]["receiver"] == "webhook"


def test_an_alerter_that_is_killed_sends_the_same_alerts_again_after_its_restart(
    alerter: RunningAlerter,
    run: Processes,
    subscribed: VirtualHost,
    webhook: WebhookServer,
    database: Database,
) -> None:
    database.query(OFFLINE, "kitchen")
    database.query(OFFLINE, "attic")
    kitchen, attic = (alerter.wait_at_webhook("firing", labels) for labels in (KITCHEN, ATTIC))
    # Its last notification, which could otherwise arrive after the others were forgotten.
    alerter.wait_at_webhook("resolved", {"alertname": "AlerterStarted"})
    alerter.process.kill()
    webhook.accepted.clear()
    subscribed.publish(reading("attic"))
    eventually(
        lambda: (
            not database.query(
                "SELECT 1 FROM sensor_status WHERE sensor_id = 'attic' AND offline_since < now()"
            )
        ),
        DEADLINE_SECONDS,
        "the attic is online",
    )

    restarted = start_alerter(run, subscribed, webhook)

    assert restarted.wait_at_webhook("firing", KITCHEN) == kitchen
    started = restarted.wait_at_webhook("resolved", {"alertname": "AlerterStarted"})
    assert kitchen.fingerprint in started.annotations["firing"].split()
    assert attic.fingerprint not in started.annotations["firing"].split()
    assert webhook.alerts(**ATTIC) == []


def test_while_the_database_is_down_no_sensor_alert_is_resolved(
    run: Processes,
    subscribed: VirtualHost,
    webhook: WebhookServer,
    database: Database,
    database_proxy: Proxy,
) -> None:
    start_consumer(run, subscribed)
    alerter = start_alerter(run, subscribed, webhook, DATABASE_URL=database.url_through(database_proxy))
    database.query(OFFLINE, "kitchen")
    alerter.wait_at_webhook("firing", KITCHEN)

    database_proxy.refuse()
    alerter.wait_at_webhook("firing", DATABASE_DOWN)
    database_proxy.forward()
    alerter.wait_at_webhook("resolved", DATABASE_DOWN)

    assert webhook.alerts("resolved", **KITCHEN) == []


def test_no_subscriber_is_required(
    run: Processes, broker: VirtualHost, database: Database, webhook: WebhookServer
) -> None:
    # given no queue for events, and not even the exchange
    start_consumer(run, broker)
    alerter = start_alerter(run, broker, webhook)

    # when an alert fires
    database.query(OFFLINE, "kitchen")
    alerter.wait_at_webhook("firing", KITCHEN)

    # then it is published, too
    delivered = 'alerter_notifications_delivered_total{receiver="broker"} '

    def count() -> float:
        lines = alerter.process.http_get("/metrics")[1].splitlines()
        return sum(float(line.removeprefix(delivered)) for line in lines if line.startswith(delivered))

    eventually(count, DEADLINE_SECONDS, "it is delivered")


def test_the_subscriber_of_the_guide_receives_alerts(
    subscribed: VirtualHost, alerter: RunningAlerter, database: Database
) -> None:
    # given the program of the guide
    guide = (ROOT / "docs" / "guides" / "alerts.md").read_text(encoding="utf-8")
    program = next(block for block in guide.split("```") if "events.my-alerts" in block)
    program = program.removeprefix("python\n").replace(
        "amqp://operator:operator@127.0.0.1:5675/%2F", subscribed.url
    )
    assert subscribed.url in program
    subscriber = subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with subscriber, closing(subscriber.stdout) as out:  # type: ignore[type-var]
        # A timer ends the program, so that reading its output does not block forever.
        timer = threading.Timer(2 * DEADLINE_SECONDS, subscriber.kill)
        timer.start()
        try:
            bindings = f"/api/queues/{subscribed.name}/events.my-alerts/bindings"
            eventually(lambda: has_bound(subscribed, bindings), DEADLINE_SECONDS, "it has bound its queue")
            # when a sensor goes offline
            database.query(OFFLINE, "kitchen")
            # then it prints the alert
            assert out
            line = out.readline()
        finally:
            timer.cancel()
            subscriber.kill()
    assert "SensorOffline" in line
    assert "Sensor kitchen sends no readings" in line


def has_bound(broker: VirtualHost, path: str) -> bool:
    try:
        return any(binding["source"] == EVENTS_EXCHANGE for binding in broker.server.api("GET", path))
    except ApiError:
        return False
