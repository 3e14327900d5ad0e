"""The database's URL, and a database that cannot be reached."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import make_url

from db.engine import database_url
from db.errors import StoreUnavailable
from db.migrate import current_version, newest_version, upgrade
from db.queries.summary import Summary
from db.settings import DatabaseSettings
from db.store import Store
from runtime.errors import ConfigurationError
from runtime.settings import load
from tests.unit.fakes import READING

DRIVER = "postgresql+psycopg"


def test_the_default_is_the_local_database() -> None:
    assert database_url(load(DatabaseSettings)) == make_url(
        f"{DRIVER}://sensors:sensors@127.0.0.1:5432/sensors"
    )


def test_special_characters_are_passed_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_USER", "a/b@c")
    monkeypatch.setenv("POSTGRES_PASSWORD", "p:/@#?%")
    monkeypatch.setenv("POSTGRES_DB", "d/e")

    url = database_url(load(DatabaseSettings))

    assert (url.username, url.password, url.database) == ("a/b@c", "p:/@#?%", "d/e")
    assert make_url(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", DRIVER])
def test_a_url_takes_precedence_with_each_scheme(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "elsewhere")
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p%2F@h:5435/d?sslmode=require")

    assert database_url(load(DatabaseSettings)) == make_url(f"{DRIVER}://u:p%2F@h:5435/d?sslmode=require")


def test_the_host_may_be_a_socket_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///d?host=/run/postgresql")

    assert database_url(load(DatabaseSettings)).query["host"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:s3cret@h/d",
        "u:s3cret@h/d",
        "postgresql://u:p@h:s3cret/d",
        "postgresql+asyncpg://u:s3cret@h/d",
    ],
)
def test_an_invalid_url_is_rejected_without_being_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ConfigurationError, match="must look like postgresql://user:password@") as caught:
        load(DatabaseSettings)

    assert "s3cret" not in str(caught.value)


@pytest.fixture
def unreachable(closed_port: int) -> DatabaseSettings:
    """Settings with a port on which no database listens."""
    return DatabaseSettings(postgres_port=closed_port, postgres_password="s3cret")


def with_summary(use: Callable[[Summary], Any]) -> Callable[[DatabaseSettings], Any]:
    def call(settings: DatabaseSettings) -> None:
        summary = Summary(settings)
        try:
            use(summary)
        finally:
            summary.close()

    return call


def with_store(use: Callable[[Store], Any]) -> Callable[[DatabaseSettings], Any]:
    def call(settings: DatabaseSettings) -> None:
        store = Store(settings, name="test")
        try:
            use(store)
        finally:
            store.close()

    return call


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(with_store(lambda store: store.check()), id="check"),
        pytest.param(with_store(lambda store: store.save([READING])), id="save"),
        pytest.param(with_summary(lambda summary: summary.sensors()), id="sensors"),
        pytest.param(with_summary(lambda summary: summary.overall()), id="overall"),
        pytest.param(with_summary(lambda summary: summary.time_shifts()), id="clock"),
        pytest.param(upgrade, id="upgrade"),
        pytest.param(current_version, id="version"),
    ],
)
def test_an_unreachable_database_is_unavailable(
    unreachable: DatabaseSettings, call: Callable[[DatabaseSettings], Any]
) -> None:
    with pytest.raises(StoreUnavailable, match="Connection refused") as caught:
        call(unreachable)

    assert "s3cret" not in str(caught.value)


def test_the_newest_version_is_known_without_a_database() -> None:
    assert newest_version() >= "0001"
