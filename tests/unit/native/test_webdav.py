"""The WebDAV server of the native stack starts, is for its user only, and has the folders of the reporter."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from native.ports import free_port
from native.program import running
from native.webdav import START_TIMEOUT_SECONDS, PrivateWebdav


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateWebdav]:
    monkeypatch.setenv("WEBDAV_ERROR_FOLDER", "failed/files")
    server = PrivateWebdav(
        tmp_path / "webdav", port=free_port(), password_file=tmp_path / "password", log=tmp_path / "log"
    )
    assert not server.is_ready()
    with running(server.program(), ready=server.is_ready, timeout_seconds=START_TIMEOUT_SECONDS):
        yield server


@pytest.fixture
def client(server: PrivateWebdav) -> Iterator[httpx2.Client]:
    variables = server.client_variables()
    login = (variables["WEBDAV_USER"], variables["WEBDAV_PASSWORD"])
    with httpx2.Client(base_url=variables["WEBDAV_URL"], auth=login, trust_env=False) as client:
        yield client


def test_files_are_kept_in_its_folders(server: PrivateWebdav, client: httpx2.Client) -> None:
    sample = client.get("/samples/refrigerator.csv")
    assert sample.text.startswith("sensor_id,timestamp,temperature_celsius\n")
    # Nothing is overwritten, and only the version that was read is moved.
    created = client.put("/work/a.csv", content=sample.content, headers={"If-None-Match": "*"})
    assert created.status_code == 201
    assert client.put("/work/a.csv", content=b"", headers={"If-None-Match": "*"}).status_code == 412
    target = {"Destination": f"{server.url}/failed/files/a.csv", "Overwrite": "F"}
    assert client.request("MOVE", "/work/a.csv", headers=target | {"If-Match": '"other"'}).status_code == 412
    etag = client.head("/work/a.csv").headers["ETag"]
    assert client.request("MOVE", "/work/a.csv", headers=target | {"If-Match": etag}).status_code == 201
    assert (server.directory / "failed" / "files" / "a.csv").read_bytes() == sample.content


def test_others_may_not_read(server: PrivateWebdav, client: httpx2.Client) -> None:
    assert httpx2.get(f"{server.url}/samples/", trust_env=False).status_code == 401
    assert client.get("/samples/", auth=("sensors", "guess")).status_code == 401


def test_a_server_without_a_password_says_how_to_set_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBDAV_PASSWORD_FILE", str(tmp_path / "empty"))
    (tmp_path / "empty").write_text("\n")
    server = PrivateWebdav(
        tmp_path / "webdav", port=free_port(), password_file=tmp_path / "password", log=tmp_path / "log"
    )
    assert not server.is_ready()
    assert "WEBDAV_PASSWORD" not in server.client_variables(), "the file has it"
