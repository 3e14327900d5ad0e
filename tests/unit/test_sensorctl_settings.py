"""Which stack the operator means: the variables, the native one, the compose file's."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sensorctl.settings import find_stack, find_stack_to_set_up, find_stack_to_watch
from service.errors import ConfigurationError


@pytest.fixture
def listening() -> Iterator[str]:
    """The port of something that answers, as a database would."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.fixture
def silent(closed: int) -> str:
    """A port where nobody answers."""
    return str(closed)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: str) -> Path:
    """A repository without a running stack."""
    monkeypatch.setattr("sensorctl.settings.ROOT", tmp_path)
    monkeypatch.setenv("POSTGRES_HOST_PORT", silent)
    monkeypatch.setenv("RABBITMQ_HOST_PORT", silent)
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

    assert settings.amqp_url == f"amqp://operator:operator@127.0.0.1:{silent}/%2F"
    assert (settings.postgres_user, settings.postgres_password.get_secret_value()) == ("reader", "reader")
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15675"
    assert settings.postgres_port == int(listening)
    assert settings.queue_name == "sensor_data"


def test_a_stack_without_its_database_is_found_by_its_broker(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOST_PORT", listening)

    assert find_stack().rabbitmq_port == int(listening)


def test_a_native_stack_without_its_servers_is_still_the_one(root: Path, silent: str) -> None:
    start_native(root / ".native", silent)

    settings = find_stack()

    assert settings.rabbitmq_port == 5999
    assert settings.services == "/home/of/state.json"


def test_the_compose_files_defaults_are_changed_by_env_file_and_variables(
    root: Path, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    (root / ".env").write_text(
        "POSTGRES_HOST_PORT=1\nPOSTGRES_PASSWORD=from file\nRABBITMQ_HOST_PORT=5999\nQUEUE_NAME=\n"
        "RABBITMQ_MANAGEMENT_HOST_PORT=15999\nPOSTGRES_DB=d\n"
    )
    monkeypatch.setenv("POSTGRES_HOST_PORT", listening)
    monkeypatch.delenv("RABBITMQ_HOST_PORT")
    monkeypatch.setenv("POSTGRES_DB", "from variable")

    settings = find_stack_to_set_up()

    assert settings.postgres_port == int(listening)
    assert settings.postgres_password.get_secret_value() == "from file"
    assert settings.postgres_db == "from variable"
    assert settings.rabbitmq_port == 5999
    assert settings.rabbitmq_management_url == "http://127.0.0.1:15999"
    assert settings.queue_name == "sensor_data"


def test_only_setup_is_the_owner(root: Path, monkeypatch: pytest.MonkeyPatch, listening: str) -> None:
    monkeypatch.setenv("POSTGRES_HOST_PORT", listening)
    monkeypatch.setenv("RABBITMQ_OPERATOR_PASS", "op")
    monkeypatch.setenv("POSTGRES_READER_USER", "looker")

    operator, owner, watch = find_stack(), find_stack_to_set_up(), find_stack_to_watch()

    assert operator.amqp_url.startswith("amqp://operator:op@")
    assert operator.postgres_user == "looker"
    assert owner.amqp_url.startswith("amqp://sensors:sensors@")
    assert owner.postgres_user == "sensors"
    assert [user.name for user in owner.broker_users] == ["sensor", "pipeline", "operator", "watch"]
    assert watch.amqp_url.startswith("amqp://watch:watch@")
    assert watch.postgres_user == "looker"
    assert [role.name for role in owner.database_roles] == ["writer", "looker"]


def test_who_has_no_password_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "rabbit.example")
    monkeypatch.setenv("RABBITMQ_SENSOR_PASS", "s3cret")

    settings = find_stack_to_set_up()

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
def test_the_owner_is_not_made_anew_with_fewer_rights(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOST", "rabbit.example")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError, match=f"{name} is named twice"):
        find_stack_to_set_up()


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
