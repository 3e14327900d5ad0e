"""The parameters of the database's URL."""

import pytest
from psycopg import pq
from psycopg.pq.abc import PGconn

from db.engine import database_url
from db.settings import DatabaseSettings
from runtime.errors import ConfigurationError
from runtime.settings import load


def error_of(monkeypatch: pytest.MonkeyPatch, query: str) -> str:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:s3cret@h/d?{query}")
    with pytest.raises(ConfigurationError) as caught:
        load(DatabaseSettings)
    return str(caught.value)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("sslmode=maybe", "has sslmode=maybe: it must be disable, allow, prefer"),
        ("sslmode=Require", "has sslmode=Require: it must be disable"),
        ("ssl=true", "has the parameter 'ssl', which libpq does not know"),
        ("sslMode=require", "has the parameter 'sslMode', which libpq does not know"),
        ("schema=public", "has the parameter 'schema', which libpq does not know"),
        ("pool_size=5", "has the parameter 'pool_size', which libpq does not know"),
        ("sslmode=require&sslmode=disable", "has the parameter sslmode twice: write it once"),
        ("target_session_attrs=primry", 'invalid target_session_attrs value: "primry"'),
        ("channel_binding=yes", 'invalid channel_binding value: "yes"'),
        ("gssencmode=on", 'invalid gssencmode value: "on"'),
        ("ssl_min_protocol_version=1.2", 'invalid "ssl_min_protocol_version" value: "1.2"'),
        ("require_auth=scram", 'invalid require_auth value: "scram"'),
        ("load_balance_hosts=yes", 'invalid load_balance_hosts value: "yes"'),
        ("sslrootcert=system&sslmode=require", 'weak sslmode "require" may not be used with sslrootcert=sys'),
        ("service=nosuch", 'definition of service "nosuch" not found'),
        ("connect_timeout=5s", "has connect_timeout=5s: it must be an integer"),
        ("keepalives=on", "has keepalives=on: it must be an integer"),
        ("replication=database", "has replication=database: it must be 0, off, false, no"),
        ("options=search_path%3Dpublic", "has options=search_path=public: write -c NAME=VALUE"),
        ("hostaddr=db.example", "has hostaddr=db.example: it must be an IP address; for a name, use host"),
        ("sslrootcert=/nonexistent.pem", "has a parameter sslrootcert that must be the path of a file that"),
    ],
)
def test_an_impossible_parameter_is_refused(
    monkeypatch: pytest.MonkeyPatch, query: str, problem: str
) -> None:
    error = error_of(monkeypatch, query)

    assert error.startswith("DATABASE_URL: has ")
    assert problem in error
    assert "s3cret" not in error


def test_a_password_may_contain_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:pa?ss=word@h/d")

    assert database_url(load(DatabaseSettings)).password == "pa?ss=word"


@pytest.mark.parametrize(
    "query",
    [
        "sslmode=require",
        "sslmode=",
        "host=a&host=b&port=1&port=2",
        "hostaddr=127.0.0.1,::1",
        "sslmode=verify-full&sslrootcert=system",
        "target_session_attrs=read-write&connect_timeout=5&keepalives_idle=30",
        "options=-c%20search_path%3Dsensors",
        "application_name=a%20b%27c%5C",
        "channel_binding=prefer&gssencmode=disable&sslcertmode=allow&sslsni=1",
    ],
)
def test_a_possible_parameter_is_accepted(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:p@h/d?{query}")

    assert load(DatabaseSettings).database_url


def test_an_impossible_variable_of_libpq_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "maybe")

    with pytest.raises(ConfigurationError, match=r'PGSSLMODE has a value .*"maybe".*: correct it, or unset'):
        load(DatabaseSettings)


def test_the_check_does_not_need_the_name_of_the_process_s_user(monkeypatch: pytest.MonkeyPatch) -> None:
    # In a container, the user has a number and no name. libpq looks it up unless a user is given.
    connect, given = pq.PGconn.connect_start, []

    class Recording:
        @staticmethod
        def connect_start(text: bytes) -> PGconn:
            given.append(text)
            return connect(text)

    monkeypatch.setattr("db.url_parameters.pq.PGconn", Recording)
    load(DatabaseSettings, database_url="postgresql://u:p@h/d")

    assert given
    assert all(b"user='" in text for text in given)
