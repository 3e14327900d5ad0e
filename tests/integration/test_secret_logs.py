"""No process logs a password, whatever fails, at the most verbose log level."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.broker import RabbitMQ
from tests.database import Postgres
from tests.processes import Process, Processes, processes
from tests.waiting import DEADLINE_SECONDS, eventually

PASSWORD = "Recogn1sable/p@ss:w#rd"
ENCODED = quote(PASSWORD, safe="")
USER = "test-user"
SECRETS = (
    PASSWORD,
    ENCODED,
    repr(PASSWORD)[1:-1],
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
    base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode(),
    "p@ss",  # the part that remains when a parser splits the address
)
SEPARATE_VARIABLES = {
    "RABBITMQ_USER": USER,
    "RABBITMQ_PASS": PASSWORD,
    "POSTGRES_USER": USER,
    "POSTGRES_PASSWORD": PASSWORD,
    "RABBITMQ_MANAGEMENT_URL": "http://127.0.0.1:1",
    "RABBITMQ_SENSOR_PASS": PASSWORD,
    "POSTGRES_WRITER_PASSWORD": PASSWORD,
    "POSTGRES_MANAGER_PASSWORD": PASSWORD,
}
PROGRAMS = (
    "sensor", "pipeline", "db upgrade", "sensorctl setup", "sensorctl doctor", "sensorctl dead list",
    "sensorctl key list",
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Processes]:
    """Start processes that log everything and stop connecting after a short time."""
    variables = {"LOG_LEVEL": "debug", "LOG_FORMAT": "console", "CONNECT_TIMEOUT_SECONDS": "0.5"}
    with processes(tmp_path, variables) as running:
        yield running


def assert_fails_without_the_password(process: Process) -> None:
    process.wait()
    assert process.exit_code not in (0, None)
    assert_output_has_no_password(process)


def assert_output_has_no_password(process: Process) -> None:
    assert process.text
    found = [secret for secret in SECRETS if secret in process.text]
    assert not found, f"{process.module} printed {found}:\n{process.text}"


def real_addresses(rabbitmq: RabbitMQ, postgres: Postgres) -> dict[str, str]:
    """Return the addresses of the real servers as separate variables."""
    broker, database = urlsplit(rabbitmq.url), urlsplit(postgres.url)
    return {
        "RABBITMQ_HOST": str(broker.hostname),
        "RABBITMQ_PORT": str(broker.port),
        "POSTGRES_HOST": str(database.hostname),
        "POSTGRES_PORT": str(database.port),
    }


def test_a_rejected_password(run: Processes, rabbitmq: RabbitMQ, postgres: Postgres) -> None:
    login = SEPARATE_VARIABLES | {"RABBITMQ_MANAGEMENT_URL": rabbitmq.management_url}

    running = [run.start(program, **login, **real_addresses(rabbitmq, postgres)) for program in PROGRAMS]

    for process in running:
        assert_fails_without_the_password(process)


@pytest.mark.parametrize(
    "addresses",
    [
        {"RABBITMQ_HOST": "127.0.0.1", "RABBITMQ_PORT": "1", "POSTGRES_PORT": "1"},
        {
            "RABBITMQ_URL": f"amqps://{USER}:{ENCODED}@unknown.invalid:1/",
            "DATABASE_URL": f"postgresql://{USER}:{ENCODED}@unknown.invalid:1/d",
        },
        # invalid addresses, because the password is not percent-encoded
        {
            "RABBITMQ_URL": f"amqp://{USER}:{PASSWORD}@127.0.0.1:1/",
            "DATABASE_URL": f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/d",
        },
    ],
    ids=["connection refused", "unknown host", "invalid address"],
)
def test_an_unreachable_server(run: Processes, addresses: dict[str, str]) -> None:
    running = [run.start(program, **SEPARATE_VARIABLES, **addresses) for program in PROGRAMS]

    for process in running:
        assert_fails_without_the_password(process)


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("service", ["sensor", "pipeline"])
def test_a_traceback(run: Processes, postgres: Postgres, service: str, form: str) -> None:
    broker = {"RABBITMQ_URL": f"amqp://{USER}:{ENCODED}@127.0.0.1:1/"}

    process = run.start(
        f"tests.fault_entrypoints.unexpected_error {service}",
        **broker,
        DATABASE_URL=postgres.url,
        LOG_FORMAT=form,
    )

    assert_fails_without_the_password(process)
    assert process.exit_code == 1
    assert "an unexpected error" in process.text
    assert "Traceback" in process.text


def test_an_alerter_without_any_dependency(run: Processes) -> None:
    process = run.start(
        "alerter",
        **SEPARATE_VARIABLES,
        RABBITMQ_PORT="1",
        POSTGRES_PORT="1",
        ALERT_WEBHOOK_URL=f"http://127.0.0.1:1/{ENCODED}",
        ALERTER_INTERVAL_SECONDS="0.1",
        ALERTER_FOR_SECONDS="0",
        NO_PROXY="127.0.0.1",
    )

    def logs_every_failure() -> bool:
        expected = ("broker unavailable", "webhook unavailable", "database-down")
        return all(event in process.text for event in expected)

    eventually(logs_every_failure, DEADLINE_SECONDS, "the alerter logs every failure")
    process.stop()
    assert_output_has_no_password(process)
