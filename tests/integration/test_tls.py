"""TLS to the broker and the database: the right certificate opens, a wrong one is refused in words."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from db.errors import StoreUnavailable
from db.queries.summary import Summary
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
from tests.tls import HOST, Authority, Certificate, server_context, tls_proxy
from tests.waiting import DEADLINE_SECONDS, eventually

Front = Callable[..., int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder, "authority")


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    return Authority(folder, "stranger")


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue(HOST)


@pytest.fixture
def front(certificate: Certificate) -> Iterator[Front]:
    """Puts a TLS listener in front of the server of an address; gives its port."""
    with ExitStack() as fronts:

        def make(url: str, *, clients: Authority | None = None, postgres: bool = False) -> int:
            context = server_context(certificate, clients)
            return fronts.enter_context(tls_proxy(address_of(url), context, postgres=postgres))

        yield make


def address_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def moved(url: str, port: int, host: str = HOST) -> str:
    """The same address with another host and port."""
    login, _, _ = urlsplit(url).netloc.rpartition("@")
    return urlsplit(url)._replace(netloc=f"{login}@{host}:{port}").geturl()


def log_in(url: str, **files: str) -> None:
    close_quietly(connect(load(BrokerSettings, rabbitmq_url=url, **files).amqp_url, "test"))


def ask(url: str, **more: str) -> bool:
    """Whether the database's own end of the connection is there."""
    summary = Summary(load(DatabaseSettings, database_url=url, **more))
    try:
        return bool(summary.server_time())
    finally:
        summary.close()


def test_a_consumer_works_with_both_ends_encrypted(
    broker: VirtualHost, database: Database, front: Front, authority: Authority, tmp_path: Path
) -> None:
    # given variables with an authority and without amqps:// or sslmode
    variables = {
        "RABBITMQ_URL": moved(broker.url, front(broker.url)),
        "RABBITMQ_TLS_CA": authority.file,
        "DATABASE_URL": moved(database.url, front(database.url, postgres=True)),
        "POSTGRES_SSLROOTCERT": authority.file,
    }
    with processes(tmp_path, variables) as run:
        consumer = run.start_consumer()
        # when a reading and rubbish come
        broker.publish(reading("1"))
        broker.publish("rubbish")
        # then both go their way
        consumer.wait_for_event("dead-lettered")
        eventually(lambda: database.count() == 1, DEADLINE_SECONDS, "the reading is stored")
        assert consumer.stop() == 0
    assert broker.ready(QUEUE) == 0


class TestBroker:
    def test_the_machines_own_authorities_do_not_know_it(self, broker: VirtualHost, front: Front) -> None:
        url = moved(broker.url, front(broker.url)).replace("amqp://", "amqps://")

        with pytest.raises(BrokerUnavailable, match="the broker's certificate is rejected"):
            log_in(url)

    def test_another_authority_is_refused(
        self, broker: VirtualHost, front: Front, stranger: Authority
    ) -> None:
        with pytest.raises(BrokerUnavailable, match="the broker's certificate is rejected"):
            log_in(moved(broker.url, front(broker.url)), rabbitmq_tls_ca=stranger.file)

    def test_another_host_name_is_refused(
        self, broker: VirtualHost, front: Front, authority: Authority
    ) -> None:
        with pytest.raises(BrokerUnavailable, match=r"not valid for '127\.0\.0\.1'"):
            log_in(moved(broker.url, front(broker.url), "127.0.0.1"), rabbitmq_tls_ca=authority.file)

    def test_a_client_shows_its_own_certificate(
        self, broker: VirtualHost, front: Front, authority: Authority
    ) -> None:
        url, own = moved(broker.url, front(broker.url, clients=authority)), authority.issue("sensor")
        log_in(
            url,
            rabbitmq_tls_ca=authority.file,
            rabbitmq_tls_cert=str(own.certificate),
            rabbitmq_tls_key=str(own.key),
        )

        with pytest.raises(BrokerUnavailable):
            log_in(url, rabbitmq_tls_ca=authority.file)

    def test_plain_text_to_a_port_of_tls_is_told(self, broker: VirtualHost, front: Front) -> None:
        with pytest.raises(BrokerUnavailable, match="does it want TLS"):
            log_in(moved(broker.url, front(broker.url)))

    def test_tls_to_a_port_of_plain_text_is_told(self, broker: VirtualHost, authority: Authority) -> None:
        with pytest.raises(BrokerUnavailable, match="does not speak TLS on this port"):
            log_in(broker.url, rabbitmq_tls_ca=authority.file)

    def test_a_file_that_was_taken_away_since_is_an_outage(
        self, broker: VirtualHost, stranger: Authority, tmp_path: Path
    ) -> None:
        file = tmp_path / "ca.pem"
        file.write_text(Path(stranger.file).read_text())
        url = load(BrokerSettings, rabbitmq_url=broker.url, rabbitmq_tls_ca=str(file)).amqp_url
        file.unlink()

        with pytest.raises(BrokerUnavailable, match="No such file"):
            connect(url, "test")

    def test_the_management_api_is_verified_too(
        self, rabbitmq: RabbitMQ, broker: VirtualHost, front: Front, authority: Authority, stranger: Authority
    ) -> None:
        url = f"https://{HOST}:{front(rabbitmq.management_url)}"

        def version(trusted: Authority) -> str:
            settings = load(
                BrokerSettings,
                rabbitmq_url=broker.url,
                rabbitmq_management_url=url,
                rabbitmq_tls_ca=trusted.file,
            )
            return Management(settings).version()

        assert version(authority)
        with pytest.raises(ManagementUnavailable, match="certificate verify failed"):
            version(stranger)


