"""A file is read as one version, and from where a lost connection left off."""

import io
from hashlib import sha256

import pytest

from tests.webdav_server import DavServer, Fault
from webdav.client import WebDav
from webdav.download import Download
from webdav.model import FileChanged, FileTooLarge, NotFound, WebDavUnavailable

CONTENT = bytes(range(256)) * 4000
LIMIT = 10_000_000


def download(webdav: WebDav, limit: int = LIMIT) -> tuple[bytes, str]:
    resource = webdav.find("work/x.bin")
    assert resource is not None
    target = io.BytesIO()
    read = Download(webdav, resource, target, limit).run()
    assert read.bytes == len(target.getvalue())
    return target.getvalue(), read.sha256


def test_a_file_is_read_with_its_digest(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.bin", CONTENT)

    assert download(webdav) == (CONTENT, sha256(CONTENT).hexdigest())


def test_a_connection_that_is_lost_is_resumed_where_it_was(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.bin", CONTENT)
    server.faults = [Fault(method="GET", cut_at=500_000), Fault(method="GET", cut_at=200_000)]

    assert download(webdav) == (CONTENT, sha256(CONTENT).hexdigest())
    ranges = [r.get("HTTP_RANGE") for r in server.requests if r["REQUEST_METHOD"] == "GET"]
    assert ranges == [None, "bytes=500000-", "bytes=700000-"]


def test_a_server_that_knows_no_ranges_is_read_from_the_start(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.bin", CONTENT)
    server.faults = [
        Fault(method="GET", cut_at=500_000),
        Fault(method="GET", status="200 OK", body=CONTENT),
    ]

    assert download(webdav) == (CONTENT, sha256(CONTENT).hexdigest())


@pytest.mark.parametrize("cut_at", [500_000, None], ids=["in the middle", "at the end"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    server: DavServer, webdav: WebDav, cut_at: int | None
) -> None:
    server.write("work/x.bin", CONTENT)
    server.faults = [Fault(method="GET", cut_at=cut_at, then=lambda: server.write("work/x.bin", b"new"))]

    with pytest.raises(FileChanged, match=r"work/x\.bin was changed while it was read"):
        download(webdav)


def test_a_file_that_is_removed_while_it_is_read_is_not_found(server: DavServer, webdav: WebDav) -> None:
    file = server.write("work/x.bin", CONTENT)
    server.faults = [Fault(method="GET", then=file.unlink)]

    with pytest.raises(NotFound):
        download(webdav)


def test_a_file_has_a_limit_also_if_the_server_says_less(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.bin", CONTENT)
    with pytest.raises(FileTooLarge, match=r"over 1,000 bytes \(FILE_MAX_BYTES\)"):
        download(webdav, limit=1000)
    assert "GET" not in server.methods()

    server.write("work/x.bin", b"1")
    server.faults = [Fault(method="GET", status="200 OK", body=CONTENT)]
    with pytest.raises(FileTooLarge):
        download(webdav, limit=1000)


def test_a_server_that_is_down_ends_the_attempt(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.bin", CONTENT)
    server.faults = [Fault(method="GET", status="503 Busy", times=100)]

    with pytest.raises(WebDavUnavailable):
        download(webdav)
