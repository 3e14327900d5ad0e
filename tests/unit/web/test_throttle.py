"""Guessing keys is slow, and locks out no client elsewhere."""

import pytest

from tests.unit.fakes import FakeClock
from web import throttle
from web.limits import Overloaded, client_network
from web.throttle import ATTEMPTS_PER_ADDRESS, MAX_ADDRESSES, SECONDS_PER_ATTEMPT, KeyThrottle

ATTACKER, USER = "192.0.2.1", "192.0.2.2"


def guesses(keys: KeyThrottle, address: str, attempts: int) -> int:
    """Try wrong keys, and return how many were checked."""
    checked = 0
    for _ in range(attempts):
        try:
            keys.check(address)
        except Overloaded:
            continue
        else:
            keys.wrong_key(address)
            checked += 1
    return checked


def test_an_address_can_guess_a_few_times_and_then_slowly() -> None:
    clock = FakeClock()
    keys = KeyThrottle(clock)
    assert guesses(keys, ATTACKER, 1000) == ATTEMPTS_PER_ADDRESS
    clock.now += 10 * SECONDS_PER_ATTEMPT
    assert guesses(keys, ATTACKER, 1000) == 10
    clock.now += SECONDS_PER_ATTEMPT
    assert guesses(keys, ATTACKER, 1000) == 1


def test_the_message_says_how_long_to_wait() -> None:
    clock = FakeClock()
    keys = KeyThrottle(clock)
    guesses(keys, ATTACKER, ATTEMPTS_PER_ADDRESS)
    clock.now += 7
    with pytest.raises(Overloaded, match=r"^429: Too many .* from this address\. Try again in 3 s") as error:
        keys.check(ATTACKER)
    assert error.value.headers == {"Retry-After": "3"}
    clock.now += 3
    keys.check(ATTACKER)


def test_an_address_that_guesses_locks_out_no_other() -> None:
    keys = KeyThrottle(FakeClock())
    guesses(keys, ATTACKER, 1000)
    for _ in range(1000):
        keys.check(USER)


def test_many_addresses_can_guess_once_each_and_lock_out_no_other() -> None:
    keys = KeyThrottle(FakeClock())
    addresses = [f"10.0.{number // 256}.{number % 256}" for number in range(300)]
    checked = [guesses(keys, address, 20) for address in addresses]
    assert sum(checked) < throttle.ATTEMPTS_IN_ALL + len(addresses)
    assert set(checked[throttle.ATTEMPTS_IN_ALL :]) == {1}
    keys.check(USER)


def test_the_remembered_addresses_are_bounded() -> None:
    keys = KeyThrottle(FakeClock())
    for number in range(MAX_ADDRESSES + 1000):
        keys.wrong_key(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    assert len(keys._addresses) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_the_addresses_that_one_client_can_choose_from_count_as_one(address: str, network: str) -> None:
    assert client_network(address) == network