class TestDatabase:
    def test_the_authority_alone_asks_for_everything(
        self, database: Database, front: Front, authority: Authority
    ) -> None:
        port = front(database.url, postgres=True)
        assert ask(moved(database.url, port), postgres_sslrootcert=authority.file)

        with pytest.raises(StoreUnavailable, match=r'does not match host name "127\.0\.0\.1"'):
            ask(moved(database.url, port, "127.0.0.1"), postgres_sslrootcert=authority.file)

    def test_another_authority_is_refused(
        self, database: Database, front: Front, stranger: Authority
    ) -> None:
        with pytest.raises(StoreUnavailable, match="certificate verify failed"):
            ask(moved(database.url, front(database.url, postgres=True)), postgres_sslrootcert=stranger.file)

    def test_a_server_without_tls_is_told_where_it_is_required(self, postgres: Postgres) -> None:
        with pytest.raises(StoreUnavailable, match="server does not support SSL, but SSL was required"):
            ask(postgres.url, postgres_sslmode="require")

    def test_the_address_may_say_otherwise(self, database: Database, front: Front) -> None:
        url = moved(database.url, front(database.url, postgres=True), "127.0.0.1")

        assert ask(f"{url}?sslmode=require", postgres_sslmode="verify-full")


class TestVariables:
    @pytest.mark.parametrize(
        "name", ["rabbitmq_tls_ca", "postgres_sslrootcert", "postgres_sslcert", "postgres_sslkey"]
    )
    def test_a_file_that_is_not_there_is_told(self, name: str) -> None:
        settings = BrokerSettings if name.startswith("rabbitmq") else DatabaseSettings

        with pytest.raises(ConfigurationError, match=f"{name.upper()}.*No such file or directory"):
            load(settings, **{name: "/nowhere"})

    def test_a_key_that_was_given_instead_of_its_path_is_not_shown(self, certificate: Certificate) -> None:
        key = certificate.key.read_text()

        with pytest.raises(ConfigurationError) as error:
            load(DatabaseSettings, postgres_sslkey=key)

        assert key.splitlines()[1] not in str(error.value)

    def test_files_that_do_not_fit_are_told(self, authority: Authority, certificate: Certificate) -> None:
        files = {"rabbitmq_tls_ca": authority.file, "rabbitmq_tls_cert": str(certificate.certificate)}

        with pytest.raises(ConfigurationError, match="belong together"):
            load(BrokerSettings, **files)
        with pytest.raises(ConfigurationError, match="must be PEM files that fit together"):
            load(BrokerSettings, **files, rabbitmq_tls_key=str(authority.own.key))
        with pytest.raises(ConfigurationError, match="must be PEM files"):
            load(BrokerSettings, rabbitmq_tls_ca=str(certificate.key))

    def test_the_port_of_tls_is_the_default_then(self, authority: Authority) -> None:
        assert load(BrokerSettings, rabbitmq_tls_ca=authority.file).rabbitmq_port == 5671
        chosen = load(BrokerSettings, rabbitmq_tls_ca=authority.file, rabbitmq_port=5999)
        assert chosen.amqp_url.startswith("amqps://sensors:sensors@127.0.0.1:5999/")
