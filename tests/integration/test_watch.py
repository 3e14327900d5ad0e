"""The watch tells on the exchange and to a webhook what goes wrong with real servers, and when it is over."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from messaging.topology import EVENTS_EXCHANGE, declare_events
from tests.broker import QUEUE, ApiRefused, VirtualHost
from tests.database import Database
from tests.hooks import SECRET, Hook, a_hook
from tests.integration.alarms import AlarmedBroker, alarmed_broker
from tests.processes import Process, Processes, processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.services import ROOT, NotHere
from tests.waiting import DEADLINE_SECONDS, eventually

HEARD = "events.heard"
# Minutes of readings, the last of which came two minutes ago.
LONG_SILENT = """
WITH new AS (INSERT INTO sensor (sensor_id) VALUES (%s) RETURNING sensor_id)
INSERT INTO reading (reading_id, sensor_id, measured_at, received_at, temperature)
SELECT gen_random_uuid(), sensor_id, at, at, 20
FROM new, generate_series(now() - interval '6 min', now() - interval '2 min', interval '5 s') AS at
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with a_hook() as hook:
        yield hook


@pytest.fixture
def heard(broker: VirtualHost) -> VirtualHost:
    """The broker, with a queue for all events."""
    hear_everything(broker)
    return broker


def hear_everything(broker: VirtualHost) -> None:
    declare_events(broker.channel)
    broker.channel.queue_declare(HEARD, durable=True)
    broker.channel.queue_bind(HEARD, EVENTS_EXCHANGE, "#")


