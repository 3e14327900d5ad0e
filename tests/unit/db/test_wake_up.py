"""Followers are notified of stored readings, now and then."""

from db.errors import StoreUnavailable
from db.wake_up import INTERVAL_SECONDS, NOTIFY, WakeUp


def test_it_notifies_at_most_once_per_interval() -> None:
    executed: list[str] = []
    now = 100.0
    waking = WakeUp(executed.append, clock=lambda: now)
    waking.notify_if_due()
    now += 0.9 * INTERVAL_SECONDS
    waking.notify_if_due()
    assert executed == [NOTIFY]
    now += 0.2 * INTERVAL_SECONDS
    waking.notify_if_due()
    assert executed == [NOTIFY] * 2


def test_a_failure_has_no_effect() -> None:
    def fail(_statement: str) -> None:
        raise StoreUnavailable("the connection is lost")

    WakeUp(fail).notify_if_due()
