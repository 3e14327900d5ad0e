"""Faults of file jobs: a file ends once in one folder, a reading is stored once, and figures are right."""

import json
import math
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

import pytest

from db.settings import DatabaseSettings
from db.workflows.requests import WorkflowRequests
from jobs.files import FILES as LOOK
from jobs.kinds import dump_spec, parse_spec, plan_jobs
from jobs.spec import JobSpec
from readings.files.csv_options import CsvOptions
from readings.files.file_readings import FilePosition, FileReadings
from readings.files.history_file import open_history
from readings.model import Reading
from reports.verification import verify_report
from runtime.settings import load
from tests.faults.experiment import Experiment
from tests.faults.local_workers import LocalWorkers
from tests.faults.scenarios.workflows import LEASE_SECONDS, record_reading
from tests.unit.deploy.test_webdav_samples import BERLIN, FILES, SAMPLES
from tests.webdav_server import PASSWORD, USER, DavServer, Environ, Fault, webdav_server

METHODS = {"GET": 6, "PUT": 4, "MOVE": 6}
FOLDERS = ("work", "finalizado", "erro")
KELVIN, GAS, HEAT = 273.15, 8.314462618, 83_144.0
UNENDED = "SELECT count(*) FROM workflow WHERE kind IN ('file', 'files') AND ended_at IS NULL"
FAILED = "SELECT error FROM workflow WHERE kind IN ('file', 'files') AND state = 'failed' ORDER BY error"


def killed(experiment: Experiment, *, seconds: float) -> None:
    """Row 23. Reporters are killed after GET, PUT and MOVE, while files of twelve makers become reports."""
    record_samples(experiment)
    experiment.start_workers()
    for method, every in METHODS.items():
        experiment.show_progress(f"killing reporters after {method}")
        server = start_server(experiment, method)
        for name in FILES:
            server.write(f"work/{name}", (SAMPLES / name).read_bytes())
        reporters = start_reporters(experiment, server, f"tests.faults.reporter_failpoint {method} {every}")
        finish_files(experiment, server, seconds)
        experiment.notes.append(f"{reporters.deaths()} reporters killed after {method}")
        if not reporters.deaths():
            experiment.problems.append(f"no reporter was killed after {method}")
        reporters.stop()
        check_samples(experiment, server)


def faulty(experiment: Experiment, *, seconds: float, down_seconds: float) -> None:
    """Row 24. The WebDAV server is slow, cut off, locked, full and down, and loses answers."""
    record_samples(experiment)
    experiment.start_workers()
    server = start_server(experiment, "faulty")
    counts: Counter[str] = Counter()
    down_until = 0.0

    def answer(environ: Environ) -> Fault | None:
        if time.monotonic() < down_until:
            return Fault(method="", status="503 Down")
        return _choose_fault(experiment.random, environ["REQUEST_METHOD"], counts)

    server.answer = answer
    for name in FILES:
        server.write(f"work/{name}", (SAMPLES / name).read_bytes())
    reporters = start_reporters(experiment, server, "reporter")
    request_look(experiment)
    for number in range(4):
        experiment.run_load_for(experiment.random.uniform(4, 8))
        reporters.kill(number)
        if number == 1:
            down_until = time.monotonic() + down_seconds
    finish_files(experiment, server, seconds)
    faults = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    experiment.notes.append(f"{reporters.deaths()} reporters killed; faults: {faults}")
    reporters.stop()
    check_samples(experiment, server)


