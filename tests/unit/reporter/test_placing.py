"""Results are placed and files are moved once, whatever the server answers and whatever else does it."""

from hashlib import sha256
from uuid import UUID

import pytest

from reporter.files.placing import Moving, Placing, candidate_names
from tests.webdav_server import DavServer, Fault
from webdav.client import WebDav
from webdav.model import WebDavRefused

JOB = UUID("7d3f7d1e-52c8-5b0e-9a3d-0c6f6a1f4b57")
DIGEST = sha256(b"readings").hexdigest()
TARGETS = ["finalizado/x.csv", "finalizado/x-2.csv"]


def placing(webdav: WebDav) -> Placing:
    return Placing(webdav, "finalizado", JOB)


def moving(webdav: WebDav) -> Moving:
    found = webdav.find("work/x.csv")
    assert found is not None
    return Moving(webdav, "work/x.csv", found.version or "", found.condition)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("work/x.csv", ["x.csv", "x-00112233.csv", "x-7d3f7d1e.csv"]),
        ("work/7/x.csv.gz", ["7/x.csv.gz", "7/x-00112233.csv.gz", "7/x-7d3f7d1e.csv.gz"]),
        ("work/a?b;c#d.csv", ["a_b_c_d.csv", "a_b_c_d-00112233.csv", "a_b_c_d-7d3f7d1e.csv"]),
    ],
)
def test_the_last_of_several_names_is_the_job_s_own(path: str, names: list[str]) -> None:
    assert candidate_names(path, "work", "00112233445566", JOB) == names


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [Fault(method="PUT", is_lost=True)],
        [Fault(method="MOVE", is_lost=True)],
        [Fault(method="MOVE", status="423 Locked")],
        [Fault(method="PUT", status="503 Busy"), Fault(method="MOVE", status="500 Error")],
    ],
    ids=["no fault", "lost answer of PUT", "lost answer of MOVE", "locked", "busy"],
)
def test_a_result_is_there_once_and_repeating_it_changes_nothing(
    server: DavServer, webdav: WebDav, faults: list[Fault]
) -> None:
    server.faults = faults
    for _ in range(2):
        assert placing(webdav).place_first({"x.json": b"report"}) == "x.json"
    assert server.files() == ["finalizado/x.json"]
    assert (server.root / "finalizado/x.json").read_bytes() == b"report"


def test_another_result_keeps_its_name_also_if_it_is_placed_at_the_same_time(
    server: DavServer, webdav: WebDav
) -> None:
    server.faults = [
        Fault(method="MOVE", status="412 No", then=lambda: server.write("finalizado/x.json", b"other"))
    ]
    names = {"x.json": b"report", "x-2.json": b"report"}
    assert placing(webdav).place_first(names) == "x-2.json"
    assert server.files() == ["finalizado/x-2.json", "finalizado/x.json"]
    assert (server.root / "finalizado/x.json").read_bytes() == b"other"


def test_the_same_result_of_another_job_is_as_good(server: DavServer, webdav: WebDav) -> None:
    server.write("finalizado/x.json", b"the same, made at another time")
    is_same = {"x.json": lambda content: content.startswith(b"the same")}
    assert placing(webdav).place_first({"x.json": b"the same, now"}, is_same) == "x.json"
    assert server.methods().count("PUT") == 0


def test_without_a_free_name_nothing_is_overwritten(server: DavServer, webdav: WebDav) -> None:
    server.write("finalizado/x.json", b"other")
    with pytest.raises(WebDavRefused, match="there are files under all of these names"):
        placing(webdav).place_first({"x.json": b"report"})


@pytest.mark.parametrize(
    "faults",
    [[], [Fault(method="MOVE", is_lost=True)], [Fault(method="MOVE", status="503 Busy")]],
    ids=["no fault", "lost answer", "busy"],
)
def test_a_file_is_moved_once_and_found_there_again(
    server: DavServer, webdav: WebDav, faults: list[Fault]
) -> None:
    server.write("work/x.csv", b"readings")
    move = moving(webdav)
    server.faults = faults
    for _ in range(2):
        assert move.move(TARGETS, DIGEST) == TARGETS[0]
    assert server.files() == ["finalizado/x.csv"]


def test_a_file_whose_name_is_taken_gets_the_next_one(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.csv", b"readings")
    server.write("finalizado/x.csv", b"another version")
    assert moving(webdav).move(TARGETS, DIGEST) == TARGETS[1]
    assert server.files() == ["finalizado/x-2.csv", "finalizado/x.csv"]


def test_a_newer_version_stays_where_it_is(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.csv", b"readings")
    move = moving(webdav)
    server.write("work/x.csv", b"newer readings")
    assert move.move(TARGETS, DIGEST) is None
    assert server.files() == ["work/x.csv"]


def test_a_file_that_somebody_has_removed_is_nowhere(server: DavServer, webdav: WebDav) -> None:
    file = server.write("work/x.csv", b"readings")
    move = moving(webdav)
    file.unlink()
    server.write("finalizado/x.csv", b"another one")
    assert move.move(TARGETS, DIGEST) is None


def test_a_file_without_a_free_name_stays(server: DavServer, webdav: WebDav) -> None:
    server.write("work/x.csv", b"readings")
    for target in TARGETS:
        server.write(target, b"other")
    with pytest.raises(WebDavRefused, match=r"work/x\.csv cannot be moved: there are files at"):
        moving(webdav).move(TARGETS, DIGEST)
