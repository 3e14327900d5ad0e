"""TLS to the broker and the database: a certificate is verified, and its rejection is reported."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from db.errors import StoreUnavailable
from db.queries.server import Server
from db.settings import DatabaseSettings
from messaging.amqp.connection import close_quietly, connect
from messaging.errors import BrokerUnavailable
from messaging.management.client import Management, ManagementUnavailable
from messaging.settings import BrokerSettings
from runtime.errors import ConfigurationError
from runtime.settings import load
from tests.broker import QUEUE, RabbitMQ, VirtualHost
from tests.database import Database, Postgres
from tests.processes import processes
from tests.readings import reading
from tests.tls import HOST, Certificate, CertificateAuthority, server_context, tls_proxy
from tests.waiting import DEADLINE_SECONDS, eventually

StartProxy = Callable[..., int]


class ExpiredProxy(NamedTuple):
    """Starts proxies with an expired certificate of this authority."""

    authority: CertificateAuthority
    start: StartProxy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder: Path) -> CertificateAuthority:
    return CertificateAuthority(folder, "authority")


@pytest.fixture(scope="module")
def other_authority(folder: Path) -> CertificateAuthority:
    return CertificateAuthority(folder, "other authority")


@pytest.fixture(scope="module")
def certificate(authority: CertificateAuthority) -> Certificate:
    return authority.issue(HOST)


@pytest.fixture
def start_proxy(certificate: Certificate) -> Iterator[StartProxy]:
    """Start a TLS proxy to the server of a URL; return its port."""
    with proxies(certificate) as start:
        yield start


@pytest.fixture
def expired(tmp_path: Path) -> Iterator[ExpiredProxy]:
    """Start a TLS proxy whose certificate has expired."""
    authority = CertificateAuthority(tmp_path, "authority")
    with proxies(authority.issue(HOST, days=-1)) as start:
        yield ExpiredProxy(authority, start)


@contextmanager
def proxies(certificate: Certificate) -> Iterator[StartProxy]:
    with ExitStack() as started:

        def start(url: str, *, clients: CertificateAuthority | None = None, postgres: bool = False) -> int:
            context = server_context(certificate, clients)
            return started.enter_context(tls_proxy(server_address(url), context, postgres=postgres))

        yield start


def server_address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def replace_server(url: str, port: int, host: str = HOST) -> str:
    """Return the URL with another host and port."""
    login, _, _ = urlsplit(url).netloc.rpartition("@")
    return urlsplit(url)._replace(netloc=f"{login}@{host}:{port}").geturl()


def log_in(url: str, **files: str) -> None:
    close_quietly(connect(load(BrokerSettings, rabbitmq_url=url, **files).amqp_url, "test"))


def query_database(url: str, **variables: str) -> bool:
    """Connect to the database and run a query."""
    with closing(Server(load(DatabaseSettings, database_url=url, **variables))) as server:
        return bool(server.time())


def test_a_consumer_works_with_tls_to_both_servers(
    broker: VirtualHost,
    database: Database,
    start_proxy: StartProxy,
    authority: CertificateAuthority,
    tmp_path: Path,
) -> None:
    # given variables with an authority and without amqps:// or sslmode
    variables = {
        "RABBITMQ_URL": replace_server(broker.url, start_proxy(broker.url)),
        "RABBITMQ_TLS_CA": authority.file,
        "DATABASE_URL": replace_server(database.url, start_proxy(database.url, postgres=True)),
        "POSTGRES_SSLROOTCERT": authority.file,
    }
    with processes(tmp_path, variables) as run:
        consumer = run.start_consumer()
        # when a reading and an invalid message are published
        broker.publish(reading("1"))
        broker.publish("rubbish")
        # then one is stored and the other is dead-lettered
        consumer.wait_for_event("dead-lettered")
        eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the reading is stored")
        assert consumer.stop() == 0
    assert broker.ready(QUEUE) == 0


class TestBroker:
    def test_the_systems_own_authorities_do_not_trust_the_certificate(
        self, broker: VirtualHost, start_proxy: StartProxy
    ) -> None:
        url = replace_server(broker.url, start_proxy(broker.url)).replace("amqp://", "amqps://")

        with pytest.raises(BrokerUnavailable, match="the broker's certificate is rejected"):
            log_in(url)

    def test_a_certificate_of_another_authority_is_rejected(
        self, broker: VirtualHost, start_proxy: StartProxy, other_authority: CertificateAuthority
    ) -> None:
        with pytest.raises(BrokerUnavailable, match="the broker's certificate is rejected"):
            log_in(replace_server(broker.url, start_proxy(broker.url)), rabbitmq_tls_ca=other_authority.file)

    def test_an_expired_certificate_is_rejected(self, broker: VirtualHost, expired: ExpiredProxy) -> None:
        url = replace_server(broker.url, expired.start(broker.url))

        with pytest.raises(BrokerUnavailable, match="certificate is rejected: certificate has expired"):
            log_in(url, rabbitmq_tls_ca=expired.authority.file)

    def test_another_host_name_is_rejected(
        self, broker: VirtualHost, start_proxy: StartProxy, authority: CertificateAuthority
    ) -> None:
        with pytest.raises(BrokerUnavailable, match=r"not valid for '127\.0\.0\.1'"):
            log_in(
                replace_server(broker.url, start_proxy(broker.url), "127.0.0.1"),
                rabbitmq_tls_ca=authority.file,
            )

    def test_a_client_presents_its_certificate(
        self, broker: VirtualHost, start_proxy: StartProxy, authority: CertificateAuthority
    ) -> None:
        url = replace_server(broker.url, start_proxy(broker.url, clients=authority))
        client = authority.issue("sensor")
        log_in(
            url,
            rabbitmq_tls_ca=authority.file,
            rabbitmq_tls_cert=str(client.certificate),
            rabbitmq_tls_key=str(client.key),
        )

        with pytest.raises(BrokerUnavailable):
            log_in(url, rabbitmq_tls_ca=authority.file)

    def test_plain_text_to_a_tls_port_is_reported(self, broker: VirtualHost, start_proxy: StartProxy) -> None:
        with pytest.raises(BrokerUnavailable, match="require TLS or a client certificate"):
            log_in(replace_server(broker.url, start_proxy(broker.url)))

    def test_tls_to_a_plain_text_port_is_reported(
        self, broker: VirtualHost, authority: CertificateAuthority
    ) -> None:
        with pytest.raises(BrokerUnavailable, match="does not speak TLS on this port"):
            log_in(broker.url, rabbitmq_tls_ca=authority.file)

    def test_a_certificate_file_deleted_after_startup_means_unavailable(
        self, broker: VirtualHost, other_authority: CertificateAuthority, tmp_path: Path
    ) -> None:
        file = tmp_path / "ca.pem"
        file.write_text(Path(other_authority.file).read_text())
        url = load(BrokerSettings, rabbitmq_url=broker.url, rabbitmq_tls_ca=str(file)).amqp_url
        file.unlink()

        with pytest.raises(BrokerUnavailable, match="No such file"):
            connect(url, "test")

    def test_the_certificate_of_the_management_api_is_verified(
        self,
        rabbitmq: RabbitMQ,
        broker: VirtualHost,
        start_proxy: StartProxy,
        authority: CertificateAuthority,
        other_authority: CertificateAuthority,
    ) -> None:
        url = f"https://{HOST}:{start_proxy(rabbitmq.management_url)}"

        def version(trusted: CertificateAuthority) -> str:
            settings = load(
                BrokerSettings,
                rabbitmq_url=broker.url,
                rabbitmq_management_url=url,
                rabbitmq_tls_ca=trusted.file,
            )
            return Management(settings).version()

        assert version(authority)
        with pytest.raises(ManagementUnavailable, match="certificate verify failed"):
            version(other_authority)


class TestDatabase:
    def test_an_authority_alone_enables_full_verification(
        self, database: Database, start_proxy: StartProxy, authority: CertificateAuthority
    ) -> None:
        port = start_proxy(database.url, postgres=True)
        assert query_database(replace_server(database.url, port), postgres_sslrootcert=authority.file)

        with pytest.raises(StoreUnavailable, match=r'does not match host name "127\.0\.0\.1"'):
            query_database(
                replace_server(database.url, port, "127.0.0.1"), postgres_sslrootcert=authority.file
            )

    def test_a_certificate_of_another_authority_is_rejected(
        self, database: Database, start_proxy: StartProxy, other_authority: CertificateAuthority
    ) -> None:
        with pytest.raises(StoreUnavailable, match="certificate verify failed"):
            query_database(
                replace_server(database.url, start_proxy(database.url, postgres=True)),
                postgres_sslrootcert=other_authority.file,
            )

    def test_an_expired_certificate_is_rejected(self, database: Database, expired: ExpiredProxy) -> None:
        url = replace_server(database.url, expired.start(database.url, postgres=True))

        with pytest.raises(StoreUnavailable, match="certificate has expired, or was issued by another"):
            query_database(url, postgres_sslrootcert=expired.authority.file)

    def test_a_server_without_the_required_tls_is_reported(self, postgres: Postgres) -> None:
        with pytest.raises(StoreUnavailable, match="server does not support SSL, but SSL was required"):
            query_database(postgres.url, postgres_sslmode="require")

    def test_the_url_overrides_the_ssl_mode(self, database: Database, start_proxy: StartProxy) -> None:
        url = replace_server(database.url, start_proxy(database.url, postgres=True), "127.0.0.1")

        assert query_database(f"{url}?sslmode=require", postgres_sslmode="verify-full")


class TestVariables:
    @pytest.mark.parametrize(
        "name", ["rabbitmq_tls_ca", "postgres_sslrootcert", "postgres_sslcert", "postgres_sslkey"]
    )
    def test_a_missing_file_is_reported(self, name: str) -> None:
        settings = BrokerSettings if name.startswith("rabbitmq") else DatabaseSettings

        with pytest.raises(ConfigurationError, match=f"{name.upper()}.*No such file or directory"):
            load(settings, **{name: "/missing"})

    def test_a_key_given_instead_of_its_path_is_not_shown(self, certificate: Certificate) -> None:
        key = certificate.key.read_text()

        with pytest.raises(ConfigurationError) as error:
            load(DatabaseSettings, postgres_sslkey=key)

        assert key.splitlines()[1] not in str(error.value)

    def test_files_that_do_not_match_are_reported(
        self, authority: CertificateAuthority, certificate: Certificate
    ) -> None:
        files = {"rabbitmq_tls_ca": authority.file, "rabbitmq_tls_cert": str(certificate.certificate)}

        with pytest.raises(ConfigurationError, match="belong together"):
            load(BrokerSettings, **files)
        with pytest.raises(ConfigurationError, match="must be PEM files that fit together"):
            load(BrokerSettings, **files, rabbitmq_tls_key=str(authority.own.key))
        with pytest.raises(ConfigurationError, match="must be PEM files"):
            load(BrokerSettings, rabbitmq_tls_ca=str(certificate.key))

    def test_with_tls_the_default_port_is_5671(self, authority: CertificateAuthority) -> None:
        assert load(BrokerSettings, rabbitmq_tls_ca=authority.file).rabbitmq_port == 5671
        settings = load(BrokerSettings, rabbitmq_tls_ca=authority.file, rabbitmq_port=5999)
        assert settings.amqp_url.startswith("amqps://sensors:sensors@127.0.0.1:5999/")
