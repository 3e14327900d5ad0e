"""Discovery of settings: variables, the native stack, the Compose stack."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.errors import ConfigurationError
from sensorctl.alerter import discover_alerter_settings
from sensorctl.settings import (
    discover_manager_settings,
    discover_settings,
    discover_setup_settings,
)


@pytest.fixture
def open_port() -> Iterator[str]:
    """Return a port that accepts connections, as a database does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.fixture
def closed_port(closed_port: int) -> str:
    """Return a port that accepts no connections."""
    return str(closed_port)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed_port: str) -> Path:
    """Return a repository without a running stack."""
    monkeypatch.setattr("sensorctl.stack_variables.ROOT", tmp_path)
    monkeypatch.setenv("POSTGRES_HOST_PORT", closed_port)
    monkeypatch.setenv("RABBITMQ_HOST_PORT", closed_port)
    return tmp_path


def start_native(directory: Path, port: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / "stack.env").write_text(
        f"POSTGRES_HOST=127.0.0.1\nPOSTGRES_PORT={port}\nPOSTGRES_PASSWORD='na tive'\nRABBITMQ_PORT=5999\n"
        "SERVICES=/home/of/state.json\n"
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
def test_a_variable_that_names_a_server_is_used_without_a_probe(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str, variable: str, value: str
) -> None:
    start_native(root / ".native", open_port)
    monkeypatch.setenv(variable, value)

    settings = discover_settings()

    database_url = settings.database_url.get_secret_value() if settings.database_url else ""
    assert ".example" in settings.amqp_url + settings.postgres_host + database_url
    assert settings.rabbitmq_port != 5999


def test_a_url_can_come_from_a_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "url").write_text("postgresql://u:p@pg.example/d\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(root / "url"))

    url = discover_settings().database_url

    assert url is not None
    assert url.get_secret_value() == "postgresql://u:p@pg.example/d"


def test_a_running_native_stack_has_priority(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str
) -> None:
    start_native(root / ".native", open_port)
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)

    settings = discover_settings()

    assert (settings.rabbitmq_port, settings.postgres_password.get_secret_value()) == (5999, "na tive")


def test_the_native_directory_is_configurable(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str
) -> None:
    start_native(root / "elsewhere", open_port)
    monkeypatch.setenv("NATIVE_DIR", str(root / "elsewhere"))

    assert discover_settings().rabbitmq_port == 5999


def test_the_compose_stack_is_used_when_the_native_stack_does_not_respond(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str, closed_port: str
) -> None:
    start_native(root / ".native", closed_port)
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)

    settings = discover_settings()

    assert settings.amqp_url == f"amqp://operator:operator@127.0.0.1:{closed_port}/%2F"
    assert (settings.postgres_user, settings.postgres_password.get_secret_value()) == ("reader", "reader")
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15675"
    assert settings.postgres_host == f"127.0.0.1:{open_port}"
    assert settings.queue_name == "sensor_data"


def test_a_stack_without_its_database_is_found_by_its_broker(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOST_PORT", open_port)

    assert discover_settings().rabbitmq_host == f"127.0.0.1:{open_port}"


def test_a_native_stack_without_its_servers_is_still_found(root: Path, closed_port: str) -> None:
    start_native(root / ".native", closed_port)

    settings = discover_settings()

    assert settings.rabbitmq_port == 5999
    assert settings.services == "/home/of/state.json"


def test_the_defaults_of_compose_are_overridden_by_env_file_and_variables(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str
) -> None:
    (root / ".env").write_text(
        "POSTGRES_HOST_PORT=1\nPOSTGRES_PASSWORD=from file\nRABBITMQ_HOST_PORT=5999\nQUEUE_NAME=\n"
        "RABBITMQ_MANAGEMENT_HOST_PORT=15999\nPOSTGRES_DB=d\n"
    )
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)
    monkeypatch.delenv("RABBITMQ_HOST_PORT")
    monkeypatch.setenv("POSTGRES_DB", "from variable")

    settings = discover_setup_settings()

    assert settings.postgres_host == f"127.0.0.1:{open_port}"
    assert settings.postgres_password.get_secret_value() == "from file"
    assert settings.postgres_db == "from variable"
    assert settings.rabbitmq_host == "127.0.0.1:5999"
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15999"
    assert settings.queue_name == "sensor_data"


@pytest.mark.parametrize(
    "compose_file",
    [
        "COMPOSE_FILE=docker-compose.yml:deploy/cluster/compose.yml",
        "COMPOSE_FILE=docker-compose.yml,./deploy/cluster/compose.yml\nCOMPOSE_PATH_SEPARATOR=,",
    ],
)
def test_a_cluster_is_reached_while_its_first_broker_and_its_first_database_are_down(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str, closed_port: str, compose_file: str
) -> None:
    (root / ".env").write_text(f"{compose_file}\nPOSTGRES_2_HOST_PORT={open_port}\n")
    monkeypatch.setenv("RABBITMQ_3_HOST_PORT", "5999")

    settings = discover_settings()

    assert settings.postgres_host == f"127.0.0.1:{closed_port},127.0.0.1:{open_port}"
    assert settings.rabbitmq_host == f"127.0.0.1:{closed_port},127.0.0.1:5676,127.0.0.1:5999"
    assert settings.rabbitmq_management_url == ",".join(
        f"http://127.0.0.1:{port}" for port in (15675, 15676, 15677)
    )


