from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import pytest

from tests.unit.worker.live.world import value
from tests.waiting import DEADLINE_SECONDS
from worker.live.subscription import Subscription
from worker.sources.live_values import LiveItem
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable

NOW = datetime(2026, 11, 26, tzinfo=UTC)


class ScriptedSource:
    """Yields items, and then waits until the test lets it go on, or raises."""

    def __init__(self, *items: LiveItem | Exception) -> None:
        self._items = items
        self.go_on = Event()
        self.closed = Event()

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        try:
            yield self._send()
        finally:
            self.closed.set()

    def _send(self) -> Iterator[LiveItem]:
        for item in self._items:
            if isinstance(item, Exception):
                raise item
            yield item
        assert self.go_on.wait(DEADLINE_SECONDS)
        yield None


class RefusingSource:
    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        raise SourceRefused("wrong token")
        yield iter(())


def test_what_came_before_a_lost_connection_is_returned_before_its_error() -> None:
    source = ScriptedSource(value(0), None, Skipped("unknown"), SourceUnavailable("cut"))
    with Subscription(source, lambda: NOW) as subscription:
        assert source.closed.wait(DEADLINE_SECONDS)
        assert subscription.wait_until_subscribed(0) == NOW
        assert subscription.take(0) == ([value(0), Skipped("unknown")], NOW)
        with pytest.raises(SourceUnavailable, match="cut"):
            subscription.take(0)


def test_a_silence_is_a_sign_of_life_without_values() -> None:
    source = ScriptedSource(None)
    with Subscription(source, lambda: NOW) as subscription:
        assert subscription.wait_until_subscribed(DEADLINE_SECONDS) == NOW
        assert subscription.take(0) == ([], NOW)
        source.go_on.set()
        assert source.closed.wait(DEADLINE_SECONDS)
        with pytest.raises(SourceUnavailable, match="sends nothing more"):
            subscription.take(DEADLINE_SECONDS)


def test_a_full_buffer_ends_the_connection_and_keeps_its_values() -> None:
    source = ScriptedSource(value(0), value(1), value(2))
    with Subscription(source, lambda: NOW, max_buffered=2) as subscription:
        assert source.closed.wait(DEADLINE_SECONDS)
        assert subscription.take(0).values == [value(0), value(1)]
        with pytest.raises(SourceUnavailable, match="2 values wait to be published"):
            subscription.take(DEADLINE_SECONDS)


def test_a_refusal_is_raised_before_any_value() -> None:
    with (
        Subscription(RefusingSource()) as subscription,
        pytest.raises(SourceRefused, match="wrong token"),
    ):
        subscription.wait_until_subscribed(DEADLINE_SECONDS)


def test_leaving_ends_the_connection_after_the_next_item() -> None:
    source = ScriptedSource()
    with Subscription(source) as subscription:
        assert subscription.wait_until_subscribed(DEADLINE_SECONDS)
        source.go_on.set()
    assert source.closed.wait(DEADLINE_SECONDS)
