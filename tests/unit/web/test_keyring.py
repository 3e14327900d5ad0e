"""The keys in memory: how often they are read, and what holds while they cannot be."""

from collections.abc import Sequence

import pytest

from runtime.access import Role, ValidKey, ValidSession, hash_secret
from tests.unit.fake_keys import KEYS, FakeKeys
from tests.unit.fakes import FakeClock
from tests.waiting import DEADLINE_SECONDS, eventually
from web import keyring
from web.keyring import FRESH_SECONDS, LOOKUP_SECONDS, READABLE_SECONDS, AccessUnknown, KeyRing

VIEWER = KEYS[Role.VIEWER]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakeKeys:
    return FakeKeys(KEYS)


@pytest.fixture
def ring(store: FakeKeys, clock: FakeClock) -> KeyRing:
    ring = KeyRing(store, clock)
    ring.refresh()
    return ring


def test_guesses_cost_few_queries(store: FakeKeys, clock: FakeClock, ring: KeyRing) -> None:
    for number in range(1000):
        clock.now += LOOKUP_SECONDS / 100
        assert ring.find_key(f"guess {number}") is None
    assert store.reads <= 12


def test_a_key_of_another_process_is_found_at_once(store: FakeKeys, clock: FakeClock, ring: KeyRing) -> None:
    clock.now += LOOKUP_SECONDS
    store.open_session(b"h" * 32, 1, 60)
    store.create("sensorctl:me", "new", Role.ADMIN, hash_secret("new key"))
    found = ring.find_key("new key")
    assert found
    assert found.role is Role.ADMIN


def test_a_key_that_was_created_during_a_slow_read_is_found_after_it(clock: FakeClock) -> None:
    class SlowKeys(FakeKeys):
        def read_valid(self) -> tuple[Sequence[ValidKey], Sequence[ValidSession]]:
            found = super().read_valid()
            if self.reads == 1:
                clock.now += LOOKUP_SECONDS
                self.create("sensorctl:me", "new", Role.ADMIN, hash_secret("new key"))
            return found

    ring = KeyRing(SlowKeys(KEYS), clock)
    ring.refresh()

    assert ring.find_key("new key")


def test_without_permission_to_wait_nothing_is_read(store: FakeKeys, clock: FakeClock, ring: KeyRing) -> None:
    clock.now += LOOKUP_SECONDS
    assert ring.find_key("new key", may_wait=False) is None
    assert ring.find_session("new session", may_wait=False) is None
    assert store.reads == 1


def test_while_the_database_is_down_clients_do_not_wait_for_it_one_after_the_other(
    store: FakeKeys, clock: FakeClock
) -> None:
    attempts = []
    store.is_down = True
    ring = KeyRing(store, clock)
    read_valid = store.read_valid
    store.read_valid = lambda: attempts.append(clock.now) or read_valid()  # type: ignore[method-assign, func-returns-value]
    for _ in range(100):
        clock.now += 2 * LOOKUP_SECONDS
        with pytest.raises(AccessUnknown, match="connection refused"):
            ring.find_key(VIEWER)
    assert len(attempts) <= 100 * 2 * LOOKUP_SECONDS / keyring.REFRESH_SECONDS + 1


def test_known_keys_outlast_an_outage_for_a_while(store: FakeKeys, clock: FakeClock, ring: KeyRing) -> None:
    store.is_down = True
    clock.now += FRESH_SECONDS + 1
    assert ring.find_key(VIEWER)
    assert not ring.is_fresh
    assert ring.has_keys
    with pytest.raises(AccessUnknown):
        ring.find_key("unknown")
    clock.now += READABLE_SECONDS
    with pytest.raises(AccessUnknown):
        ring.find_key(VIEWER)
    store.is_down = False
    ring.refresh(max_age_seconds=0)
    assert ring.find_key(VIEWER)


def test_it_reads_the_keys_again_and_again(store: FakeKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "REFRESH_SECONDS", 0.01)
    ring = KeyRing(store)
    with ring.refreshing():
        assert ring.is_known
        store.revoke("sensorctl:me", Role.VIEWER)
        eventually(lambda: not ring.find_key(VIEWER, may_wait=False), DEADLINE_SECONDS, "it is revoked")


@pytest.mark.parametrize(
    ("role", "included"),
    [
        (Role.VIEWER, {Role.VIEWER}),
        (Role.OPERATOR, {Role.VIEWER, Role.OPERATOR}),
        (Role.ADMIN, set(Role)),
    ],
)
def test_each_role_includes_those_before_it(role: Role, included: set[Role]) -> None:
    assert {other for other in Role if role.includes(other)} == included
