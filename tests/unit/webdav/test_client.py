"""The client against a real server (wsgidav), which also fails in each way that servers do."""

import io
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from runtime import http_requests
from tests.source_server import Reply, source_server
from tests.tls import CertificateAuthority, server_context, tls_proxy
from tests.unit.webdav.conftest import settings_of
from tests.unit.worker.sources.clocks import FakeClock
from tests.webdav_server import PASSWORD, USER, DavServer, Fault
from webdav.client import WebDav
from webdav.model import NotFound, PreconditionFailed, Resource, WebDavRefused, WebDavUnavailable


def find(webdav: WebDav, path: str) -> Resource:
    found = webdav.find(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "name",
    ["x.csv", "Kühlschrank 2.csv", "冷蔵庫#1.csv", "ثلاجة.csv", "a&b=c+d 100%.csv", "🌡.csv", "उप‍कर.csv"],
)
def test_names_in_any_script_are_listed_written_and_moved(
    server: DavServer, webdav: WebDav, name: str
) -> None:
    webdav.put(f"work/{name}", io.BytesIO(b"1"), create=True)
    [found] = webdav.list("work").resources
    assert (found.path, found.size, found.is_folder) == (f"work/{name}", 1, False)

    webdav.move(found.path, f"finalizado/neu/{name}", found.condition)
    assert server.files() == [f"finalizado/neu/{name}"]


def test_a_listing_says_what_each_entry_is(server: DavServer, webdav: WebDav) -> None:
    server.write("work/7/x.csv", "12")
    server.write("work/a.csv", "123")

    listing = webdav.list("work")

    assert [(r.path, r.is_folder, r.size) for r in listing.resources] == [
        ("work/7", True, None),
        ("work/a.csv", False, 3),
    ]
    assert listing.read_at is not None
    assert listing.resources[1].version == find(webdav, "work/a.csv").version


def test_what_is_not_there_is_none_or_an_error(webdav: WebDav) -> None:
    assert webdav.find("work/none.csv") is None
    with pytest.raises(NotFound, match="has nothing there, at PROPFIND of none"):
        webdav.list("none")
    with pytest.raises(NotFound, match="has nothing there, at MOVE of work/none"):
        webdav.move("work/none.csv", "finalizado/none.csv")


def test_a_file_is_created_only_once_and_replaced_only_as_known(server: DavServer, webdav: WebDav) -> None:
    webdav.put("work/x.csv", io.BytesIO(b"one"), create=True)
    with pytest.raises(PreconditionFailed, match=r"or exists already, at PUT of work/x\.csv \(412\)"):
        webdav.put("work/x.csv", io.BytesIO(b"two"), create=True)
    with pytest.raises(PreconditionFailed):
        webdav.put("work/x.csv", io.BytesIO(b"two"), replace='"other"')
    assert (server.root / "work/x.csv").read_text() == "one"

    webdav.put("work/x.csv", io.BytesIO(b"three"), replace=find(webdav, "work/x.csv").condition)
    assert (server.root / "work/x.csv").read_text() == "three"


