"""Which stack the operator means: the variables, the native one, the compose file's."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sensorctl.settings import find_stack
from service.errors import ConfigurationError


@pytest.fixture
def listening() -> Iterator[str]:
    """The port of something that answers, as a database would."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.fixture
def silent() -> str:
    """A port where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: str) -> Path:
    """A repository without a running stack."""
    monkeypatch.setattr("sensorctl.settings.ROOT", tmp_path)
    monkeypatch.setenv("POSTGRES_HOST_PORT", silent)
    return tmp_path


def start_native(directory: Path, port: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / "stack.env").write_text(
        f"POSTGRES_HOST=127.0.0.1\nPOSTGRES_PORT={port}\nPOSTGRES_PASSWORD='na tive'\nRABBITMQ_PORT=5999\n"
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RABBITMQ_HOST", "rabbit.example"),
        ("RABBITMQ_URL", "amqp://rabbit.example/"),
        ("AMQP_URL", "amqp://rabbit.example/"),
        ("POSTGRES_HOST", "pg.example"),
        ("DATABASE_URL", "postgresql://pg.example/d"),
    ],
)
def test_a_variable_that_names_a_stack_is_taken_without_looking(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str, variable: str, value: str
) -> None:
    start_native(root / ".native", listening)
    monkeypatch.setenv(variable, value)

    settings = find_stack()

    database_url = settings.database_url.get_secret_value() if settings.database_url else ""
    assert ".example" in settings.amqp_url + settings.postgres_host + database_url
    assert settings.rabbitmq_port != 5999


def test_a_file_can_name_the_stack_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "url").write_text("postgresql://u:p@pg.example/d\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(root / "url"))

    url = find_stack().database_url

    assert url is not None
    assert url.get_secret_value() == "postgresql://u:p@pg.example/d"


def test_a_running_native_stack_comes_first(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    start_native(root / ".native", listening)
    monkeypatch.setenv("POSTGRES_HOST_PORT", listening)

    settings = find_stack()

    assert (settings.rabbitmq_port, settings.postgres_password.get_secret_value()) == (5999, "na tive")


def test_the_native_directory_can_be_elsewhere(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    start_native(root / "elsewhere", listening)
    monkeypatch.setenv("NATIVE_DIR", str(root / "elsewhere"))

    assert find_stack().rabbitmq_port == 5999


def test_a_native_stack_that_does_not_answer_gives_way_to_the_compose_files(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str, silent: str
) -> None:
    start_native(root / ".native", silent)
    monkeypatch.setenv("POSTGRES_HOST_PORT", listening)

    settings = find_stack()

    assert settings.amqp_url == "amqp://sensors:sensors@127.0.0.1:5675/%2F"
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15675"
    assert settings.postgres_port == int(listening)
    assert settings.queue_name == "sensor_data"


def test_the_compose_files_defaults_are_changed_by_env_file_and_variables(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    (root / ".env").write_text(
        "POSTGRES_HOST_PORT=1\nPOSTGRES_PASSWORD=from file\nRABBITMQ_HOST_PORT=5999\nQUEUE_NAME=\n"
        "RABBITMQ_MANAGEMENT_HOST_PORT=15999\nPOSTGRES_DB=d\n"
    )
    monkeypatch.setenv("POSTGRES_HOST_PORT", listening)
    monkeypatch.setenv("POSTGRES_DB", "from variable")

    settings = find_stack()

    assert settings.postgres_port == int(listening)
    assert settings.postgres_password.get_secret_value() == "from file"
    assert settings.postgres_db == "from variable"
    assert settings.rabbitmq_port == 5999
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15999"
    assert settings.queue_name == "sensor_data"


@pytest.mark.usefixtures("root")
def test_without_any_stack_it_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"No running stack .* `make up`, .* DATABASE_URL"):
        find_stack()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("port", ["postgres", "99999"])
def test_a_wrong_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", port)

    with pytest.raises(ConfigurationError, match="POSTGRES_PORT: Input should be"):
        find_stack()