def test_other_files_of_compose_are_no_cluster(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str
) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)
    monkeypatch.setenv("COMPOSE_FILE", "docker-compose.yml:deploy/backup/compose.yml")

    assert discover_settings().postgres_host == f"127.0.0.1:{open_port}"


def test_only_setup_logs_in_as_the_owner(root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)
    monkeypatch.setenv("RABBITMQ_OPERATOR_PASS", "op")
    monkeypatch.setenv("POSTGRES_READER_USER", "other-reader")

    operator, owner, alerter = discover_settings(), discover_setup_settings(), discover_alerter_settings()
    manager = discover_manager_settings()

    assert operator.amqp_url.startswith("amqp://operator:op@")
    assert operator.postgres_user == "other-reader"
    assert owner.amqp_url.startswith("amqp://sensors:sensors@")
    assert owner.postgres_user == "sensors"
    assert [user.name for user in owner.broker_users] == [
        "sensor", "pipeline", "operator", "alerter", "workflows", "worker", "scaler",
    ]  # fmt: skip
    assert alerter.amqp_url.startswith("amqp://alerter:alerter@")
    assert alerter.postgres_user == "evaluator"
    assert manager.amqp_url == operator.amqp_url
    assert (manager.postgres_user, manager.postgres_password.get_secret_value()) == ("manager", "manager")
    roles = ["writer", "other-reader", "manager", "evaluator", "analyst", "worker"]
    assert [role.name for role in owner.database_roles] == roles


def test_a_command_that_changes_something_uses_the_managers_password_where_it_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "database.example")
    monkeypatch.setenv("POSTGRES_USER", "me")
    monkeypatch.setenv("POSTGRES_PASSWORD", "mine")
    assert discover_manager_settings().postgres_user == "me"
    monkeypatch.setenv("POSTGRES_MANAGER_PASSWORD", "theirs")
    settings = discover_manager_settings()
    assert (settings.postgres_user, settings.postgres_password.get_secret_value()) == ("manager", "theirs")
    assert discover_settings().postgres_user == "me"


def test_an_account_without_a_password_is_not_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "rabbit.example")
    monkeypatch.setenv("RABBITMQ_SENSOR_PASS", "s3cret")

    settings = discover_setup_settings()

    assert [user.name for user in settings.broker_users] == ["sensor"]
    assert settings.database_roles == []


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"RABBITMQ_SENSOR_USER": "sensors", "RABBITMQ_SENSOR_PASS": "x"}, "sensors"),
        ({"RABBITMQ_URL": "amqp://%73ensor:x@h/", "RABBITMQ_SENSOR_PASS": "x"}, "sensor"),
        (
            {"RABBITMQ_SENSOR_PASS": "x", "RABBITMQ_OPERATOR_USER": "sensor", "RABBITMQ_OPERATOR_PASS": "x"},
            "sensor",
        ),
        ({"DATABASE_URL": "postgresql://writer:x@h/d", "POSTGRES_WRITER_PASSWORD": "x"}, "writer"),
    ],
)
def test_an_account_with_the_name_of_the_owner_is_rejected(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "rabbit.example")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError, match=f"{name} is used twice"):
        discover_setup_settings()


@pytest.mark.usefixtures("root")
def test_without_any_stack_the_error_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"No running stack .* `make up`, .* DATABASE_URL"):
        discover_settings()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("port", ["postgres", "99999"])
def test_an_invalid_port_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", port)

    with pytest.raises(ConfigurationError, match=f"POSTGRES_HOST_PORT is '{port}': must be a port from 1"):
        discover_settings()


def test_the_env_file_is_read_as_compose_reads_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, open_port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", open_port)
    (root / ".env").write_text("RABBITMQ_PASS=pa$$word\nPOSTGRES_PASSWORD=pa$word_of_nobody\n")

    settings = discover_setup_settings()

    assert settings.rabbitmq_pass.get_secret_value() == "pa$word"
    assert settings.postgres_password.get_secret_value() == "pa"
    assert "POSTGRES_PASSWORD in line 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["RABBITMQ_PASS=pässword".encode("utf-16"), b"RABBITMQ_PASS='never closed"]
)
def test_an_env_file_that_cannot_be_read_is_a_configuration_error(root: Path, content: bytes) -> None:
    (root / ".env").write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"\.env"):
        discover_settings()