class GrowingFile(io.BytesIO):
    """A file to which somebody else appends after its size was found."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        position = super().seek(offset, whence)
        if whence == io.SEEK_END:
            self.write(b"2,21.5\n")
        return position


def test_a_file_that_grows_is_written_as_it_was(server: DavServer, webdav: WebDav, clock: FakeClock) -> None:
    webdav.put("work/x.csv", GrowingFile(b"1,20.5\n"))

    assert (server.root / "work/x.csv").read_bytes() == b"1,20.5\n"
    assert clock.waits == []


def test_a_move_overwrites_nothing_and_takes_only_the_version_that_is_meant(
    server: DavServer, webdav: WebDav
) -> None:
    server.write("work/x.csv", "new")
    server.write("finalizado/x.csv", "old")

    with pytest.raises(PreconditionFailed):
        webdav.move("work/x.csv", "finalizado/x.csv")
    with pytest.raises(PreconditionFailed):
        webdav.move("work/x.csv", "finalizado/y.csv", '"another version"')
    assert server.files() == ["finalizado/x.csv", "work/x.csv"]


def test_folders_are_made_where_they_are_missing(server: DavServer, webdav: WebDav) -> None:
    webdav.put("finalizado/a/b/c.txt", io.BytesIO(b"1"))
    webdav.make_folder("finalizado/a/b")
    assert server.files() == ["finalizado/a/b/c.txt"]

    with pytest.raises(WebDavRefused, match=r"finalizado/a/b/c\.txt is a file, and not a folder"):
        webdav.make_folder("finalizado/a/b/c.txt/d")


@pytest.mark.parametrize(
    ("fault", "least"),
    [
        (Fault(method="PUT", status="503 Busy"), 1),
        (Fault(method="PUT", status="500 Error"), 1),
        (Fault(method="PUT", status="423 Locked"), 15),
        (Fault(method="PUT", status="429 Slow", headers=(("Retry-After", "40"),)), 40),
        (Fault(method="PUT", is_lost=True), 1),
    ],
    ids=["503", "500", "423", "429", "lost answer"],
)
def test_a_request_is_repeated_when_it_may_be_answered(
    server: DavServer, webdav: WebDav, clock: FakeClock, fault: Fault, least: float
) -> None:
    server.faults = [fault]

    webdav.put("work/x.csv", io.BytesIO(b"all of it"))

    assert (server.root / "work/x.csv").read_bytes() == b"all of it"
    assert least <= clock.waits[0] < least + http_requests.MAX_JITTER_SECONDS


def test_a_server_that_stays_away_ends_the_attempts(
    server: DavServer, webdav: WebDav, clock: FakeClock
) -> None:
    server.faults = [Fault(method="PROPFIND", status="502 Bad Gateway", times=100)]

    with pytest.raises(WebDavUnavailable, match="responds 502 to PROPFIND of work"):
        webdav.list("work")
    assert len(clock.waits) == http_requests.MAX_ATTEMPTS - 1


def test_a_full_server_is_left_to_a_later_attempt(
    server: DavServer, webdav: WebDav, clock: FakeClock
) -> None:
    server.faults = [Fault(method="PUT", status="507 Insufficient Storage")]

    with pytest.raises(WebDavUnavailable, match=r"no space for PUT of work/x\.csv.*quota \(507\)") as raised:
        webdav.put("work/x.csv", io.BytesIO(b"1"))
    assert (raised.value.retry_after, clock.waits) == (300, [])


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("401 No", "refuses user or password for MOVE of work/x.csv: check WEBDAV_USER and WEBDAV_PASSWORD"),
        ("403 No", "forbids MOVE of work/x.csv: give WEBDAV_USER the right to read, write and move files"),
        ("405 No", "does not allow MOVE of work/x.csv: check that WEBDAV_URL is a WebDAV folder (405)"),
        ("418 Tea", "responds 418 to MOVE of work/x.csv: no … here, nor …"),
        ("207 Part", "has done only a part of MOVE of work/x.csv (207)"),
    ],
)
def test_a_refusal_is_a_sentence_without_the_password(
    server: DavServer, webdav: WebDav, status: str, message: str
) -> None:
    server.write("work/x.csv", "1")
    login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    server.faults = [Fault(method="MOVE", status=status, body=f"no {PASSWORD} here, nor {login}".encode())]

    with pytest.raises(WebDavRefused) as raised:
        webdav.move("work/x.csv", "erro/x.csv")
    assert message in str(raised.value)


def test_a_wrong_password_is_refused_by_the_server(server: DavServer) -> None:
    settings = settings_of(server.url, webdav_password=SecretStr("wrong"))
    with (
        closing(WebDav(settings)) as client,
        pytest.raises(WebDavRefused, match="refuses user or password"),
    ):
        client.list("work")


def test_a_redirect_is_followed_below_the_root_alone(server: DavServer, webdav: WebDav) -> None:
    server.write("work/neu/x.csv", "1")
    inside = (("Location", f"{server.url}work/neu/"),)
    server.faults = [Fault(method="PROPFIND", status="301 Moved", headers=inside)]
    assert [r.path for r in webdav.list("work/neu").resources] == ["work/neu/x.csv"]


def test_a_redirect_out_of_the_folder_is_not_followed(server: DavServer) -> None:
    with closing(WebDav(settings_of(f"{server.url}work"))) as below:
        for target in ("http://elsewhere.example/work/", f"{server.url}finalizado/", "../finalizado/"):
            server.faults = [Fault(method="PROPFIND", status="307 Moved", headers=(("Location", target),))]
            with pytest.raises(WebDavRefused, match="which is not followed"):
                below.list("7")
    assert all(request["PATH_INFO"] == "/work/7" for request in server.requests)


def test_a_server_without_webdav_is_recognised() -> None:
    with (
        source_server(lambda _: Reply(body=b"<html>")) as plain,
        closing(WebDav(settings_of(plain.url))) as client,
        pytest.raises(WebDavRefused, match="check that WEBDAV_URL is a WebDAV folder"),
    ):
        client.list("work")


def test_a_certificate_is_verified(server: DavServer, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path, "Authority")
    context = server_context(authority.issue("localhost"))
    with tls_proxy(("127.0.0.1", server.port), context) as port:
        url = f"https://localhost:{port}/"
        with closing(WebDav(settings_of(url, webdav_ca_file=authority.file))) as trusting:
            assert trusting.list("work").resources == []
        refusal = pytest.raises(WebDavRefused, match=r"certificate is not accepted.*WEBDAV_CA_FILE")
        with closing(WebDav(settings_of(url))) as strict, refusal:
            strict.list("work")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://me:secret@host/dav", "set WEBDAV_USER and WEBDAV_PASSWORD"),
        ("http://host/dav?x=1", "without"),
        ("file:///tmp", "http or https"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings_of(url)


def test_folders_are_not_in_each_other() -> None:
    with pytest.raises(ValueError, match="three folders of which none contains another"):
        settings_of("http://host/", webdav_done_folder="work/done")
