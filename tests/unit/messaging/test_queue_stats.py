"""How many of a queue's messages can still be there, by its numbers alone."""

from messaging.management.queue_stats import STATISTICS_SECONDS, ConsumerStats, DrainEstimator, QueueStats


class Watched:
    """A passage on a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.passage = DrainEstimator(lambda: self.now)

    def update(self, flow: QueueStats, ready_now: int = 1, after: float = STATISTICS_SECONDS) -> int | None:
        self.now += after
        return self.passage.update(flow, ready_now)


def flow(
    ready: int = 0, unacked: int = 0, *, acked: int = 0, redelivered: int = 0, dead_unacked: int = 0,
    **consumers: tuple[int, int],
) -> QueueStats:  # fmt: skip
    held = {name: ConsumerStats(*holder) for name, holder in consumers.items()}
    return QueueStats(ready, unacked, acked, redelivered, dead_unacked, held)


def test_nothing_is_known_while_the_numbers_may_be_older_than_the_question() -> None:
    watched = Watched()
    assert watched.update(flow(0), after=0) is None
    assert watched.update(flow(0), after=STATISTICS_SECONDS - 1) is None
    assert watched.update(flow(0), after=1) == 0


def test_an_empty_queue_holds_nothing_but_what_someone_has_in_hand_of_the_dead() -> None:
    assert Watched().update(flow(0, dead_unacked=2)) == 2


def test_a_backlog_may_hold_it() -> None:
    watched = Watched()
    assert watched.update(flow(7, 2)) == 9
    assert watched.update(flow(5, 2, acked=2), after=1) == 9
    assert watched.update(flow(5, 2, acked=2)) == 7


def test_a_busy_queue_is_passed_when_it_acked_what_it_held_and_each_consumer_what_it_had() -> None:
    watched = Watched()
    watched.update(flow(7, 1))
    watched.update(flow(7, 1, acked=100))
    assert watched.update(flow(7, 1, acked=107)) == 8
    assert watched.update(flow(7, 1, acked=108)) == 8
    assert watched.update(flow(7, 1, acked=150, a=(1, 90), b=(1, 60))) == 2
    assert watched.update(flow(7, 1, acked=160, a=(1, 91), b=(1, 60))) == 1
    assert watched.update(flow(7, 1, acked=170, a=(1, 99), b=(1, 60))) == 1
    assert watched.update(flow(7, 1, acked=170, a=(1, 99), b=(1, 61))) == 0


def test_a_moment_without_ready_messages_spares_the_counting() -> None:
    watched = Watched()
    watched.update(flow(3, 1), ready_now=0, after=1)
    assert watched.update(flow(3, 1, a=(1, 10))) == 1
    assert watched.update(flow(3, 1, a=(1, 11))) == 0


def test_a_consumer_that_is_gone_has_given_back_what_it_held() -> None:
    watched = Watched()
    watched.update(flow(3, 1), ready_now=0, after=1)
    assert watched.update(flow(3, 1, a=(1, 10))) == 1
    assert watched.update(flow(3, 1, b=(1, 500))) == 1


def test_a_redelivery_begins_the_count_anew() -> None:
    watched = Watched()
    watched.update(flow(3, 1), ready_now=0, after=1)
    watched.update(flow(3, 1, a=(1, 10)))
    assert watched.update(flow(3, 1, redelivered=1, a=(1, 11))) == 1
    assert watched.update(flow(0, redelivered=1)) == 0
