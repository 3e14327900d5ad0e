"""Attempts at the hosts of an address: order, time-outs and errors."""

import socket
import threading
from collections import Counter

import pytest

from messaging.amqp.hosts import HOST_TIMEOUT_SECONDS, host_addresses, split_hosts, try_hosts
from messaging.errors import BrokerRefused, BrokerUnavailable

CLUSTER = "amqp://u:s3%2Ccret@a,b:5673,[::1]:5674/v?heartbeat=7"


@pytest.fixture(autouse=True)
def _names_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])


def test_each_host_has_a_url_of_its_own() -> None:
    assert split_hosts(CLUSTER) == [
        "amqp://u:s3%2Ccret@a/v?heartbeat=7",
        "amqp://u:s3%2Ccret@b:5673/v?heartbeat=7",
        "amqp://u:s3%2Ccret@[::1]:5674/v?heartbeat=7",
    ]
    assert host_addresses(CLUSTER) == ["a:5672", "b:5673", "[::1]:5674"]
    assert host_addresses("amqps://u:p@a,[::1]/") == ["a:5671", "[::1]:5671"]


def test_each_host_is_the_first_for_some_clients() -> None:
    first = Counter(try_hosts(CLUSTER, lambda url, _: url) for _ in range(200))

    assert set(first) == set(split_hosts(CLUSTER))


def test_several_hosts_are_tried_briefly_and_one_as_long_as_it_may_take() -> None:
    assert try_hosts(CLUSTER, lambda _, seconds: seconds) == HOST_TIMEOUT_SECONDS
    assert try_hosts(CLUSTER, lambda _, seconds: seconds, 1.5) == 0.5
    assert try_hosts("amqp://u:p@a/", lambda _, seconds: seconds) == 10


def test_the_host_that_responds_is_used_whichever_is_tried_first() -> None:
    def attempt(url: str, _: float) -> str:
        if "[::1]" not in url:
            raise BrokerUnavailable("down")
        return url

    assert all(try_hosts(CLUSTER, attempt).endswith("@[::1]:5674/v?heartbeat=7") for _ in range(20))


def test_the_error_has_each_host_with_its_reason() -> None:
    def attempt(url: str, _: float) -> None:
        raise BrokerUnavailable("Connection refused" if "5673" in url else "no response")

    with pytest.raises(BrokerUnavailable) as caught:
        try_hosts(CLUSTER, attempt)

    assert sorted(str(caught.value).split("; ")) == [
        "[::1]:5674, a:5672: no response",
        "b:5673: Connection refused",
    ]


@pytest.mark.parametrize("others", [BrokerRefused, BrokerUnavailable])
def test_access_is_denied_only_if_every_host_denies_it(others: type[BrokerUnavailable]) -> None:
    def attempt(url: str, _: float) -> None:
        raise (BrokerRefused if "@a" in url else others)("403")

    with pytest.raises(BrokerUnavailable) as caught:
        try_hosts(CLUSTER, attempt)

    assert type(caught.value) is others


def test_a_name_that_does_not_resolve_in_time_delays_no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def resolve(host: str, *_: object) -> list[object]:
        if host == "a":
            ended.wait(60)
        elif host == "b":
            raise socket.gaierror(-2, "Name or service not known")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    tried: list[str] = []

    def attempt(url: str, _: float) -> None:
        tried.append(url)
        raise BrokerUnavailable("down")

    with pytest.raises(BrokerUnavailable) as caught:
        try_hosts(CLUSTER, attempt, 0.3)
    ended.set()

    assert tried == [split_hosts(CLUSTER)[2]]
    assert "a:5672: the broker's host name does not resolve in 0.1 s" in str(caught.value)
    assert "b:5673: the broker's host name cannot be resolved (Name or service not known)" in str(
        caught.value
    )
