"""A real WebDAV server, and a client of it whose waits take no time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.unit.worker.sources.clocks import FakeClock
from tests.webdav_server import PASSWORD, USER, DavServer, webdav_server
from webdav.client import WebDav
from webdav.requests import Waits
from webdav.settings import WebDavSettings


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavServer]:
    root = tmp_path_factory.mktemp("webdav")
    with webdav_server(root) as server:
        yield server


@pytest.fixture
def server(running: DavServer) -> DavServer:
    for folder in ("work", "finalizado", "erro"):
        shutil.rmtree(running.root / folder, ignore_errors=True)
        (running.root / folder).mkdir()
    running.requests.clear()
    running.faults.clear()
    return running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def settings_of(url: str, **others: object) -> WebDavSettings:
    fields = {"webdav_url": url, "webdav_user": USER, "webdav_password": SecretStr(PASSWORD), **others}
    return WebDavSettings.model_validate(fields)


@pytest.fixture
def webdav(server: DavServer, clock: FakeClock) -> Iterator[WebDav]:
    client = WebDav(settings_of(server.url), Waits(sleep=clock.sleep, clock=clock, now=clock.now))
    yield client
    client.close()


@pytest.fixture
def tmp_file(tmp_path: Path) -> Path:
    return tmp_path / "spool"