def many(experiment: Experiment, *, files: int, seconds: float, between: tuple[float, float]) -> None:
    """Row 25. Many files, some truncated, some changed while they are read; reporters are killed."""
    experiment.start_workers()
    server = start_server(experiment, "many")
    start = datetime(2026, 11, 1, tzinfo=BERLIN)
    workbook = (SAMPLES / "living-room/netatmo.xlsx").read_bytes()
    truncated = max(1, files // 100)
    for number in range(files - truncated):
        path = server.write(f"work/box-{number % 7}/{number:04}.csv", _small_file(number, start))
        record_file(experiment, path, f"box-{number % 7}")
    for number in range(truncated):
        server.write(f"work/broken/{number}.xlsx", workbook[: len(workbook) // 2])
    server.answer = _changing(experiment.random, server)
    reporters = start_reporters(experiment, server, "reporter")
    request_look(experiment)
    kills = 0
    deadline = time.monotonic() + seconds
    while server.files("work") and time.monotonic() < deadline:
        experiment.run_load_for(experiment.random.uniform(*between))
        reporters.kill(kills)
        kills += 1
        if experiment.query(UNENDED) == [(0,)]:  # what was rewritten is another version
            request_look(experiment)
        experiment.show_progress(f"{len(server.files('work'))} files remain; {kills} reporters killed")
    finish_files(experiment, server, 120)
    ended = {folder: len(_sources(server, folder, {".csv", ".xlsx"})) for folder in FOLDERS}
    experiment.notes.append(f"{kills} reporters killed; files by folder: {ended}")
    if ended != {"work": 0, "finalizado": files - truncated, "erro": truncated}:
        experiment.problems.append(f"the files ended in {ended}")


def start_server(experiment: Experiment, name: str) -> DavServer:
    """Start a WebDAV server with empty folders."""
    root = experiment.environment.directory / f"webdav-{experiment.seed.replace('/', '-')}-{name}"
    shutil.rmtree(root, ignore_errors=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    return experiment.enter(webdav_server(root))


def start_reporters(
    experiment: Experiment, server: DavServer, module: str, *, look_seconds: float = 0
) -> LocalWorkers:
    """Start two reporters whose lease is short; with `look_seconds` they request files by themselves."""
    reporters = experiment.start_process(
        module,
        {
            "RABBITMQ_URL": experiment.environment.amqp_url,
            "DATABASE_URL": experiment.database_url,
            "WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "WORKER_PROGRESS_SECONDS": "60",
            "WORKER_GRACE_SECONDS": "1",
            "NAIVE_TIME_ZONE": BERLIN.key,
            "REPORTER_LOOK_SECONDS": str(look_seconds),
            "WEBDAV_URL": server.url,
            "WEBDAV_USER": USER,
            "WEBDAV_PASSWORD": PASSWORD,
        },
    )
    reporters.scale(2)
    return reporters


def request_look(experiment: Experiment) -> UUID:
    """Request that all files of the folder for work become reports."""
    spec = dump_spec(parse_spec(LOOK, {"formats": ["json", "pdf"]}))
    return request_files(
        experiment, LOOK, spec, [job._replace(max_failures=100) for job in plan_jobs(LOOK, spec)]
    )


def request_files(experiment: Experiment, kind: str, spec: dict[str, Any], jobs: Sequence[JobSpec]) -> UUID:
    """Request a workflow of a kind that processes files."""
    settings = load(DatabaseSettings, database_url=experiment.database_url)
    with closing(WorkflowRequests(settings, "faults")) as requests:
        return requests.request("faults", kind, spec, jobs).workflow_id


def finish_files(experiment: Experiment, server: DavServer, seconds: float) -> None:
    """Wait until no file remains, and request again what was written meanwhile."""
    deadline = time.monotonic() + seconds
    while True:
        request_look(experiment)
        remaining = max(deadline - time.monotonic(), 1)
        experiment.wait_until(
            lambda: experiment.query(UNENDED) == [(0,)], remaining, "every workflow has ended"
        )
        if not server.files("work") or time.monotonic() > deadline:
            return


def record_samples(experiment: Experiment) -> None:
    """Record the readings of all samples as confirmed: they are, once the jobs have succeeded."""
    for name in FILES:
        record_file(experiment, SAMPLES / name, name.partition("/")[0] if "/" in name else None)


def record_file(experiment: Experiment, path: Path, folder: str | None) -> None:
    """Record the readings of a file as confirmed."""
    options = CsvOptions(sensors=(folder,)) if folder else CsvOptions()
    for reading in _readings(path, options):
        record_reading(experiment, reading)


def _readings(path: Path, options: CsvOptions) -> Iterator[Reading]:
    with path.open("rb") as file:
        history = open_history(file, path.name, options, BERLIN)
        lines, items = history.read()
        yield from FileReadings(items, lines, history.zone, FilePosition(), lambda *_: None, lambda *_: None)


def check_samples(experiment: Experiment, server: DavServer) -> None:
    """Check that each sample is in the folder of what is done, once, and that its figures are right."""
    done, failed = server.files("finalizado"), server.files("erro")
    errors = [str(error) for (error,) in experiment.query(FAILED)]
    if server.files("work") or failed or errors:
        experiment.problems.append(f"left or failed: {server.files('work')}, {failed}, {errors}")
    if len(_sources(server, "finalizado", {".csv", ".txt", ".xlsx"})) != len(FILES):
        experiment.problems.append(f"the files are not there once: {done}")
    if parts := [name for name in done if ".part-" in name]:
        experiment.notes.append(f"unfinished results that a kill has left: {len(parts)}")
    for name, read in FILES.items():
        path = server.root / "finalizado" / Path(name).with_suffix(".json")
        if not (path.exists() and path.with_suffix(".pdf").exists()):
            experiment.problems.append(f"{name} has no report")
            continue
        _check_figures(experiment, name, path.read_bytes(), sorted({(t, v) for _, t, v in read()}))


def _check_figures(
    experiment: Experiment, name: str, content: bytes, readings: Sequence[tuple[datetime, float]]
) -> None:
    """Compare the report with the figures of readings that another program has read."""
    if differences := verify_report(content):
        experiment.problems.append(f"{name}: {differences[:2]}")
    [sensor] = json.loads(content)["sensors"]
    mean, kinetic = _means(readings)
    figures = {
        "readings": (sensor["readings"], len(readings)),
        "minimum": (sensor["minimum"]["temperature"], min(value for _, value in readings)),
        "maximum": (sensor["maximum"]["temperature"], max(value for _, value in readings)),
        "mean": (sensor["mean"], mean),
        "mean kinetic temperature": (sensor["mean_kinetic_temperature"], kinetic),
    }
    for figure, (reported, expected) in figures.items():
        if reported != pytest.approx(expected, rel=1e-9, abs=1e-9):
            experiment.problems.append(f"{name}: {figure} is {reported}, not {expected}")


def _means(readings: Sequence[tuple[datetime, float]]) -> tuple[float, float]:
    """Return the mean and the mean kinetic temperature over the time that is in no gap."""
    steps = [(later[0] - earlier[0]) / timedelta(seconds=1) for earlier, later in pairwise(readings)]
    longest = 2.5 * median(step for step in steps if step > 0)
    a = HEAT / GAS
    total = mean = weight = 0.0
    for step, ((_, before), (_, after)) in zip(steps, pairwise(readings), strict=True):
        if step <= longest:
            total += step
            mean += step * (before + after) / 2
            weight += step * (math.exp(-a / (before + KELVIN)) + math.exp(-a / (after + KELVIN))) / 2
    return mean / total, a / -math.log(weight / total) - KELVIN


def _choose_fault(random: Random, method: str, counts: Counter[str]) -> Fault | None:
    fault = random.choice(("slow", "cut off", "locked", "full", "lost answer", "error", *["none"] * 14))
    if fault == "full" and (method != "PUT" or counts["full"] > 1):
        fault = "none"
    counts[fault] += 1
    if fault == "slow":
        time.sleep(random.uniform(0.5, 3))
    faults: dict[str, Any] = {
        "cut off": {"cut_at": 100},
        "locked": {"status": "423 Locked"},
        "full": {"status": "507 Insufficient Storage"},
        "lost answer": {"is_lost": True},
        "error": {"status": "500 Error"},
    }
    return Fault(method=method, **faults[fault]) if fault in faults else None


def _changing(random: Random, server: DavServer) -> Any:
    """Return what rewrites a file, with the same content, while it is read, now and then."""

    def answer(environ: Environ) -> Fault | None:
        path = str(environ["PATH_INFO"]).lstrip("/")
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith("work/") or random.randrange(50):
            return None
        file = server.root / path

        def rewrite() -> None:
            if file.exists():
                content = file.read_bytes()
                file.unlink()
                file.write_bytes(content)

        return Fault(method="GET", then=rewrite)

    return answer


def _small_file(number: int, start: datetime) -> str:
    rows = [(start + timedelta(minutes=3 * number + step), 4 + step / 10) for step in range(3)]
    return "time,temperature\n" + "".join(f"{moment.isoformat()},{value}\n" for moment, value in rows)


def _sources(server: DavServer, folder: str, endings: set[str]) -> list[str]:
    return [name for name in server.files(folder) if Path(name).suffix in endings]
