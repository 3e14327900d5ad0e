"""The WebDAV client and the steps of file jobs against a second server: Debian's Apache with mod_dav."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest

from reporter.files.placing import Moving, Placing
from tests.ports import reserve_port
from tests.waiting import DEADLINE_SECONDS, eventually
from webdav.client import WebDav
from webdav.download import Download
from webdav.model import FileChanged, PreconditionFailed, Resource, WebDavUnavailable
from webdav.requests import Waits
from webdav.settings import WebDavSettings

APACHE = "/usr/sbin/apache2"
MODULES = ("mpm_event", "authn_core", "authz_core", "dav", "dav_fs")
CONFIGURATION = """
ServerRoot {root}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {root}/pid
ErrorLog {root}/error.log
{modules}
DavLockDB {root}/locks/lock
DocumentRoot {root}/files
User www-data
Group www-data
<Directory {root}/files>
  Dav On
  Require all granted
</Directory>
"""
USER = "www-data"
JOB = UUID("7d3f7d1e-52c8-5b0e-9a3d-0c6f6a1f4b57")


@pytest.fixture(scope="module")
def apache() -> Iterator[tuple[Path, str]]:
    """Run the server, which serves a folder; return the folder and the address."""
    with TemporaryDirectory(prefix="sensors-apache-") as name:
        root, port = Path(name), reserve_port()
        (root / "locks").mkdir()
        for folder in ("work", "finalizado", "erro"):
            (root / "files" / folder).mkdir(parents=True)
        modules = "\n".join(
            f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so" for module in MODULES
        )
        (root / "httpd.conf").write_text(CONFIGURATION.format(root=root, port=port, modules=modules))
        if os.geteuid() == 0:  # its processes run as this user
            root.chmod(0o755)
            for path in root.rglob("*"):
                shutil.chown(path, USER)
        server = subprocess.Popen([APACHE, "-f", root / "httpd.conf", "-DFOREGROUND"])
        try:
            yield root / "files", f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(DEADLINE_SECONDS)


@pytest.fixture
def webdav(apache: tuple[Path, str]) -> Iterator[WebDav]:
    with closing(WebDav(WebDavSettings(webdav_url=apache[1]), Waits(sleep=lambda _: None))) as client:
        eventually(lambda: answers(client), DEADLINE_SECONDS, "Apache answers")
        for folder in ("work", "finalizado", "erro"):
            for resource in client.list(folder).resources:
                client.remove(resource.path)
        yield client


def answers(client: WebDav) -> bool:
    try:
        return client.find("work") is not None
    except WebDavUnavailable:
        return False


def put(webdav: WebDav, path: str, content: bytes) -> Resource:
    """Write a file; its ETag is weak for a second."""
    webdav.put(path, io.BytesIO(content))
    found = eventually(
        lambda: (resource := webdav.find(path)) and resource.condition and resource,
        DEADLINE_SECONDS,
        "the ETag is a strong one",
    )
    assert isinstance(found, Resource)
    return found


@pytest.mark.parametrize("name", ["x.csv", "Kühlschrank 2.csv", "冷蔵庫#1.csv", "a&b=c+d 100%.csv", "🌡.csv"])
def test_names_in_any_script(webdav: WebDav, name: str) -> None:
    found = put(webdav, f"work/{name}", b"1")
    webdav.move(found.path, f"finalizado/neu/{name}", found.condition)
    assert [r.path for r in webdav.list("finalizado/neu").resources] == [f"finalizado/neu/{name}"]


def test_conditions(webdav: WebDav) -> None:
    found = put(webdav, "work/x.csv", b"one")
    with pytest.raises(PreconditionFailed):
        webdav.put("work/x.csv", io.BytesIO(b"two"), create=True)
    with pytest.raises(PreconditionFailed):
        webdav.put("work/x.csv", io.BytesIO(b"two"), replace='"other"')
    with pytest.raises(PreconditionFailed):
        webdav.move("work/x.csv", "finalizado/x.csv", '"other"')
    put(webdav, "finalizado/x.csv", b"old")
    with pytest.raises(PreconditionFailed):
        webdav.move("work/x.csv", "finalizado/x.csv", found.condition)
    assert webdav.find("work/x.csv") == found


def test_ranges_and_versions(webdav: WebDav) -> None:
    content = bytes(range(256)) * 4000
    found = put(webdav, "work/x.bin", content)
    headers = {"Range": "bytes=1000-", "If-Range": found.condition or ""}
    with webdav.requests.open("GET", "work/x.bin", headers) as response:
        assert (response.status_code, response.read()) == (206, content[1000:])

    target = io.BytesIO()
    read = Download(webdav, found, target, len(content)).run()
    assert (target.getvalue(), read.sha256) == (content, sha256(content).hexdigest())

    put(webdav, "work/x.bin", b"newer")
    with pytest.raises(FileChanged):
        Download(webdav, found, io.BytesIO(), len(content)).run()


def test_a_result_is_placed_and_its_file_is_moved_once(webdav: WebDav) -> None:
    found = put(webdav, "work/7/x.csv", b"readings")
    placing = Placing(webdav, "finalizado", JOB)
    move = Moving(webdav, found.path, found.version or "", found.condition)
    for _ in range(2):
        assert placing.place_first({"7/x.json": b"report"}) == "7/x.json"
        assert move.move(["finalizado/7/x.csv"], sha256(b"readings").hexdigest()) == "finalizado/7/x.csv"
    names = [resource.name for resource in webdav.list("finalizado/7").resources]
    assert (names, webdav.find("work/7/x.csv")) == (["x.csv", "x.json"], None)
