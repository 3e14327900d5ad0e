"""Any value of any variable is accepted or refused with a message that names the variable."""

from contextlib import suppress

import httpx2
import pika
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.settings import AlerterSettings
from dashboard.settings import DashboardSettings
from db.__main__ import MigrationSettings
from db.engine import make_engine
from db.settings import DatabaseSettings
from messaging.amqp.hosts import split_hosts
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from messaging.topology import Topology
from monitoring.discovery import build_discoveries
from native.settings import StackSettings
from pipeline.settings import PipelineSettings
from runtime.errors import ConfigurationError
from runtime.settings import Settings, load
from sensor.settings import SensorSettings
from sensorctl.settings import OperatorSettings, SetupSettings

CLASSES = (
    AlerterSettings, DashboardSettings, MigrationSettings, OperatorSettings, PipelineSettings, SensorSettings,
    SetupSettings, StackSettings,
)  # fmt: skip
HOSTS = (
    "localhost", "127.0.0.1", "::1", "[::1]", "[::1", "fe80::1%eth0", "a..b", "bücher.example", "a,b",
    "a:1,[::1]:2",
)  # fmt: skip
FRAGMENTS = (
    *HOSTS, *"/:@[]?#%,;=& \t\n\x7f\u2028é\udce9温",
    "amqp://", "amqps://", "http://", "https://", "postgresql://", "postgres://", "user:pa$s@", ":5672", ":0",
    "0", "-1", "1", "1e999", "nan", "inf", "0x10", "1_000", "99999999999999999999", "true", "celsius", "UTC",
    "Europe/Berlin", "../../etc/passwd", "/dev/null", "~", "~-", "compose", "replay:", "%zz", "x" * 300,
)  # fmt: skip
VALUES = st.lists(st.sampled_from(FRAGMENTS), max_size=5).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)


def use(settings: Settings) -> None:
    """Derive from the settings what the services do before they connect."""
    if isinstance(settings, BrokerSettings):
        for url in split_hosts(settings.amqp_url):
            pika.URLParameters(url)
        Topology(settings.queue_name)
        Management(settings)
        for url in settings.management_urls:
            httpx2.Request("GET", url + "/api/overview")
    if isinstance(settings, DatabaseSettings):
        engine = make_engine(settings, name="fuzz")
        engine.url.translate_connect_args()
        engine.dispose()
    for name, member in vars(type(settings)).items():
        if isinstance(member, property):
            getattr(settings, name)
    with suppress(AttributeError):
        build_discoveries(settings.services)  # type: ignore[attr-defined]


@pytest.mark.parametrize("settings", CLASSES)
@given(data=st.data())
def test_any_value_is_accepted_or_refused(settings: type[Settings], data: st.DataObject) -> None:
    variable = data.draw(st.sampled_from(sorted(settings.model_fields))).upper()
    check(settings, variable, data.draw(VALUES))


@pytest.mark.parametrize("value", ["[::1]", "\udce9", "a b", "¹", "http://rabbitmq", "rabbitmq:5672"])
def test_a_host(value: str) -> None:
    check(OperatorSettings, "RABBITMQ_HOST", value)
    check(OperatorSettings, "POSTGRES_HOST", value)


def check(settings: type[Settings], variable: str, value: str) -> None:
    message = ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, value)
        try:
            use(load(settings))
        except ConfigurationError as error:
            message = str(error)
    # RABBITMQ_…_USER and POSTGRES_…_USER stand for all names that must differ.
    names = (variable, "_…_USER", variable.removesuffix("_CERT").removesuffix("_KEY"))
    assert not message or any(name in message for name in names), message
    assert "Input should" not in message


def test_a_home_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOX_PATH", "~-/outbox.sqlite3")

    with pytest.raises(ConfigurationError, match=r"OUTBOX_PATH is .*: begins with ~"):
        load(SensorSettings)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("HTTP_PORT", "http", "HTTP_PORT is 'http': must be a whole number"),
        ("HTTP_PORT", "70000", "HTTP_PORT is '70000': must be at most 65535"),
        ("CONNECT_TIMEOUT_SECONDS", "-1", "CONNECT_TIMEOUT_SECONDS is '-1': must be at least 0"),
        ("CONNECT_TIMEOUT_SECONDS", "nan", "CONNECT_TIMEOUT_SECONDS is 'nan': must be a finite number"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml': must be 'console' or 'json'"),
        (
            "DASHBOARD_ANONYMOUS_VIEW",
            "no",
            "DASHBOARD_ANONYMOUS_VIEW is 'no': must be 'auto', 'always' or 'never'",
        ),
        ("QUEUE_NAME", "a\tb", "QUEUE_NAME is 'a\\tb': must not contain control characters"),
        ("RABBITMQ_HOST", "rabbitmq:amqp", "RABBITMQ_HOST is 'rabbitmq:amqp': must be a host name or an IP"),
        (
            "RABBITMQ_HOST",
            "a,,b",
            "RABBITMQ_HOST is 'a,,b': must be a host name or an IP address, or several",
        ),
        ("RABBITMQ_HOST", "a,b:0", "RABBITMQ_HOST is 'a,b:0': must have a port from 1 to 65535"),
        ("RABBITMQ_MANAGEMENT_URL", "rabbitmq", "RABBITMQ_MANAGEMENT_URL is 'rabbitmq': must be an http"),
        ("POSTGRES_HOST", "db example", "POSTGRES_HOST is 'db example': must be a host name or an IP"),
    ],
)
def test_a_message_is_in_the_words_of_the_user(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as raised:
        load(DashboardSettings)

    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("host", ["[::1]", "::1"])
def test_an_ipv6_address_is_in_brackets_in_urls(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", host)
    settings = load(OperatorSettings)

    assert settings.amqp_url == "amqp://sensors:sensors@[::1]:5672/%2F"
    assert settings.management_urls == ["http://[::1]:15672"]


@pytest.mark.parametrize("hosts", ["a,b", "/var/run/postgresql", "[::1],db"])
def test_postgresql_has_several_hosts_or_a_socket(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST", hosts)

    assert load(OperatorSettings).postgres_host == hosts.replace("[", "").replace("]", "")