class Watched:
    """A watch with its webhook and its queue of events."""

    def __init__(self, process: Process, hook: Hook, broker: VirtualHost) -> None:
        self.process = process
        self.hook = hook
        self._broker = broker
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def on_the_exchange(self, change: str, subject: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            for message in self._broker.take_all(HEARD):
                body = json.loads(message.body)
                assert message.properties.message_id == body["event_id"]
                assert message.properties.delivery_mode == 2
                self.messages.append((message.method.routing_key, body))
            return [
                body
                for _, body in self.messages
                if (body["change"], body.get("subject")) == (change, subject)
            ]

        return eventually(found, DEADLINE_SECONDS, f"the exchange tells that {subject} {change}")[0]

    def at_the_webhook(self, change: str, subject: str) -> dict[str, Any]:
        return eventually(
            lambda: self.hook.told(change=change, subject=subject),
            DEADLINE_SECONDS,
            f"the webhook hears {subject} {change}",
        )[0]


@pytest.fixture
def watched(run: Processes, heard: VirtualHost, hook: Hook) -> Watched:
    """A consumer that works, and a watch over it."""
    a_consumer(run, heard)
    return a_watch(run, heard, hook)


def a_consumer(run: Processes, broker: VirtualHost) -> None:
    """One that the broker's statistics know already."""
    run.consumer()
    queue = f"/api/queues/{broker.name}/{QUEUE}"
    eventually(
        lambda: broker.server.api("GET", queue).get("consumers"), DEADLINE_SECONDS, "the consumer is counted"
    )


def a_watch(run: Processes, heard: VirtualHost, hook: Hook, **variables: str) -> Watched:
    process = run.start(
        "watch",
        **with_http(),
        **{
            "ALERT_WEBHOOK_URL": hook.url,
            "WATCH_INTERVAL_SECONDS": "0.2",
            "WATCH_HOLD_SECONDS": "1",
            "NO_PROXY": "127.0.0.1",
            **variables,
        },
    )
    return Watched(process, hook, heard)


def test_a_sensor_that_goes_silent_and_comes_back(
    watched: Watched, database: Database, heard: VirtualHost
) -> None:
    # when a sensor was heard for minutes, and then no more
    database.rows(LONG_SILENT, "kitchen")

    # then both receivers are told the same, once
    began = watched.on_the_exchange("began", "kitchen")
    assert watched.at_the_webhook("began", "kitchen") == began
    assert began["kind"] == "sensor-silent"
    assert began["sentence"].startswith("Nothing comes from sensor kitchen")
    [last] = database.rows("SELECT max(received_at) AS at FROM reading")
    assert began["since"] == last["at"].astimezone().isoformat().replace("+00:00", "Z")
    assert "sensor-silent.began.kitchen" in [key for key, _ in watched.messages]

    # and when it comes back, that it is over
    heard.publish(reading("kitchen"))
    ended = watched.on_the_exchange("ended", "kitchen")
    assert watched.at_the_webhook("ended", "kitchen") == ended
    assert (ended["problem_id"], ended["since"]) == (began["problem_id"], began["since"])
    assert ended["ended_at"] > began["since"]
    assert ended["event_id"] != began["event_id"]

    # and it says so of itself, without the secret, and ends in order
    for line in (
        'watch_events_told_total{change="began",kind="sensor-silent"} 1.0',
        'watch_problems{kind="sensor-silent"} 0.0',
        "watch_webhook_failures_total 0.0",
    ):
        eventually(lambda line=line: line in watched.process.ask("/metrics")[1], DEADLINE_SECONDS, line)  # type: ignore[misc]
    assert (watched.process.status("/readyz"), watched.process.status("/livez")) == (200, 200)
    assert watched.process.stop() == 0
    assert SECRET not in watched.process.text
    assert len(watched.hook.told(subject="kitchen")) == 2


def test_while_the_broker_is_away_the_webhook_is_told_at_once_and_the_exchange_afterwards(
    run: Processes, heard: VirtualHost, hook: Hook, database: Database, broker_proxy: Proxy
) -> None:
    # given a watch whose broker goes away
    a_consumer(run, heard)
    watched = a_watch(run, heard, hook, RABBITMQ_URL=heard.through(broker_proxy))
    watched.process.logged("watching")
    eventually(lambda: heard.take_all(HEARD), DEADLINE_SECONDS, "the exchange tells that it started")
    broker_proxy.refuse()
    watched.process.logged("broker unavailable")
    assert watched.process.status("/readyz") == 503

    # when a sensor goes silent
    database.rows(LONG_SILENT, "attic")

    # then the webhook hears it, and the exchange once the broker is back
    began = watched.at_the_webhook("began", "attic")
    assert heard.ready(HEARD) == 0
    broker_proxy.forward()
    assert watched.on_the_exchange("began", "attic") == began
    assert watched.process.status("/livez") == 200
    eventually(lambda: watched.process.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready again")


def test_a_broker_that_is_restarted_is_told_to_the_webhook_at_once_and_on_the_exchange_afterwards(
    hook: Hook, database: Database, tmp_path: Path
) -> None:
    # given a watch on a broker of its own
    with (
        own_broker() as server,
        server.server.virtual_host("quorum") as broker,
        processes(tmp_path, broker.environment | database.environment) as run,
    ):
        broker.declare()
        hear_everything(broker)
        watched = a_watch(run, broker, hook)
        watched.process.logged("watching")
        broker.close()
        # when the broker is stopped, and started later
        server.control("stop_app")
        began = watched.at_the_webhook("began", "broker")
        server.control("start_app")
        # then both receivers heard of it
        ended = watched.at_the_webhook("ended", "broker")
        assert watched.on_the_exchange("began", "broker") == began
        assert watched.on_the_exchange("ended", "broker") == ended
        assert watched.process.stop() == 0


@contextmanager
def own_broker() -> Iterator[AlarmedBroker]:
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(alarmed_broker())
        except NotHere as reason:
            pytest.skip(f"there is no RabbitMQ to be stopped: {reason}")
        yield broker


def test_a_webhook_that_does_not_answer_delays_neither_the_looking_nor_the_exchange(
    watched: Watched, database: Database
) -> None:
    watched.hook.answers = [watched.hook.silence] * 1000

    for sensor in ("attic", "kitchen"):
        database.rows(LONG_SILENT, sensor)
        watched.on_the_exchange("began", sensor)

    assert watched.hook.taken == []
    assert watched.process.status("/livez") == 200
    assert watched.process.stop() == 0
    assert watched.process.events("events left")[0]["receiver"] == "webhook"


def test_a_watch_that_is_killed_tells_the_same_again_with_the_same_ids(
    watched: Watched, run: Processes, heard: VirtualHost, hook: Hook, database: Database
) -> None:
    database.rows(LONG_SILENT, "kitchen")
    database.rows(LONG_SILENT, "attic")
    kitchen, attic = (watched.at_the_webhook("began", sensor) for sensor in ("kitchen", "attic"))
    watched.process.kill()
    hook.taken.clear()
    heard.publish(reading("attic"))
    eventually(
        lambda: (
            not database.rows(
                "SELECT 1 FROM sensor_status WHERE sensor_id = 'attic' AND silent_since < now()"
            )
        ),
        DEADLINE_SECONDS,
        "the attic is back",
    )

    again = a_watch(run, heard, hook)

    assert again.at_the_webhook("began", "kitchen") == kitchen
    started = eventually(lambda: hook.told(change="started"), DEADLINE_SECONDS, "it says that it started")[0]
    assert kitchen["problem_id"] in started["problem_ids"]
    assert attic["problem_id"] not in started["problem_ids"]
    assert hook.told(subject="attic") == []


def test_a_database_that_is_away_is_told_and_no_sensor_is_said_to_be_back(
    run: Processes, heard: VirtualHost, hook: Hook, database: Database, database_proxy: Proxy
) -> None:
    a_consumer(run, heard)
    watched = a_watch(run, heard, hook, DATABASE_URL=database.through(database_proxy))
    database.rows(LONG_SILENT, "kitchen")
    watched.at_the_webhook("began", "kitchen")

    database_proxy.refuse()
    watched.at_the_webhook("began", "database")
    database_proxy.forward()
    watched.at_the_webhook("ended", "database")

    assert hook.told(change="ended", subject="kitchen") == []


def test_nobody_must_hear(run: Processes, broker: VirtualHost, database: Database, hook: Hook) -> None:
    # given no queue for events, and not even the exchange
    a_consumer(run, broker)
    watched = a_watch(run, broker, hook)

    # when something happens
    database.rows(LONG_SILENT, "kitchen")
    watched.at_the_webhook("began", "kitchen")

    # then it was published and lost nothing else
    delivered = re.compile(r'^watch_events_delivered_total{receiver="broker"} [1-9]', re.MULTILINE)
    eventually(
        lambda: delivered.search(watched.process.ask("/metrics")[1]), DEADLINE_SECONDS, "it is delivered"
    )


def test_the_readmes_subscriber_hears(heard: VirtualHost, watched: Watched, database: Database) -> None:
    # given the program of README
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program = next(block for block in readme.split("```") if "events.my-alerts" in block)
    program = program.removeprefix("python\n").replace(
        "amqp://operator:operator@127.0.0.1:5675/%2F", heard.url
    )
    assert heard.url in program
    subscriber = subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with subscriber, closing(subscriber.stdout) as out:  # type: ignore[type-var]
        # So that the line that is read is not waited for for ever.
        timer = threading.Timer(2 * DEADLINE_SECONDS, subscriber.kill)
        timer.start()
        try:
            bindings = f"/api/queues/{heard.name}/events.my-alerts/bindings"
            eventually(lambda: has_bound(heard, bindings), DEADLINE_SECONDS, "it has bound its queue")
            # when a sensor goes silent
            database.rows(LONG_SILENT, "kitchen")
            # then it says so
            assert out
            line = out.readline()
        finally:
            timer.cancel()
            subscriber.kill()
    assert "sensor-silent" in line
    assert "Nothing comes from sensor kitchen" in line


def has_bound(broker: VirtualHost, path: str) -> bool:
    try:
        return any(binding["source"] == EVENTS_EXCHANGE for binding in broker.server.api("GET", path))
    except ApiRefused:
        return False
