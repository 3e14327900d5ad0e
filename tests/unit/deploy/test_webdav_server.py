"""The WebDAV server of the profile reports: an upload is there completely, or not at all."""

import errno
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS

AUTHORIZATION = f"Basic {b64encode(b'sensors:secret').decode()}"
OLD, NEW = b"old\n" * 10, b"new\n" * 10_000


@pytest.fixture
def module() -> ModuleType:
    spec = spec_from_file_location("webdav_server_script", ROOT / "deploy/webdav/server.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def port(module: ModuleType, tmp_path: Path) -> Iterator[int]:
    module.prepare(tmp_path)
    app: Any = WsgiDAVApp(
        module.configuration(tmp_path, "sensors", "secret") | {"logging": {"enable": False}}
    )
    server = wsgi.Server(("127.0.0.1", 0), app, numthreads=2)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server.bind_addr[1]
    server.stop()
    thread.join(DEADLINE_SECONDS)


def put(port: int, path: str, body: bytes, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)
    connection.request("PUT", path, body, {"Authorization": AUTHORIZATION, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def put_and_cut_off(port: int, path: str, body: bytes) -> None:
    """Send half of a body and no more; return when the server has responded."""
    lines = (
        f"PUT {path} HTTP/1.1",
        "Host: x",
        f"Authorization: {AUTHORIZATION}",
        f"Content-Length: {len(body)}",
    )
    with socket.create_connection(("127.0.0.1", port), DEADLINE_SECONDS) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body[: len(body) // 2])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def test_an_upload_creates_a_file_and_replaces_it(port: int, tmp_path: Path) -> None:
    assert put(port, "/work/a.csv", OLD) == 201
    assert put(port, "/work/a.csv", NEW) == 204
    assert (tmp_path / "work/a.csv").read_bytes() == NEW
    assert put(port, "/work/empty.csv", b"") == 201
    assert [file.name for file in sorted((tmp_path / "work").iterdir())] == ["a.csv", "empty.csv"]


def test_an_upload_that_is_cut_off_changes_nothing(port: int, tmp_path: Path) -> None:
    put(port, "/work/a.csv", OLD)

    put_and_cut_off(port, "/work/a.csv", NEW)
    put_and_cut_off(port, "/work/b.csv", NEW)

    assert [file.name for file in (tmp_path / "work").iterdir()] == ["a.csv"]
    assert (tmp_path / "work/a.csv").read_bytes() == OLD


def test_a_full_disk_is_named_and_nothing_is_created(
    module: ModuleType, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        def write(self, _data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr(module, "open_draft", lambda _path: FullDisk())

    assert put(port, "/work/a.csv", NEW) == 507
    assert list((tmp_path / "work").iterdir()) == []


def test_what_exists_already_is_not_created(port: int, tmp_path: Path) -> None:
    put(port, "/work/a.csv", OLD)

    assert put(port, "/work/a.csv", NEW, **{"If-None-Match": "*"}) == 412
    assert (tmp_path / "work/a.csv").read_bytes() == OLD


def test_a_start_removes_uploads_that_a_kill_has_cut_off(module: ModuleType, tmp_path: Path) -> None:
    draft = tmp_path / "work/.upload-0"
    draft.parent.mkdir()
    draft.write_bytes(NEW)

    module.prepare(tmp_path)

    assert not draft.exists()
