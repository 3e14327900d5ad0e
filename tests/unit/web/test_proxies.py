"""The headers of a reverse proxy: what they mean, and that they count from named addresses only."""

from ipaddress import ip_network
from typing import Any

import pytest
from starlette.requests import Request

from runtime.access import Role
from web.proxies import ProxyUser, TrustedProxies, parse_networks, parse_roles

PROXIES = TrustedProxies(
    [ip_network("172.18.0.5"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")],
    roles=parse_roles("*=viewer, staff=operator, sensors-admins=admin"),
)
TRUSTED = "172.18.0.5"


def request(address: str | None, *headers: tuple[str, str]) -> Request:
    scope: dict[str, Any] = {
        "type": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": address and (address, 1234),
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ([], Role.VIEWER),
        (["staff"], Role.OPERATOR),
        (["others, staff"], Role.OPERATOR),
        (["staff,sensors-admins"], Role.ADMIN),
        (["sensors-admins,staff"], Role.ADMIN),
        (["STAFF"], Role.VIEWER),
        (["*"], Role.VIEWER),
    ],
)
def test_a_user_has_the_highest_role_of_its_groups(groups: list[str], role: Role) -> None:
    headers = [("X-Forwarded-User", "anna"), *(("X-Forwarded-Groups", names) for names in groups)]
    assert PROXIES.user(request(TRUSTED, *headers)) == ProxyUser("anna", role)


def test_without_a_role_for_everyone_a_user_of_no_group_has_none() -> None:
    proxies = TrustedProxies([ip_network(TRUSTED)], roles=parse_roles("staff=operator"))
    assert proxies.user(request(TRUSTED, ("X-Forwarded-User", "anna"))) == ProxyUser("anna", None)


@pytest.mark.parametrize(
    ("address", "is_trusted"),
    [
        (TRUSTED, True),
        ("::ffff:172.18.0.5", True),
        ("10.20.30.40", True),
        ("fd00::1%eth0", True),
        ("172.18.0.6", False),
        ("127.0.0.1", False),
        ("fe80::1", False),
        ("testclient", False),
        (None, False),
    ],
)
def test_the_headers_count_from_named_addresses_only(address: str | None, is_trusted: bool) -> None:
    headers = (
        ("X-Forwarded-User", "anna"),
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Forwarded-Proto", "https"),
    )
    received = request(address, *headers)
    assert (PROXIES.user(received) is not None) == is_trusted
    assert PROXIES.client_address(received) == ("192.0.2.1" if is_trusted else (address or ""))
    assert PROXIES.is_https(received) == is_trusted
    assert TrustedProxies().user(received) is None


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Forwarded-User", "")],
        [("X-Forwarded-User", "x" * 101)],
        [("X-Forwarded-User", "anna"), ("X-Forwarded-User", "boss")],
        [("X-Forwarded-User", "anna"), ("X-Forwarded-Groups", "a"), ("X-Forwarded-Groups", "staff")],
        [("X_Forwarded_User", "anna")],
        [("Remote-User", "anna")],
    ],
)
def test_headers_that_a_client_may_have_sent_name_no_user(headers: list[tuple[str, str]]) -> None:
    assert PROXIES.user(request(TRUSTED, *headers)) is None


def test_the_address_of_a_client_is_the_one_that_the_proxy_appended() -> None:
    received = request(TRUSTED, ("X-Forwarded-For", "198.51.100.1, 192.0.2.7"))
    assert PROXIES.client_address(received) == "192.0.2.7"
    assert PROXIES.client_address(request(TRUSTED)) == TRUSTED


def test_the_settings_are_parsed() -> None:
    assert parse_networks(" 10.0.0.0/8, ::1 ,") == [ip_network("10.0.0.0/8"), ip_network("::1/128")]
    assert parse_roles("cn=staff=operator,*=viewer") == {"cn=staff": Role.OPERATOR, "*": Role.VIEWER}
