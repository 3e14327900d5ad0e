"""A consumer that hangs ends itself and is started again; one that waits for a server does not."""

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
from tests.processes import Process, Processes, inherited, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, always, eventually

# More than a busy machine's broker or database makes a healthy loop wait.
STALL_SECONDS = 5
HANGING = "tests.entries.hanging"


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("asleep", "the loop made no progress; the process ends, to be started again"),
        # The watchdog's own thread gets no turn, so the interpreter's timer.
        ("busy", f"Timeout (0:00:{STALL_SECONDS + 5:02})!"),
    ],
)
def test_a_consumer_that_hangs_ends_by_itself_and_its_message_is_stored_by_another(
    broker: VirtualHost, database: Database, run: Processes, how: str, sentence: str
) -> None:
    hanging = run.consumer(f"{HANGING} {how} {STALL_SECONDS}")
    broker.publish(reading())

    assert hanging.wait() == 1

    assert sentence in hanging.text
    assert all(told["seconds"] < 2 * STALL_SECONDS for told in hanging.events("hangs"))
    assert 'hanging.py", line' in hanging.text, "it does not say where it hung"
    run.consumer()
    eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the message is stored by another consumer")


def test_a_consumer_that_waits_for_its_broker_or_its_database_stays_alive(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy, database_proxy: Proxy
) -> None:
    consumer = run.consumer(
        f"{HANGING} never {STALL_SECONDS}",
        **with_http(),
        RABBITMQ_URL=broker.through(broker_proxy),
        DATABASE_URL=database.through(database_proxy),
    )
    database_proxy.refuse()
    broker.publish(reading())
    consumer.logged("database unavailable", times=3)
    always(is_live(consumer), 1.5 * STALL_SECONDS, "a held message is no hanging")

    broker_proxy.refuse()
    consumer.logged("broker unavailable", times=3)
    always(is_live(consumer), 1.5 * STALL_SECONDS, "waiting for a broker is no hanging")

    broker_proxy.forward()
    database_proxy.forward()
    eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "it goes on by itself")
    assert consumer.stop() == 0


def is_live(consumer: Process) -> Callable[[], bool]:
    return lambda: consumer.status("/livez") == 200


def test_the_native_supervisor_starts_a_consumer_again_that_hung(
    broker: VirtualHost, database: Database, run: Processes, tmp_path: Path
) -> None:
    broker.publish(reading())
    program = Program(
        name="pipeline-1",
        command=(sys.executable, "-m", *HANGING.split(), "asleep", str(STALL_SECONDS)),
        environment={**inherited(), **run._variables, "HTTP_PORT": "0"},
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
        eventually(restarted, DEADLINE_SECONDS, "it is started again")
        assert supervised.status().pid is not None
    finally:
        supervisor.shutdown()
