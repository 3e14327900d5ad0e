"""No process says a password, whatever fails, at the level that says most."""

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
USER = "somebody"
TRACES = (
    PASSWORD,
    ENCODED,
    repr(PASSWORD)[1:-1],
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
    base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode(),
    "p@ss",  # as a part of it that a parser cut off
)
SINGLE = {
    "RABBITMQ_USER": USER,
    "RABBITMQ_PASS": PASSWORD,
    "POSTGRES_USER": USER,
    "POSTGRES_PASSWORD": PASSWORD,
    "RABBITMQ_MANAGEMENT_URL": "http://127.0.0.1:1",
    "RABBITMQ_SENSOR_PASS": PASSWORD,
    "POSTGRES_WRITER_PASSWORD": PASSWORD,
}
PROGRAMS = ("sensor", "pipeline", "db upgrade", "sensorctl setup", "sensorctl doctor", "sensorctl dead list")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Processes]:
    """Starts processes that give up soon and log everything."""
    variables = {"LOG_LEVEL": "debug", "LOG_FORMAT": "console", "CONNECT_TIMEOUT_SECONDS": "0.5"}
    with processes(tmp_path, variables) as started:
        yield started


def says_no_password(process: Process) -> None:
    process.wait()
    assert process.exit_code not in (0, None)
    says_nothing_of_it(process)


def says_nothing_of_it(process: Process) -> None:
    assert process.text
    found = [trace for trace in TRACES if trace in process.text]
    assert not found, f"{process.module} says {found}:\n{process.text}"


def addresses(rabbitmq: RabbitMQ, postgres: Postgres) -> dict[str, str]:
    """The real servers, as single variables."""
    broker, database = urlsplit(rabbitmq.url), urlsplit(postgres.url)
    return {
        "RABBITMQ_HOST": str(broker.hostname),
        "RABBITMQ_PORT": str(broker.port),
        "POSTGRES_HOST": str(database.hostname),
        "POSTGRES_PORT": str(database.port),
    }


def test_a_password_that_is_refused(run: Processes, rabbitmq: RabbitMQ, postgres: Postgres) -> None:
    login = SINGLE | {"RABBITMQ_MANAGEMENT_URL": rabbitmq.management_url}

    started = [run.start(program, **login, **addresses(rabbitmq, postgres)) for program in PROGRAMS]

    for process in started:
        says_no_password(process)


@pytest.mark.parametrize(
    "where",
    [
        {"RABBITMQ_HOST": "127.0.0.1", "RABBITMQ_PORT": "1", "POSTGRES_PORT": "1"},
        {
            "RABBITMQ_URL": f"amqps://{USER}:{ENCODED}@nowhere.invalid:1/",
            "DATABASE_URL": f"postgresql://{USER}:{ENCODED}@nowhere.invalid:1/d",
        },
        # addresses that are none, because the signs of the password are not encoded
        {
            "RABBITMQ_URL": f"amqp://{USER}:{PASSWORD}@127.0.0.1:1/",
            "DATABASE_URL": f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/d",
        },
    ],
    ids=["nobody listens", "no such host", "no address"],
)
def test_a_server_that_cannot_be_reached(run: Processes, where: dict[str, str]) -> None:
    started = [run.start(program, **SINGLE, **where) for program in PROGRAMS]

    for process in started:
        says_no_password(process)


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

    says_no_password(process)
    assert process.exit_code == 1
    assert "an unexpected error" in process.text
    assert "Traceback" in process.text


def test_an_alerter_that_reaches_nothing(run: Processes) -> None:
    process = run.start(
        "alerter",
        **SINGLE,
        RABBITMQ_PORT="1",
        POSTGRES_PORT="1",
        ALERT_WEBHOOK_URL=f"http://127.0.0.1:1/{ENCODED}",
        ALERTER_INTERVAL_SECONDS="0.1",
        ALERTER_FOR_SECONDS="0",
        NO_PROXY="127.0.0.1",
    )

    def logs_every_outage() -> bool:
        expected = ("broker unavailable", "webhook unavailable", "database-down")
        return all(event in process.text for event in expected)

    eventually(logs_every_outage, DEADLINE_SECONDS, "it logs that it reaches nothing")
    process.stop()
    says_nothing_of_it(process)
