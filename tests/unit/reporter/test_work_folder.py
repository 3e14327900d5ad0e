"""Which files are in the folder for work, and which of them are complete."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from reporter.files.work_folder import MAX_LOOKS, NESTED, SETTLE_SECONDS, WorkFolder, is_settled
from tests.webdav_server import DavServer, Fault
from webdav.client import WebDav
from webdav.model import Resource

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def make_old(server: DavServer) -> None:
    for file in server.root.rglob("*.*"):
        os.utime(file, (1_700_000_000, 1_700_000_000))


def no_sleep(_seconds: float) -> None:
    raise AssertionError("nothing is waited for")


def test_a_folder_with_a_thousand_files_is_listed_without_waiting(server: DavServer, webdav: WebDav) -> None:
    for number in range(1000):
        server.write(f"work/{number:04}.csv", b"1")
    make_old(server)

    look = WorkFolder(webdav, "work", no_sleep).look()

    assert [file.name for file in look.complete] == [f"{number:04}.csv" for number in range(1000)]
    assert (look.changing, look.refused) == ([], [])
    assert server.methods() == ["PROPFIND"]


def test_folders_of_sensors_are_searched_and_names_of_unfinished_files_are_not_listed(
    server: DavServer, webdav: WebDav
) -> None:
    for path in ("7/a.csv", "b.csv", "b.csv.part", ".hidden.csv", "c.csv~", ".trash/d.csv", "7/8/deep.csv"):
        server.write(f"work/{path}", b"1")
    make_old(server)

    look = WorkFolder(webdav, "work", no_sleep).look()

    assert [file.path for file in look.complete] == ["work/b.csv", "work/7/a.csv"]
    assert look.refused == [f"work/7/8: {NESTED}"]


def test_a_file_that_grows_is_not_complete_until_it_stops(server: DavServer, webdav: WebDav) -> None:
    server.write("work/old.csv", b"1")
    make_old(server)
    file = server.write("work/new.csv", b"1")
    waits: list[float] = []

    def grow(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) < 3:
            file.write_bytes(b"1" * (len(waits) + 1))

    look = WorkFolder(webdav, "work", grow).look()

    assert waits == [SETTLE_SECONDS] * 3
    assert [r.path for r in look.complete] == ["work/new.csv", "work/old.csv"]


def test_a_file_that_never_stops_is_left_to_the_next_time(server: DavServer, webdav: WebDav) -> None:
    server.write("work/old.csv", b"1")
    make_old(server)
    file = server.write("work/new.csv", b"")
    waits: list[float] = []

    def grow(seconds: float) -> None:
        waits.append(seconds)
        file.write_bytes(b"1" * len(waits))

    look = WorkFolder(webdav, "work", grow).look()

    assert len(waits) == MAX_LOOKS - 1
    assert ([r.path for r in look.complete], look.changing) == (["work/old.csv"], ["work/new.csv"])


@pytest.mark.parametrize(
    ("modified", "read_at", "settled"),
    [
        ("Fri, 27 Nov 2026 11:59:55 GMT", NOON, True),
        ("Fri, 27 Nov 2026 11:59:56 GMT", NOON, False),
        ("Fri, 27 Nov 2026 13:00:00 GMT", NOON, False),
        ("yesterday", NOON, False),
        (None, NOON, False),
        ("Fri, 27 Nov 2026 11:59:55 GMT", None, False),
        ("Fri, 27 Nov 2026 11:59:55 -0000", NOON + timedelta(seconds=1), True),
    ],
)
def test_an_old_file_is_complete_by_the_clock_of_the_server(
    modified: str | None, read_at: datetime | None, *, settled: bool
) -> None:
    file = Resource("x.csv", is_folder=False, modified=modified)
    assert is_settled(file, read_at) is settled


def test_a_server_that_states_its_time_without_a_zone_means_utc(server: DavServer, webdav: WebDav) -> None:
    date = ("Date", "Fri, 27 Nov 2026 12:00:00 -0000")
    listing = b"""<multistatus xmlns="DAV:"><response><href>/work/x.csv</href><propstat><prop>
    <getlastmodified>Fri, 27 Nov 2026 11:59:00 GMT</getlastmodified><getetag>"1"</getetag>
    </prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"""
    server.faults = [Fault(method="PROPFIND", status="207 Multi-Status", headers=(date,), body=listing)]

    look = WorkFolder(webdav, "work", no_sleep).look()

    assert [file.path for file in look.complete] == ["work/x.csv"]
