"""The real service on a PostgreSQL server of its own, as the native stack runs them."""

import http.client
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from db.migrate import upgrade
from db.queries.anomalies import Anomalies, AnomalyFilter
from db.queries.statements import Row, Statements
from db.settings import DatabaseSettings
from db.store import Store
from evaluation.series import Series
from native.ports import LOOPBACK, free_port
from native.postgres import PrivatePostgres
from native.program import Program, running
from readings.ids import uuid7
from readings.model import Reading
from runtime.services import Stage
from runtime.settings import load

BATCH = 500
TIMEOUT_SECONDS = 180.0
HTTP_TIMEOUT_SECONDS = 5
MAX_ANOMALIES = 10_000
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def anomalies_of_service(series: Series, work: Path) -> list[Row]:
    """Store the readings as a consumer does, run the analysis, and return the anomalies in its table.

    Raises:
        ServiceUnavailable: When there is no PostgreSQL, or the analysis does not finish in time.
    """
    work.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as directory,
        PrivatePostgres(Path(directory)) as server,
    ):
        settings = load(DatabaseSettings, database_url=server.url)
        upgrade(settings)
        _store(series, settings)
        program = _analysis(server.url, Path(directory))
        with running(
            program, ready=_has_analysed(program, len(series.readings)), timeout_seconds=TIMEOUT_SECONDS
        ):
            pass
        with closing(Statements(settings, "evaluation")) as statements:
            return Anomalies(statements).read(AnomalyFilter(), MAX_ANOMALIES)


def _store(series: Series, settings: DatabaseSettings) -> None:
    readings = [
        Reading(uuid7(), series.name, datetime.fromtimestamp(at, UTC), temperature)
        for at, temperature in series.readings
    ]
    with closing(Store(settings, "evaluation")) as store:
        for start in range(0, len(readings), BATCH):
            store.save(readings[start : start + BATCH])


def _analysis(database_url: str, directory: Path) -> Program:
    port = free_port()
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return Program(
        name="analysis",
        command=(sys.executable, "-m", "analysis"),
        environment={
            **inherited,
            "DATABASE_URL": database_url,
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(port),
        },
        log=directory / "analysis.log",
        stage=Stage.PIPELINE,
        directory=Path(__file__).parent.parent,
        port=port,
    )


def _has_analysed(program: Program, readings: int) -> Callable[[], bool]:
    """Return whether it has analysed so many readings, and learns no sensor again."""

    def has_analysed() -> bool:
        metrics = _metrics(program)
        return (
            metrics.get("analysis_readings_total", 0) >= readings
            and not metrics.get("analysis_sensors_rebuilding", 0)
            and not metrics.get("analysis_lag_seconds", 0)
        )

    return has_analysed


def _metrics(program: Program) -> dict[str, float]:
    time.sleep(0.2)  # it is called in a loop
    assert program.port
    connection = http.client.HTTPConnection(LOOPBACK, program.port, timeout=HTTP_TIMEOUT_SECONDS)
    with closing(connection):
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        except OSError:
            return {}
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}
