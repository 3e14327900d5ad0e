"""Finding and installing RabbitMQ and PostgreSQL."""

import os
from pathlib import Path

import pytest

from native import install, postgres, rabbitmq
from runtime.errors import ServiceUnavailable


@pytest.fixture
def no_rabbitmq(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Simulate a machine without RabbitMQ, with one empty folder as its PATH."""
    monkeypatch.setattr(rabbitmq, "SERVER_PATHS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write_script(folder: Path, name: str, body: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


@pytest.mark.usefixtures("no_rabbitmq")
def test_without_apt_get_the_error_says_what_to_install() -> None:
    with pytest.raises(ServiceUnavailable, match="apt-get install rabbitmq-server"):
        install.ensure_rabbitmq(print)


def test_a_user_without_sudo_may_not_install(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_script(no_rabbitmq, "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install.root_command_prefix() is None
    write_script(no_rabbitmq, "sudo", "exit 1")
    assert install.root_command_prefix() is None
    write_script(no_rabbitmq, "sudo", "exit 0")
    assert install.root_command_prefix() == ["sudo", "-n"]


def test_root_installs_it_once_and_reports_it(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given root on a machine where the installation succeeds
    write_script(no_rabbitmq, "apt-get", "exit 0")
    write_script(
        no_rabbitmq,
        "bash",
        f"echo '#!/bin/sh' > {no_rabbitmq}/rabbitmq-server; /bin/chmod 755 {no_rabbitmq}/*",
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    messages: list[str] = []
    # when RabbitMQ is required twice
    install.ensure_rabbitmq(messages.append)
    install.ensure_rabbitmq(messages.append)
    # then it was installed once
    assert len(messages) == 1
    assert "rabbitmq-server" in messages[0]


def test_a_failed_installation_is_reported(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_script(no_rabbitmq, "apt-get", "exit 0")
    write_script(no_rabbitmq, "bash", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(ServiceUnavailable, match="could not install"):
        install.ensure_rabbitmq(print)


@pytest.mark.usefixtures("no_rabbitmq")
def test_missing_erlang_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(ServiceUnavailable, match="erlang-base"):
        rabbitmq.find_epmd()


@pytest.mark.parametrize(
    ("options", "supported"),
    [("message_interceptors.incoming.$interceptor.overwrite", True), ("listeners.tcp.$name", False)],
)
def test_the_timestamp_option_is_set_only_if_the_broker_supports_it(
    tmp_path: Path, options: str, supported: bool
) -> None:
    # given a server that is reached through a symbolic link, as Debian's is
    schema = tmp_path / "plugins" / "rabbit-1.2.3" / "priv" / "schema" / "rabbit.schema"
    schema.parent.mkdir(parents=True)
    schema.write_text(f'{{mapping, "{options}", "rabbit.x", []}}.')
    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin" / "rabbitmq-server").touch()
    (tmp_path / "server").symlink_to("sbin/rabbitmq-server")
    # then its own schema decides
    assert rabbitmq.supports_timestamps(tmp_path / "server") is supported


def test_the_unprivileged_user_may_traverse_folders_only_where_one_is_inaccessible(tmp_path: Path) -> None:
    folder = tmp_path / "inaccessible" / "inner"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    assert "--ambient-caps=+dac_override" in postgres.unprivileged_prefix(folder)
    assert not any("caps" in word for word in postgres.unprivileged_prefix(Path("/usr")))


def test_the_newest_installed_postgresql_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("9.6", "18", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        for name in ("initdb", "postgres", "pg_isready"):
            (folder / name).touch()
    monkeypatch.setattr(postgres, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(postgres, "DEBIAN_FOLDER", tmp_path)
    assert postgres.find_binaries() == tmp_path / "18" / "bin"


def test_without_postgresql_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ServiceUnavailable, match="apt-get install postgresql"):
        postgres.find_binaries()
