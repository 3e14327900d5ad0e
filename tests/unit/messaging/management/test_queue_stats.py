"""Estimating from statistics how many messages of a queue can remain."""

from messaging.management.queue_stats import STATISTICS_SECONDS, ConsumerStats, DrainEstimator, QueueStats


class Drain:
    """A drain estimator with a clock that the test advances."""

    def __init__(self) -> None:
        self.now = 0.0
        self.estimator = DrainEstimator(lambda: self.now)

    def update(self, stats: QueueStats, ready_now: int = 1, after: float = STATISTICS_SECONDS) -> int | None:
        self.now += after
        return self.estimator.update(stats, ready_now)


def stats(
    ready: int = 0, unacked: int = 0, *, acked: int = 0, redelivered: int = 0, dead_unacked: int = 0,
    **consumers: tuple[int, int],
) -> QueueStats:  # fmt: skip
    held = {name: ConsumerStats(*figures) for name, figures in consumers.items()}
    return QueueStats(ready, unacked, acked, redelivered, dead_unacked, held)


def test_nothing_is_known_while_the_statistics_may_be_older_than_the_request() -> None:
    drain = Drain()
    assert drain.update(stats(0), after=0) is None
    assert drain.update(stats(0), after=STATISTICS_SECONDS - 1) is None
    assert drain.update(stats(0), after=1) == 0


def test_an_empty_queue_holds_only_the_unacked_dead_letters() -> None:
    assert Drain().update(stats(0, dead_unacked=2)) == 2


def test_all_messages_of_a_backlog_may_remain() -> None:
    drain = Drain()
    assert drain.update(stats(7, 2)) == 9
    assert drain.update(stats(5, 2, acked=2), after=1) == 9
    assert drain.update(stats(5, 2, acked=2)) == 7


def test_a_busy_queue_is_drained_once_it_acked_its_backlog_and_each_consumer_its_unacked_messages() -> None:
    drain = Drain()
    drain.update(stats(7, 1))
    drain.update(stats(7, 1, acked=100))
    assert drain.update(stats(7, 1, acked=107)) == 8
    assert drain.update(stats(7, 1, acked=108)) == 8
    assert drain.update(stats(7, 1, acked=150, a=(1, 90), b=(1, 60))) == 2
    assert drain.update(stats(7, 1, acked=160, a=(1, 91), b=(1, 60))) == 1
    assert drain.update(stats(7, 1, acked=170, a=(1, 99), b=(1, 60))) == 1
    assert drain.update(stats(7, 1, acked=170, a=(1, 99), b=(1, 61))) == 0


def test_when_no_message_is_ready_only_the_unacked_messages_are_counted() -> None:
    drain = Drain()
    drain.update(stats(3, 1), ready_now=0, after=1)
    assert drain.update(stats(3, 1, a=(1, 10))) == 1
    assert drain.update(stats(3, 1, a=(1, 11))) == 0


def test_the_unacked_messages_of_a_consumer_that_disconnected_may_remain() -> None:
    drain = Drain()
    drain.update(stats(3, 1), ready_now=0, after=1)
    assert drain.update(stats(3, 1, a=(1, 10))) == 1
    assert drain.update(stats(3, 1, b=(1, 500))) == 1


def test_a_redelivery_restarts_the_estimate() -> None:
    drain = Drain()
    drain.update(stats(3, 1), ready_now=0, after=1)
    drain.update(stats(3, 1, a=(1, 10)))
    assert drain.update(stats(3, 1, redelivered=1, a=(1, 11))) == 1
    assert drain.update(stats(0, redelivered=1)) == 0
