"""A stalled consumer exits and is restarted; a consumer that waits for a server is not."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from native.program import Program
from native.supervisor import Supervisor
from runtime.lifecycle import ShutdownSignal
from runtime.services import RestartPolicy, Stage
from tests.broker import VirtualHost
from tests.database import Database
from tests.processes import Process, Processes, service_environment, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, always, eventually

# Longer than the broker or the database of a busy machine blocks a healthy loop.
STALL_SECONDS = 5
STALLING = "tests.fault_entrypoints.stalling"


@pytest.mark.parametrize(
    ("stall", "message"),
    [
        ("asleep", "the loop made no progress; the process exits so that its supervisor restarts it"),
        # The watchdog's thread gets no processor time, so the interpreter's timer prints this.
        ("busy", f"Timeout (0:00:{STALL_SECONDS + 5:02})!"),
    ],
)
def test_a_stalled_consumer_exits_and_another_consumer_stores_its_message(
    broker: VirtualHost, database: Database, run: Processes, stall: str, message: str
) -> None:
    stalled = run.start_consumer(f"{STALLING} {stall} {STALL_SECONDS}")
    broker.publish(reading())

    assert stalled.wait() == 1

    assert message in stalled.text
    assert all(event["seconds"] < 2 * STALL_SECONDS for event in stalled.events("event loop stalled"))
    assert 'stalling.py", line' in stalled.text, "the log has no traceback of the stalled call"
    run.start_consumer()
    eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the message is stored by another consumer")


def test_a_consumer_stays_live_while_it_waits_for_the_broker_or_the_database(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy, database_proxy: Proxy
) -> None:
    consumer = run.start_consumer(
        f"{STALLING} never {STALL_SECONDS}",
        **with_http(),
        RABBITMQ_URL=broker.url_through(broker_proxy),
        DATABASE_URL=database.url_through(database_proxy),
    )
    database_proxy.refuse()
    broker.publish(reading())
    consumer.wait_for_event("database unavailable", times=3)
    always(is_live(consumer), 1.5 * STALL_SECONDS, "the consumer is live while it holds a message")

    broker_proxy.refuse()
    consumer.wait_for_event("broker unavailable", times=3)
    always(is_live(consumer), 1.5 * STALL_SECONDS, "the consumer is live while it waits for the broker")

    broker_proxy.forward()
    database_proxy.forward()
    eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the consumer resumes")
    assert consumer.stop() == 0


def is_live(consumer: Process) -> Callable[[], bool]:
    return lambda: consumer.status("/livez") == 200


def test_the_native_supervisor_restarts_a_stalled_consumer(
    broker: VirtualHost, database: Database, run: Processes, tmp_path: Path
) -> None:
    broker.publish(reading())
    program = Program(
        name="pipeline-1",
        command=(sys.executable, "-m", *STALLING.split(), "asleep", str(STALL_SECONDS)),
        environment={**service_environment(), **run._variables, "HTTP_PORT": "0"},
        log=tmp_path / "pipeline-1.log",
        stage=Stage.PIPELINE,
        directory=ROOT,
        restart=RestartPolicy(delay_seconds=0.1),
    )
    supervisor = Supervisor(ShutdownSignal(), lambda _programs: None)
    supervised = supervisor.start(program)

    def restarted() -> bool:
        supervisor.poll()
        return supervised.restarts > 0

    try:
        eventually(restarted, DEADLINE_SECONDS, "the consumer is restarted")
        assert supervised.status().pid is not None
    finally:
        supervisor.shutdown()
