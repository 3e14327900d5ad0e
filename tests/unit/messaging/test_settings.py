"""Settings of the broker: single variables, URLs that override them, and invalid values."""

from urllib.parse import unquote, urlsplit

import pika
import pytest

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from runtime.errors import ConfigurationError
from runtime.settings import load


def test_the_default_is_the_local_broker() -> None:
    settings = load(BrokerSettings)

    assert settings.amqp_url == "amqp://sensors:sensors@127.0.0.1:5672/%2F"
    assert settings.queue_name == "sensor_data"


@pytest.mark.parametrize("awkward", ["a/b@c:d#e", "100%", "ü ?&=", "plain"])
def test_special_characters_are_quoted_in_the_url(monkeypatch: pytest.MonkeyPatch, awkward: str) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "rabbitmq")
    monkeypatch.setenv("RABBITMQ_PORT", "5675")
    monkeypatch.setenv("RABBITMQ_USER", awkward)
    monkeypatch.setenv("RABBITMQ_PASS", awkward)
    monkeypatch.setenv("RABBITMQ_VHOST", awkward)

    url = load(BrokerSettings).amqp_url

    parts, parameters = urlsplit(url), pika.URLParameters(url)
    assert (parts.hostname, parts.port, unquote(parts.password or "")) == ("rabbitmq", 5675, awkward)
    assert (parameters.credentials.username, parameters.credentials.password) == (awkward, awkward)
    assert parameters.virtual_host == awkward


@pytest.mark.parametrize("variable", ["RABBITMQ_URL", "AMQP_URL"])
def test_a_url_overrides_the_single_variables(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "elsewhere")
    monkeypatch.setenv(variable, "amqps://u:p@broker:5671/v")

    assert load(BrokerSettings).amqp_url == "amqps://u:p@broker:5671/v"


def test_rabbitmq_url_overrides_amqp_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://second/")
    monkeypatch.setenv("RABBITMQ_URL", "amqp://first/")

    assert load(BrokerSettings).amqp_url == "amqp://first/"


@pytest.mark.parametrize(
    ("hosts", "listed"),
    [
        ("a,b,c", "a:5671,b:5671,c:5671"),
        ("a:5672, b", "a:5672,b:5671"),
        ("::1,[::2]:5673", "[::1]:5671,[::2]:5673"),
    ],
)
def test_hosts_have_a_port_of_their_own_or_the_default(
    monkeypatch: pytest.MonkeyPatch, hosts: str, listed: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", hosts)
    monkeypatch.setenv("RABBITMQ_PORT", "5671")

    assert load(BrokerSettings).amqp_url == f"amqp://sensors:sensors@{listed}/%2F"


@pytest.mark.parametrize(
    "url",
    [
        "amqp://u:p@a:5672,b/v?heartbeat=7",
        "amqp://u:p@a:5672/v?heartbeat=7,amqp://u:p@b/v?heartbeat=7",
        "amqp://u:p@a:5672/v?heartbeat=7 , amqp://u:p@b/v?heartbeat=7",
    ],
)
def test_a_url_lists_hosts_and_several_urls_are_one(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("RABBITMQ_URL", url)

    assert load(BrokerSettings).amqp_url == "amqp://u:p@a:5672,b/v?heartbeat=7"


@pytest.mark.parametrize(
    "url",
    [
        "amqp://u:s3cret@a/v,amqp://u:s3cret@b/w",
        "amqp://u:s3cret@a/v,amqp://x:s3cret@b/v",
        "amqp://u:s3cret@a/v,amqps://u:s3cret@b/v",
        "amqp://u:s3cret@a:5672,u:s3cret@b:5672/v",
        "amqp://u:s3cret@a,,b/v",
    ],
)
def test_a_list_of_hosts_that_can_be_read_in_two_ways_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("RABBITMQ_URL", url)

    with pytest.raises(ConfigurationError, match="must list several hosts with user, password,") as caught:
        load(BrokerSettings)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("heartbeat=often", "Invalid heartbeat value 'often'"),
        ("heartbeats=30", "Unknown URL parameter: 'heartbeats'"),
        ("heartbeat=30&heartbeat=60", "Expected exactly one value for URL parameter heartbeat"),
        ("ssl_options=(", "'(' was never closed"),
        ("ssl_options={'ca_certs':'/nonexistent.pem'}", "No such file or directory"),
    ],
)
def test_an_impossible_parameter_is_refused(
    monkeypatch: pytest.MonkeyPatch, query: str, problem: str
) -> None:
    monkeypatch.setenv("AMQP_URL", f"amqps://u:s3cret@broker/v?{query}")

    with pytest.raises(ConfigurationError, match="has a parameter that cannot be used: ") as caught:
        load(BrokerSettings)

    assert problem in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("variable", ["RABBITMQ_URL", "AMQP_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://u:s3cret@broker/",
        "broker",
        "amqp://u:s3/cret@broker:5672/",
        "amqp://u:s3cret@broker:port/",
        "amqp://u:12?s3cret@broker/",
        "amqp://u:12#s3cret@broker/",
        "amqp://[u:s3cret@broker/",
        "amqp://u:s3cret@a..b/",
        "amqp://u:s3cret@a,b c/",
    ],
)
def test_an_invalid_url_is_rejected_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, url: str
) -> None:
    monkeypatch.setenv(variable, url)

    with pytest.raises(ConfigurationError, match=r"must look like amqp://user:password@host") as caught:
        load(BrokerSettings)

    assert str(caught.value).startswith(variable)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1"])
@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("RABBITMQ_URL", "amqp://u:12345@broker:{}/"),
        ("DATABASE_URL", "postgresql://u:12345@h:{}/d"),
        ("DATABASE_URL", "postgresql://u:12345@[::1]:{}/d"),
        ("DATABASE_URL", "postgresql://u:12345@h/d?port={}"),
        ("DATABASE_URL", "postgresql://u:12345@/d?host=a:5432&host=b:{}"),
    ],
)
def test_a_port_that_does_not_exist_is_rejected(
    monkeypatch: pytest.MonkeyPatch, variable: str, url: str, port: str
) -> None:
    settings = DatabaseSettings if variable == "DATABASE_URL" else BrokerSettings
    monkeypatch.setenv(variable, url.format(port))

    with pytest.raises(ConfigurationError, match=f"^{variable}: must have a port from 1 to 65535$"):
        load(settings)

    monkeypatch.setenv(variable, url.format(5999))
    load(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RABBITMQ_PORT", "0"),
        ("RABBITMQ_PORT", "65536"),
        ("RABBITMQ_PORT", "amqp"),
        ("QUEUE_NAME", "a\nb"),
        ("QUEUE_NAME", "amq.heat"),
        ("QUEUE_NAME", "x" * 201),
    ],
)
def test_the_error_of_an_invalid_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as caught:
        load(BrokerSettings)

    assert str(caught.value).startswith(f"{variable} is {value!r}: ")


def test_the_repr_of_the_settings_has_no_password() -> None:
    settings = BrokerSettings(rabbitmq_pass="s3cret", rabbitmq_url="amqp://u:s3cret@h/")

    assert "s3cret" not in repr(settings)
