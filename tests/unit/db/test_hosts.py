"""Several hosts of the database, in POSTGRES_HOST and in DATABASE_URL."""

import pytest

from db.engine import database_url
from db.hosts import Address, find_addresses, parse_url
from db.settings import DatabaseSettings
from runtime.errors import ConfigurationError
from runtime.settings import load

FROM_URL = "postgresql://u:p%2F@{}/d?application_name=x"


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("db", ["db:5433"]),
        ("db-1,db-2", ["db-1:5433", "db-2:5433"]),
        ("db-1:5432,db-2", ["db-1:5432", "db-2:5433"]),
        ("::1,[::1]:5432,[fe80::1]", ["[::1]:5433", "[::1]:5432", "[fe80::1]:5433"]),
        ("/run/postgresql,db", ["/run/postgresql:5433", "db:5433"]),
    ],
)
def test_hosts_have_the_common_port_unless_they_have_their_own(
    monkeypatch: pytest.MonkeyPatch, hosts: str, expected: list[str]
) -> None:
    monkeypatch.setenv("POSTGRES_HOST", hosts)
    monkeypatch.setenv("POSTGRES_PORT", "5433")

    url = database_url(load(DatabaseSettings))

    assert [str(address) for address in find_addresses(url)] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (FROM_URL.format("a,b"), [Address("a"), Address("b")]),
        (FROM_URL.format("a:1,[::1]:2"), [Address("a", "1"), Address("::1", "2")]),
        ("postgresql:///d?host=a,b&port=5433", [Address("a", "5433"), Address("b", "5433")]),
        ("postgresql:///d?host=a:1&host=b:2", [Address("a", "1"), Address("b", "2")]),
        ("postgresql:///d?hostaddr=10.0.0.1,10.0.0.2", [Address("10.0.0.1"), Address("10.0.0.2")]),
    ],
)
def test_a_url_names_several_hosts_as_those_of_libpq_do(url: str, expected: list[Address]) -> None:
    parsed = parse_url(url)

    addresses = [
        address._replace(port=address.port.replace("5432", "")) for address in find_addresses(parsed)
    ]
    assert addresses == expected
    assert parsed.database == "d"


def test_the_rest_of_a_url_with_several_hosts_is_unchanged() -> None:
    url = parse_url(FROM_URL.format("a,b"))

    assert (url.username, url.password, url.query["application_name"]) == ("u", "p/", "x")


def test_hosts_may_come_from_the_environment_of_libpq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "a,b")

    assert len(find_addresses(parse_url("postgresql:///d"))) == 2


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (FROM_URL.format("a,b") + "&host=c", "names hosts twice"),
        ("postgresql://u:s3cret@/d?host=a,b&port=1,2,3", "names hosts and ports that do not match"),
        ("postgresql://u:s3cret@a,http:b/d", "must be a host name or an IP address"),
        ("postgresql://u:s3cret@a:0,b/d", "must have a port from 1"),
        ("postgresql://u:s3cret@/d?host=a,b&hostaddr=10.0.0.1,10.0.0.2", "keep one of them"),
        ("postgresql://u:s3cret@a,b/d?target_session_attrs=any", "nothing could be stored"),
        ("postgresql://u:s3cret@a/d?target_session_attrs=standby", "nothing could be stored"),
    ],
)
def test_what_is_ambiguous_or_could_not_store_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ConfigurationError, match=rf"DATABASE_URL: .*{reason}") as caught:
        load(DatabaseSettings)

    assert "s3cret" not in str(caught.value)
