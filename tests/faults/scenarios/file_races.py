"""Races for files: two jobs take one, a target is occupied, and files are replaced while they are read."""

import hashlib
import json
import signal
from collections import Counter
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from jobs.files import FILE
from jobs.kinds import dump_spec, parse_spec, plan_jobs
from tests.faults.experiment import Experiment
from tests.faults.scenarios.files import (
    finish_files,
    record_file,
    request_files,
    request_look,
    start_reporters,
    start_server,
)
from tests.faults.scenarios.workflows import process_family, signal_all
from tests.unit.deploy.test_webdav_samples import BERLIN
from tests.webdav_server import PASSWORD, USER, DavServer, Environ, Fault
from webdav.client import WebDav
from webdav.settings import WebDavSettings

START = datetime(2026, 11, 1, tzinfo=BERLIN)
OCCUPIED = b"another file"
RUNNING = (
    "SELECT job_id, attempt, lease_owner FROM job WHERE kind = 'file' AND state = 'running' ORDER BY job_id"
)
ATTEMPT = "SELECT attempt, state FROM job WHERE job_id = %s"
FAILED = "SELECT error FROM workflow WHERE kind IN ('file', 'files') AND state = 'failed' ORDER BY error"


class Races:
    """What happens around the requests of jobs, each to a file once at most."""

    def __init__(self, experiment: Experiment, server: DavServer) -> None:
        self._experiment, self._server = experiment, server
        self._random: Random = experiment.random
        self.counts: Counter[str] = Counter()
        self.replaced: set[str] = set()
        self.occupied: set[Path] = set()

    def answer(self, environ: Environ) -> Fault | None:
        """Do something before a request, or after it, and let the server answer it as it does."""
        path, method = str(environ["PATH_INFO"]).lstrip("/"), environ["REQUEST_METHOD"]
        is_source = path.startswith("work/") and path.endswith(".csv")
        if method == "GET" and is_source and self._happens(3):
            return Fault(method="GET", then=lambda: self._replace(path, "after GET"))
        if method == "MOVE" and is_source and self._happens(4):
            self._replace(path, "before MOVE")
        elif method == "MOVE" and self._happens(4):
            self._occupy(unquote(urlsplit(environ["HTTP_DESTINATION"]).path).lstrip("/"))
        return None

    def _happens(self, one_in: int) -> bool:
        return self._random.randrange(one_in) == 0

    def _replace(self, path: str, when: str) -> None:
        """Upload a version with one more reading."""
        file = self._server.root / path
        if path in self.replaced or not file.exists():
            return
        self.replaced.add(path)
        self.counts[f"replaced {when}"] += 1
        part = file.with_name(f".{file.name}")
        part.write_bytes(content_of(path, 4))
        record_file(self._experiment, part, file.parent.name)
        with suppress(FileNotFoundError):
            part.rename(file)

    def _occupy(self, target: str) -> None:
        """Put another file where one is moved to, so that the server answers 412."""
        file = self._server.root / target
        # Only the first name: the job has no more than two others.
        is_first_name = file.stem.isdecimal() and not target.startswith("work/")
        if is_first_name and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(OCCUPIED)
            self.occupied.add(file)
            self.counts["target occupied"] += 1


def contended(experiment: Experiment, *, files: int, freezes: int, seconds: float) -> None:
    """Row 39. Files are taken twice, replaced between GET and MOVE, and their targets are occupied."""
    experiment.start_workers()
    server = start_server(experiment, "contended")
    races = Races(experiment, server)
    paths = [f"work/box-{number % 5}/{number:03}.csv" for number in range(files)]
    for path in paths:
        record_file(experiment, server.write(path, content_of(path, 3)), Path(path).parent.name)
    for path in paths[:2]:
        _request_twice(experiment, server, path)
    server.answer = races.answer
    reporters = start_reporters(experiment, server, "reporter", look_seconds=1)
    for number in range(freezes):
        experiment.show_progress(f"freezing a reporter, {number + 1} of {freezes}")
        _freeze(experiment)
    request_look(experiment)
    request_look(experiment)
    finish_files(experiment, server, seconds)
    reporters.stop()
    counts = ", ".join(f"{number} {name}" for name, number in sorted(races.counts.items()))
    experiment.notes.append(f"{files} files; {counts}; {freezes} reporters frozen until others had their job")
    _check(experiment, server, races, paths)


def content_of(path: str, readings: int) -> bytes:
    """Return the file: its readings are in the minutes that its number has."""
    number = int(Path(path).stem)
    rows = [(START + timedelta(minutes=10 * number + step), 4 + step / 10) for step in range(readings)]
    lines = (f"{moment.isoformat()},{value}\n" for moment, value in rows)
    return ("time,temperature\n" + "".join(lines)).encode()


def _request_twice(experiment: Experiment, server: DavServer, path: str) -> None:
    """Request two workflows for the version of a file that is there, which two jobs then take at once."""
    settings = WebDavSettings(webdav_url=server.url, webdav_user=USER, webdav_password=SecretStr(PASSWORD))
    with closing(WebDav(settings)) as webdav:
        found = webdav.find(path)
    assert found
    spec = dump_spec(parse_spec(FILE, {"file": path, "version": found.version}))
    for _ in range(2):
        request_files(experiment, FILE, spec, plan_jobs(FILE, spec))


def _freeze(experiment: Experiment) -> None:
    """Freeze a reporter that has a job until another has it, and then let both work on the same file."""
    experiment.wait_until(lambda: experiment.query(RUNNING), 60, "a job for a file runs")
    running = experiment.query(RUNNING)
    if not running:
        return
    job, attempt, owner = running[0]
    family = process_family(int(str(owner).rpartition(":")[2]))
    signal_all(family, signal.SIGSTOP)
    try:
        experiment.wait_until(
            lambda: experiment.query(ATTEMPT, job)[0] != (attempt, "running"), 60, "another has the job"
        )
    finally:
        signal_all(family, signal.SIGCONT)


def _check(experiment: Experiment, server: DavServer, races: Races, paths: list[str]) -> None:
    """Check that each file is in the folder of what is done once, with one report, and replaces nothing."""

    def check(holds: object, problem: str) -> None:
        if not holds:
            experiment.problems.append(problem)

    errors = [str(error) for (error,) in experiment.query(FAILED)]
    check(not errors, f"failed: {errors[:5]}")
    check(not server.files("work"), f"left: {server.files('work')}")
    check(not server.files("erro"), f"in the folder for errors: {server.files('erro')}")
    check(all(file.read_bytes() == OCCUPIED for file in races.occupied), "a file was replaced")
    found = {file for file in (server.root / "finalizado").rglob("*") if file.is_file()}
    done = found - races.occupied
    sources = Counter(file.read_bytes() for file in done if file.suffix == ".csv")
    reports = Counter(
        str(json.loads(file.read_bytes())["inputs"][0]["sha256"])
        for file in done
        if file.suffix == ".json" and ".part-" not in file.name
    )
    for path in paths:
        content = content_of(path, 4 if path in races.replaced else 3)
        copies, made = sources[content], reports[hashlib.sha256(content).hexdigest()]
        check((copies, made) == (1, 1), f"{path} is there {copies} times, with {made} reports")
    for kind in ("replaced after GET", "replaced before MOVE", "target occupied"):
        check(races.counts[kind], f"no file was {kind}")
