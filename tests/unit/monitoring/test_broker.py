"""The probes of the broker: queue statistics and the oldest dead letter."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pika
import pytest

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.errors import BrokerRefused, BrokerUnavailable
from messaging.settings import BrokerSettings
from monitoring import broker
from monitoring.broker import OldestDeadLetter, OldestDeadLetterProbe, QueueProbe
from monitoring.model import Queue
from monitoring.probes import ProbePool
from tests.unit.fakes import FakeClock

DEAD_AT = "2026-11-22T05:00:00+00:00"


def soon() -> float:
    return time.monotonic() + 60


class TestQueueProbe:
    @pytest.fixture
    def queues(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        queues: dict[str, Any] = {}

        class FakeManagement:
            def __init__(self, _settings: BrokerSettings, _timeout: float) -> None: ...

            def queue(self, name: str, parameters: Any = None) -> Any:
                return queues.get(name if parameters is None else f"{name} history")

        monkeypatch.setattr(broker, "Management", FakeManagement)
        return queues

    def test_it_returns_the_brokers_statistics(self, queues: dict[str, Any]) -> None:
        queues["heat"] = {
            "messages_ready": 7,
            "messages_unacknowledged": 2,
            "consumers": 3,
            "message_stats": {"publish_details": {"rate": 4.5}, "ack_details": {"rate": 3.0}},
            "consumer_details": [{"prefetch_count": 1}, {"prefetch_count": 1}],
        }
        queues["heat.dead"] = {"messages": 5}

        assert QueueProbe(BrokerSettings(queue_name="heat"))() == Queue(
            name="heat", ready=7, unacked=2, dead_letters=5, consumers=3, publish_rate=4.5, ack_rate=3.0,
            max_prefetch=1,
        )  # fmt: skip

    def test_limits_that_drop_messages_of_either_queue_are_named(self, queues: dict[str, Any]) -> None:
        queues["heat"] = {"name": "heat", "effective_policy_definition": {"max-length": 10}}
        queues["heat.dead"] = {"name": "heat.dead", "arguments": {"x-message-ttl": 5}}

        found = QueueProbe(BrokerSettings(queue_name="heat"))()

        assert found
        assert found.drops == [
            "heat: max-length=10 drops the oldest messages",
            "heat.dead: message-ttl=5 drops messages after so many milliseconds",
        ]

    @pytest.mark.parametrize(
        "limits",
        [
            {"max-length": 10, "overflow": "reject-publish"},
            {"message-ttl": 5, "dead-letter-routing-key": "heat.dead"},
            {"delivery-limit": 20},
        ],
    )
    def test_limits_that_drop_nothing_by_age_or_length_are_not_named(
        self, queues: dict[str, Any], limits: dict[str, Any]
    ) -> None:
        queues["heat"] = {"name": "heat", "type": "quorum", "effective_policy_definition": limits}

        found = QueueProbe(BrokerSettings(queue_name="heat"))()

        assert found
        assert found.drops == []

    def test_the_history_is_read_every_five_seconds_while_messages_wait(self, queues: dict[str, Any]) -> None:
        clock = FakeClock()
        probe = QueueProbe(BrokerSettings(queue_name="heat"), clock)

        def oldest(ready: int, waiting_samples: int) -> datetime | None:
            values = [0, *[9] * waiting_samples]
            series = [{"sample": ready, "timestamp": 5000 * n} for n, ready in enumerate(values)]
            queues["heat"] = {"messages_ready": ready}
            queues["heat history"] = {"messages_ready_details": {"samples": series}}
            found = probe()
            assert found
            return found.oldest_enqueued_at

        assert oldest(0, 1) is None
        first = oldest(9, 6)
        assert first
        assert datetime.now(UTC) - first == pytest.approx(timedelta(seconds=30), abs=timedelta(seconds=5))
        assert oldest(9, 60) == first, "the history is not read again yet"
        clock.now += 5
        second = oldest(9, 60)
        assert second
        assert second < first

    def test_a_new_queue_has_no_statistics_yet(self, queues: dict[str, Any]) -> None:
        queues["heat"] = {"durable": True}

        assert QueueProbe(BrokerSettings(queue_name="heat"))() == Queue(
            name="heat", ready=0, unacked=0, dead_letters=0, consumers=0, publish_rate=0.0, ack_rate=0.0
        )

    def test_a_queue_that_does_not_exist_is_none(self, queues: dict[str, Any]) -> None:
        assert QueueProbe(BrokerSettings(queue_name="heat"))() is None


class TestOldestDeadLetterProbe:
    @pytest.fixture
    def pool(self) -> Iterator[ProbePool]:
        pool = ProbePool()
        yield pool
        pool.close()

    @pytest.fixture
    def dead_letters(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """The content of the dead-letter queue; each access appends its limit to `visits`."""
        messages: list[Any] = []

        class FakeQueue:
            depth = property(lambda _: len(messages))

            def peek(self, limit: int) -> list[DeadLetter]:
                return messages[:limit]

        @contextmanager
        def open_dead_letter_queue(_settings: BrokerSettings, max_batch: int) -> Iterator[FakeQueue]:
            self.visits.append(max_batch)
            if messages and isinstance(messages[0], Exception):
                raise messages[0]
            yield FakeQueue()

        monkeypatch.setattr(broker, "open_dead_letter_queue", open_dead_letter_queue)
        self.visits: list[int] = []
        return messages

    def letter(self, reason: str) -> DeadLetter:
        headers = {"x-dead-reason": reason, "x-dead-at": DEAD_AT, "x-dead-detail": "a\x07b"}
        return DeadLetter(b"{", pika.BasicProperties(headers=headers))

    def test_it_is_read_again_only_after_messages_were_removed(
        self, dead_letters: list[Any], pool: ProbePool
    ) -> None:
        probe = OldestDeadLetterProbe(BrokerSettings(), pool)
        assert probe(0, soon()) is None
        dead_letters[:] = [self.letter("not-json"), self.letter("too-large"), self.letter("expired")]

        first = OldestDeadLetter(datetime.fromisoformat(DEAD_AT), "not-json", r"a\x07b")
        assert [probe(number, soon()) for number in (2, 2, 3)] == [first] * 3
        assert self.visits == [1]

        del dead_letters[0]
        second = probe(2, soon())
        assert second
        assert second.reason == "too-large"
        assert probe(0, soon()) is None
        assert self.visits == [1, 1]

    def test_it_stays_the_same_while_another_client_holds_the_first_messages(
        self, dead_letters: list[Any], pool: ProbePool
    ) -> None:
        clock = FakeClock()
        probe = OldestDeadLetterProbe(BrokerSettings(), pool, clock)
        letters = [self.letter("not-json"), self.letter("too-large"), self.letter("expired")]
        dead_letters[:] = letters
        first = probe(3, soon())
        assert first
        # A client replays: it holds the first message, and the last one is gone.
        dead_letters[:] = letters[1:2]
        assert [probe(2, soon()) for _ in range(3)] == [first] * 3
        assert len(self.visits) == 2, "it is not read again at once"
        # The client has returned it, or has settled it.
        dead_letters[:] = letters[:2]
        clock.now += 5
        assert probe(2, soon()) == first
        del dead_letters[0]
        second = probe(1, soon())
        assert second
        assert second.reason == "too-large"

    @pytest.mark.parametrize("content", [[], [BrokerUnavailable("gone")]])
    def test_without_a_message_or_a_broker_it_is_unknown(
        self, dead_letters: list[Any], pool: ProbePool, content: list[Any]
    ) -> None:
        dead_letters[:] = content

        assert OldestDeadLetterProbe(BrokerSettings(), pool)(1, soon()) is None

    @pytest.mark.parametrize(
        ("error", "visits"), [(BrokerRefused("read access"), 1), (BrokerUnavailable("gone"), 4)]
    )
    def test_a_user_who_may_not_read_it_does_not_try_again_and_again(
        self, dead_letters: list[Any], pool: ProbePool, error: Exception, visits: int
    ) -> None:
        dead_letters[:] = [error]
        clock = FakeClock()
        probe = OldestDeadLetterProbe(BrokerSettings(), pool, clock)

        for _ in range(4):
            assert probe(1, soon()) is None
            clock.now += 5

        assert len(self.visits) == visits
