"""The WebDAV server that `sensorctl report file` uses."""

from pathlib import Path

import pytest
from typer import Exit

from runtime.errors import ConfigurationError
from sensorctl.reports import webdav_server
from sensorctl.reports.webdav_server import VARIABLES, discover_webdav

OWN = "http://127.0.0.1:8087"


@pytest.fixture(autouse=True)
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*VARIABLES, "WEBDAV_PASSWORD_FILE", "WEBDAV_HOST_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(webdav_server, "ROOT", tmp_path)
    return tmp_path / ".env"


def run_native(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    monkeypatch.setattr(webdav_server, "native_variables", lambda: {"QUEUE_NAME": "heat", **variables})


def test_it_is_that_of_the_native_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    run_native(monkeypatch, WEBDAV_URL=OWN, WEBDAV_USER="sensors", WEBDAV_PASSWORD="kept")

    settings = discover_webdav()

    assert (settings.webdav_url, settings.webdav_user) == (OWN, "sensors")


def test_a_server_of_the_users_own_is_that_of_the_env_file(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (env_file.parent / "secret").write_text("pa55\n")
    env_file.write_text(
        "WEBDAV_URL=https://cloud.example/dav\nWEBDAV_USER=ann\nWEBDAV_PASSWORD_FILE=./secret\n"
    )
    run_native(monkeypatch)

    settings = discover_webdav()

    assert (settings.webdav_url, settings.webdav_user) == ("https://cloud.example/dav", "ann")
    assert settings.webdav_password
    assert settings.webdav_password.get_secret_value() == "pa55"


def test_a_native_stack_without_one_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_native(monkeypatch)

    with pytest.raises(Exit):
        discover_webdav()

    assert "start it with the profile reports, or set WEBDAV_URL" in capsys.readouterr().err


def test_a_file_of_the_password_that_cannot_be_read_is_named(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text("WEBDAV_URL=https://cloud.example/dav\nWEBDAV_PASSWORD_FILE=./missing\n")
    run_native(monkeypatch)

    with pytest.raises(ConfigurationError, match=r"WEBDAV_PASSWORD_FILE names the file .*missing"):
        discover_webdav()
