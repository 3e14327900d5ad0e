"""`sensorctl report file`: a file is uploaded to a real WebDAV server, and its workflow is requested."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from jobs.kinds import dump_spec, parse_spec
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import FakeWorkflows
from tests.webdav_server import PASSWORD, USER, DavServer, Fault, webdav_server
from webdav.client import WebDav
from webdav.requests import Waits

pytestmark = pytest.mark.usefixtures("history")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DavServer]:
    root = tmp_path / "webdav"
    (root / "work").mkdir(parents=True)
    with webdav_server(root) as running:
        monkeypatch.setenv("WEBDAV_URL", running.url)
        monkeypatch.setenv("WEBDAV_USER", USER)
        monkeypatch.setenv("WEBDAV_PASSWORD", PASSWORD)
        yield running


@pytest.fixture
def local(tmp_path: Path) -> Path:
    file = tmp_path / "Kühlschrank.csv"
    file.write_text("1,2\n")
    return file


def test_a_file_here_is_uploaded_as_a_whole_and_requested(
    sensorctl: RunCommand, workflows: FakeWorkflows, server: DavServer, local: Path
) -> None:
    code, out, err = sensorctl(
        "report", "file", str(local), "--sensor", "7", "--option", "decimal=,", "--preset", "2-8",
        "--high", "9", "--format", "pdf", "--format", "xlsx", "--language", "pt", "--title", "Nov",
    )  # fmt: skip

    assert code == 0, err
    assert server.files() == ["work/Kühlschrank.csv"]
    assert [m for m in server.methods() if m in {"PUT", "MOVE"}] == ["PUT", "MOVE"]
    [(_, kind, spec, _, _)] = workflows.requests
    assert kind == "file"
    assert spec == dump_spec(
        parse_spec(
            "file",
            {
                "file": "work/Kühlschrank.csv", "sensor": "7", "options": {"decimal": ","}, "preset": "2-8",
                "limits": [{"kind": "high", "threshold": 9}], "formats": ["pdf", "xlsx"], "language": "pt",
                "title": "Nov",
            },
        )
    )  # fmt: skip
    assert "Requested workflow" in out


@pytest.mark.parametrize("method", ["PUT", "MOVE"])
def test_an_upload_whose_answer_is_lost_is_repeated(
    sensorctl: RunCommand,
    workflows: FakeWorkflows,
    server: DavServer,
    local: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    waits = Waits(sleep=lambda _: None)
    monkeypatch.setattr("sensorctl.reports.file_command.WebDav", partial(WebDav, waits=waits))
    server.faults.append(Fault(method=method, is_lost=True))

    code, _, err = sensorctl("report", "file", str(local), "--sensor", "7")

    assert code == 0, err
    assert server.files() == ["work/Kühlschrank.csv"]
    assert len(workflows.requests) == 1


@pytest.mark.parametrize("given", ["a b.csv", "work/a b.csv", "{url}work/a%20b.csv"])
def test_a_file_on_the_server_is_requested_as_it_is(
    sensorctl: RunCommand, workflows: FakeWorkflows, server: DavServer, given: str
) -> None:
    server.write("work/a b.csv", "1")

    assert sensorctl("report", "file", given.format(url=server.url))[0] == 0
    [(_, _, spec, _, _)] = workflows.requests
    assert spec["file"] == "work/a b.csv"
    assert "PUT" not in server.methods()


def test_a_name_that_is_taken_is_not_overwritten(
    sensorctl: RunCommand, workflows: FakeWorkflows, server: DavServer, local: Path
) -> None:
    server.write("work/Kühlschrank.csv", "other")

    code, _, err = sensorctl("report", "file", str(local))

    assert (code, workflows.requests) == (1, [])
    assert "There is a file work/Kühlschrank.csv on the WebDAV server already" in err
    assert server.files() == ["work/Kühlschrank.csv"]
    assert (server.root / "work/Kühlschrank.csv").read_text() == "other"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("none.csv", "neither a file none.csv here, nor work/none.csv on the WebDAV server"),
        ("https://elsewhere.example/x.csv", "is not below http://127.0.0.1:"),
        ("../x.csv", "must not contain an empty name, . or .."),
        ("{url}work/%2e%2e/%2e%2e/x.csv", "must not contain an empty name, . or .."),
    ],
)
def test_what_is_not_there_is_refused(
    sensorctl: RunCommand, workflows: FakeWorkflows, server: DavServer, given: str, message: str
) -> None:
    code, _, err = sensorctl("report", "file", given.format(url=server.url))

    assert (code, workflows.requests) == (2, [])
    assert message in " ".join(err.replace("│", " ").split())


def test_a_server_that_refuses_the_password_is_reported(
    sensorctl: RunCommand, workflows: FakeWorkflows, server: DavServer, local: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("WEBDAV_PASSWORD", "other")

    code, _, err = sensorctl("report", "file", str(local))

    assert (code, workflows.requests) == (1, [])
    assert "check WEBDAV_USER and WEBDAV_PASSWORD" in err
    assert PASSWORD not in err
