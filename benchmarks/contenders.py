"""The contenders: this project's programs, its peers, and the limits of broker and database alone."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.database import PEER_TABLE, PROJECT_TABLE
from benchmarks.environment import ROOT

PEERS = ROOT / "benchmarks" / "peers"
NODE_PEER = PEERS / "node"
PEERS_PYTHON = ROOT / ".bench-venv" / "bin" / "python"
PIPELINE = (sys.executable, "-m", "pipeline")
ANALYSIS = (sys.executable, "-m", "analysis")
ALERTER = (sys.executable, "-m", "alerter")
DASHBOARD = (sys.executable, "-m", "dashboard")
SENSOR = (sys.executable, "-m", "sensor")
SENSORCTL = (sys.executable, "-m", "sensorctl")


@dataclass(frozen=True)
class Contender:
    """A program to measure, its title, and the table that it writes to."""

    key: str
    title: str
    command: tuple[str, ...]
    table: str = PEER_TABLE
    variables: Mapping[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ()

    def unavailable_reason(self) -> str | None:
        """Return why it cannot run here; None if it can."""
        if self.command[0] == "node":
            return _node_unavailable_reason()
        if not shutil.which(self.command[0]):
            return f"{self.title} was not measured: {self.command[0]} is not installed."
        imports = "; ".join(f"import {module}" for module in self.modules) or "pass"
        tried = subprocess.run((self.command[0], "-c", imports), capture_output=True, check=False)
        if tried.returncode:
            return f"{self.title} was not measured: its packages are not installed in the peers' environment."
        return None


def _node_unavailable_reason() -> str | None:
    if not shutil.which("node"):
        return "amqplib + pg was not measured: Node.js is not installed."
    if not (NODE_PEER / "node_modules").is_dir():
        return "amqplib + pg was not measured: its packages are not installed."
    return None


def project(batch_size: int = 1) -> Contender:
    """Return this project's consumer."""
    variables = {"BATCH_SIZE": str(batch_size)} if batch_size > 1 else {}
    key = "project" if batch_size == 1 else f"batch-{batch_size}"
    title = "this project" if batch_size == 1 else f"this project, batches of {batch_size:,}"
    return Contender(key, title, PIPELINE, PROJECT_TABLE, variables)


def auto() -> Contender:
    """Return this project's consumer with automatic batches."""
    return Contender("auto", "this project, BATCH_SIZE=auto", PIPELINE, PROJECT_TABLE, {"BATCH_SIZE": "auto"})


def consumers(python: Path) -> tuple[Contender, ...]:
    """Return the consumers that are compared at prefetch 1."""
    return (
        project(),
        Contender("baseline", "baseline: pika + psycopg", _peer(python, "baseline.py")),
        Contender(
            "orm", "pika + an ORM session per message", _peer(python, "orm.py"), modules=("sqlalchemy",),
        ),
        Contender(
            "faststream", "FastStream + SQLAlchemy", _peer(python, "faststream_orm.py"),
            modules=("faststream.rabbit", "asyncpg", "sqlalchemy"),
        ),
        Contender("node", "Node: amqplib + pg", ("node", str(NODE_PEER / "consumer.js"))),
    )  # fmt: skip


def limit(python: Path, key: str) -> Contender:
    """Return a program that measures a limit and prints its own rate."""
    program, mode, title = {
        "consume": ("bare_broker.py", "consume", "limit: consume and ack, prefetch 1"),
        "commits": ("bare_database.py", "commits", "limit: single-row commits"),
        "drain": ("bare_broker.py", "drain", "limit: drain, multiple ack"),
        "copy": ("bare_database.py", "copy", "limit: COPY, 500 rows per commit"),
        "confirm": ("bare_broker.py", "confirm", "bare pika, one confirm per message"),
        "publish": ("bare_broker.py", "publish", "limit: bare pika without confirms"),
    }[key]
    return Contender(key, title, (*_peer(python, program), mode))


def classic(contender: Contender) -> Contender:
    """Return the same program for a classic queue."""
    return replace(contender, key=f"{contender.key}-classic", title=f"{contender.title}, classic queue")


def _peer(python: Path, program: str) -> tuple[str, ...]:
    return (str(python), str(PEERS / program))
