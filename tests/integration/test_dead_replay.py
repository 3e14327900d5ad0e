"""`sensorctl dead replay` with a real broker: selection, rate, and kills."""

import json
import random
import time

import pytest

from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.returns import MAX_RETURNS
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.integration.dead_letters import (
    Operator,
    bodies,
    limit_deliveries,
    publish_dead_letter,
    publish_dead_letters,
)
from tests.processes import Process, Processes
from tests.waiting import DEADLINE_SECONDS, eventually

# Far below the default of 20, so that a few kills exceed it.
LOW_LIMIT = 4


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


def test_a_replayed_message_is_processed_again_and_counts_its_replays(
    broker: VirtualHost, sensorctl: Operator, run: Processes
) -> None:
    publish_dead_letter(broker, "rubbish", mine="kept")
    for number in (1, 2, 3):
        assert "Replayed 1: 1 not-json" in sensorctl("dead", "replay")
        [replayed] = broker.drain(QUEUE)
        assert (replayed.headers["mine"], replayed.headers["x-replays"]) == ("kept", number)
        assert not [name for name in replayed.headers if name.startswith("x-dead-")]
        assert replayed.properties.delivery_mode == 2
        broker.publish("rubbish", replayed.properties)
        consumer = run.start_consumer()
        consumer.wait_for_event("dead-lettered")
        assert consumer.stop() == 0
    assert "already replayed 3 times" in sensorctl("dead", "replay", code=1)
    assert broker.ready(QUEUE) == 0
    eventually(lambda: broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "it stays in the dead-letter queue")
    assert "Replayed 1" in sensorctl("dead", "replay", "--force")
    assert broker.drain(QUEUE)[0].headers["x-replays"] == 4


def test_replay_respects_the_selection_and_the_limit(broker: VirtualHost, sensorctl: Operator) -> None:
    for number in range(6):
        publish_dead_letter(broker, f'{{"sensor_id": "{number % 2}", "n": {number}}}', "invalid-field")
    ids = [record["id"] for record in sensorctl.listed()]
    assert "Would replay 2: 2 invalid-field" in sensorctl(
        "dead", "replay", "--dry-run", "--sensor", "1", "--limit", "2"
    )
    assert broker.ready(QUEUE) == 0

    sensorctl("dead", "replay", "--sensor", "1", "--limit", "2")
    assert [json.loads(m.body)["n"] for m in broker.drain(QUEUE)] == [1, 3]
    sensorctl("dead", "replay", ids[4])
    assert [json.loads(m.body)["n"] for m in broker.drain(QUEUE)] == [4]
    assert f"Not found: {ids[4]}" in sensorctl("dead", "replay", ids[4], ids[0], code=1)
    assert [json.loads(m.body)["n"] for m in broker.drain(QUEUE)] == [0]
    eventually(lambda: broker.ready(DEAD_QUEUE) == 2, DEADLINE_SECONDS, "the other messages stay")
    assert [json.loads(m.body)["n"] for m in broker.drain(DEAD_QUEUE)] == [2, 5]


def test_the_rate_is_limited(broker: VirtualHost, sensorctl: Operator) -> None:
    publish_dead_letters(broker, 5)
    started_at = time.monotonic()
    sensorctl("dead", "replay", "--rate", "2")
    assert time.monotonic() - started_at >= 2
    assert broker.ready(QUEUE) == 5


def test_a_message_that_is_dead_lettered_again_is_not_replayed_twice_in_one_run(
    broker: VirtualHost, sensorctl: Operator, run: Processes
) -> None:
    publish_dead_letters(broker, 700)
    consumer = run.start_consumer()
    assert "Replayed 700" in sensorctl("dead", "replay")
    eventually(
        lambda: broker.ready(DEAD_QUEUE) == 700, DEADLINE_SECONDS, "all messages are dead-lettered again"
    )
    assert consumer.stop() == 0
    assert {message.headers["x-replays"] for message in broker.drain(DEAD_QUEUE)} == {1}


@pytest.mark.parametrize(("queue_type", "kills"), [("quorum", LOW_LIMIT + 2), ("classic", 3)])
def test_a_replay_that_is_killed_loses_nothing(
    broker: VirtualHost, sensorctl: Operator, queue_type: str, kills: int
) -> None:
    if queue_type == "quorum":
        limit_deliveries(broker, LOW_LIMIT)
    sent = publish_dead_letters(broker, 3000)
    rng = random.Random(3)
    # More kills than the delivery limit: a message that is held each time must not reach it. All replays
    # together do not reach the last message, even if a busy machine delays the kills.
    limit = str(len(sent) // kills - 1)
    for _ in range(kills):
        replay = sensorctl.start("dead", "replay", "--limit", limit)
        await_progress(broker, replay)
        time.sleep(rng.uniform(0, 0.02))
        replay.kill()
    await_return(broker, len(sent))
    assert broker.ready(DEAD_QUEUE) > 0, "the kills interrupted the replays"
    replayed, dead = bodies(broker.drain(QUEUE)), bodies(broker.drain(DEAD_QUEUE))
    assert set(replayed) | set(dead) == sent
    assert max((replayed + dead).values()) <= 2, (
        "at most the message that was being replayed is in both queues"
    )


def test_a_slow_replay_that_holds_other_messages_can_be_killed_any_number_of_times(
    broker: VirtualHost, sensorctl: Operator
) -> None:
    limit_deliveries(broker, LOW_LIMIT)
    sent = publish_dead_letters(broker, 150)
    for _ in range(LOW_LIMIT + 2):
        replay = sensorctl.start("dead", "replay", "--rate", "0.5")
        await_progress(broker, replay)
        replay.kill()
    await_return(broker, len(sent))
    assert set(bodies(broker.drain(QUEUE))) | set(bodies(broker.drain(DEAD_QUEUE))) == sent


def await_progress(broker: VirtualHost, replay: Process) -> None:
    """Wait until another message is replayed, or the replay has ended."""
    before = broker.ready(QUEUE)
    eventually(
        lambda: broker.ready(QUEUE) > before or replay.exit_code is not None,
        DEADLINE_SECONDS,
        "a message is replayed",
    )


def await_return(broker: VirtualHost, sent: int) -> None:
    """Wait until the broker has closed the last connection and requeued the messages that it held."""
    eventually(lambda: not broker.connections(), DEADLINE_SECONDS, "the connection is closed")
    eventually(
        lambda: broker.ready(QUEUE) + broker.ready(DEAD_QUEUE) >= sent,
        DEADLINE_SECONDS,
        "all messages are back",
    )


def test_messages_with_many_returns_are_replayed_and_discarded(
    broker: VirtualHost, sensorctl: Operator
) -> None:
    sent = publish_dead_letters(broker, 250)
    for _ in range(MAX_RETURNS):
        with open_dead_letter_queue(broker.settings) as queue:
            assert sum(1 for _ in queue.peek()) == 250
        eventually(lambda: broker.ready(DEAD_QUEUE) == 250, DEADLINE_SECONDS, "all messages are back")
    assert "Replayed 100" in sensorctl("dead", "replay", "--limit", "100")
    assert "Discarded 150" in sensorctl("dead", "discard", "--yes")
    replayed = bodies(broker.drain(QUEUE))
    assert len(replayed) == replayed.total() == 100
    assert set(replayed) < sent
    assert broker.drain(DEAD_QUEUE) == []
