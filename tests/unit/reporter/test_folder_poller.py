"""Which files the poller requests, and when, on a real WebDAV server."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog

from db.errors import StoreUnavailable
from reporter.files.work_folder import NESTED, SETTLE_SECONDS
from reporter.folder_poller import MISSING, REQUEST_INTERVAL_SECONDS, FolderPoller
from reporter.settings import ReporterSettings
from reporter.telemetry import PollerTelemetry
from tests.unit.fakes import EventRecorder
from tests.unit.metrics import metric
from tests.unit.worker.sources.clocks import FakeClock
from tests.webdav_server import DavServer, Fault
from webdav.client import WebDav

OLD = (1_700_000_000, 1_700_000_000)


class FakeFiles:
    """Records the requests; `error` is raised instead."""

    def __init__(self) -> None:
        self.requested: list[str] = []
        self.names: list[Sequence[str]] = []
        self.error: StoreUnavailable | None = None

    def request(self, path: str, version: str, names: Sequence[str], spec: Any, _failures: int) -> UUID:
        if self.error:
            raise self.error
        assert spec["version"] == version
        self.requested.append(path)
        self.names.append(names)
        return uuid4()


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
def events() -> EventRecorder:
    return EventRecorder(PollerTelemetry)


@pytest.fixture
def poller(webdav: WebDav, files: FakeFiles, events: EventRecorder, clock: FakeClock) -> FolderPoller:
    return FolderPoller(ReporterSettings(), webdav, files, events, clock)  # type: ignore[arg-type]


def test_a_complete_file_is_requested_once_and_an_empty_folder_costs_one_request(
    poller: FolderPoller, server: DavServer, files: FakeFiles
) -> None:
    poller.poll()
    assert server.methods() == ["PROPFIND"]
    os.utime(server.write("work/a.csv", b"1"), OLD)
    os.utime(server.write("work/7/b.csv", b"1"), OLD)
    os.utime(server.write("work/c.csv.part", b"1"), OLD)

    for _ in range(3):
        poller.poll()

    assert files.requested == ["work/a.csv", "work/7/b.csv"]
    assert files.names == [("work/a.csv", "a.csv"), ("work/7/b.csv", "7/b.csv")]


def test_a_file_is_requested_once_it_has_not_changed_for_a_while(
    poller: FolderPoller, server: DavServer, files: FakeFiles, clock: FakeClock
) -> None:
    for content in (b"1", b"12"):
        server.write("work/a.csv", content)
        poller.poll()
        clock.sleep(SETTLE_SECONDS - 1)
        poller.poll()
    assert files.requested == []

    clock.sleep(1)
    poller.poll()

    assert files.requested == ["work/a.csv"]


def test_what_is_moved_back_or_stays_is_requested_again(
    poller: FolderPoller, server: DavServer, files: FakeFiles, clock: FakeClock
) -> None:
    path = server.write("work/a.csv", b"1")
    os.utime(path, OLD)
    poller.poll()
    path.unlink()
    poller.poll()
    os.utime(server.write("work/a.csv", b"1"), OLD)
    poller.poll()
    assert len(files.requested) == 2

    clock.sleep(REQUEST_INTERVAL_SECONDS)
    poller.poll()

    assert len(files.requested) == 3


def test_servers_that_are_down_are_reported_and_polled_again(
    poller: FolderPoller, server: DavServer, files: FakeFiles, events: EventRecorder
) -> None:
    os.utime(server.write("work/a.csv", b"1"), OLD)
    server.faults.append(Fault(method="PROPFIND", status="403 Forbidden"))
    poller.poll()
    files.error = StoreUnavailable("the database does not respond")
    poller.poll()
    files.error = None

    poller.poll()

    assert files.requested == ["work/a.csv"]
    expected = ["folder_down", "refused", "unavailable", "refused", "requested", "available"]
    assert events.names == expected


def test_a_folder_that_is_refused_is_down_until_it_is_read(
    webdav: WebDav, server: DavServer, files: FakeFiles, clock: FakeClock
) -> None:
    poller = FolderPoller(ReporterSettings(), webdav, files, PollerTelemetry(), clock)  # type: ignore[arg-type]
    server.faults.append(Fault(method="PROPFIND", status="401 Unauthorized"))

    poller.poll()
    assert metric("reporter_folder_down_since_timestamp_seconds") > 0

    poller.poll()
    assert metric("reporter_folder_down_since_timestamp_seconds") == 0


def test_a_folder_that_does_not_exist_is_logged_once(
    webdav: WebDav, server: DavServer, files: FakeFiles, clock: FakeClock
) -> None:
    with structlog.testing.capture_logs() as logs:
        poller = FolderPoller(ReporterSettings(), webdav, files, PollerTelemetry(), clock)  # type: ignore[arg-type]
        for _ in range(2):
            server.faults.append(Fault(method="PROPFIND", status="404 Not Found"))
            poller.poll()

    assert [log["reason"] for log in logs] == [f"work {MISSING}"]


def test_what_is_not_looked_into_is_logged_once(
    webdav: WebDav, server: DavServer, files: FakeFiles, clock: FakeClock
) -> None:
    server.write("work/a/b/c.csv", b"1")
    with structlog.testing.capture_logs() as logs:
        poller = FolderPoller(ReporterSettings(), webdav, files, PollerTelemetry(), clock)  # type: ignore[arg-type]
        for _ in range(2):
            poller.poll()

    assert [log["reason"] for log in logs] == [f"work/a/b: {NESTED}"]
