"""Where the logs of the services are: the native stack's files, the compose stack's containers, or named."""

import heapq
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from runtime.errors import ConfigurationError
from sensorctl.files import STANDARD, reading_bytes
from sensorctl.logs.lines import LogEvent
from sensorctl.logs.reader import Unread, lines_of, read_events
from sensorctl.settings import ROOT, native_directory

# Servers of others, with formats of their own.
NATIVE_SERVERS = frozenset({"postgres", "rabbitmq", "epmd"})
COMPOSE_SERVERS = frozenset({"postgres", "rabbitmq", "prometheus", "grafana"})
DESCRIBED = (
    '{{.Name}} {{index .Config.Labels "com.docker.compose.service"}} '
    '{{index .Config.Labels "com.docker.compose.container-number"}} '
    '{{index .Config.Labels "com.docker.compose.oneoff"}}'
)
NOT_FOUND = (
    "No logs were found. Start the system with `make up`, or hand them over: "
    "docker compose logs --no-color | sensorctl logs -"
)


class Log(NamedTuple):
    """A log and who wrote it: files, the oldest first, or a command that prints it."""

    service: str
    files: Sequence[str] = ()
    command: Sequence[str] = ()


def named(files: Sequence[str]) -> list[Log]:
    """The logs in these files; `-` is standard input."""
    return [Log("-" if file == STANDARD else _service_of(Path(file)), [file]) for file in files]


def found() -> list[Log]:
    """The logs of the native stack while it runs, else of the compose stack, else what a native one left.

    Raises ConfigurationError when there are none.
    """
    native = _native()
    running = (native_directory() / "stack.env").exists()
    logs = (native if running else []) or _compose() or native
    if not logs:
        raise ConfigurationError(NOT_FOUND)
    return logs


@contextmanager
def events_of(logs: Iterable[Log], unread: Unread) -> Iterator[Iterator[LogEvent]]:
    """The events of all logs by their time, as far as each is in order; one of each is in memory."""
    with ExitStack() as opened:
        each = [read_events(_lines(log, opened), log.service, unread) for log in logs]
        yield heapq.merge(*each, key=lambda event: event.at)


def _lines(log: Log, opened: ExitStack) -> Iterator[bytes]:
    for name in log.files:
        yield from lines_of(opened.enter_context(reading_bytes(name)))
    if log.command:
        yield from lines_of(opened.enter_context(_output_of(log.command)))


@contextmanager
def _output_of(command: Sequence[str]) -> Iterator[IO[bytes]]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.kill()  # whoever reads may have had enough


def _native() -> list[Log]:
    directory = native_directory() / "logs"
    logs = [file for file in sorted(directory.glob("*.log")) if file.stem not in NATIVE_SERVERS]
    return [
        Log(file.stem, [str(one) for one in (file.with_name(f"{file.name}.1"), file) if one.exists()])
        for file in logs
    ]


def _service_of(file: Path) -> str:
    return file.name.removesuffix(".1").removesuffix(".log")


def _compose() -> list[Log]:
    containers = _ask_docker("compose", "ps", "--all", "--quiet").split()
    if not containers:
        return []
    lines = _ask_docker("inspect", "--format", DESCRIBED, *containers).splitlines()
    # Not what `docker compose run` started.
    described = sorted(words[:3] for words in map(str.split, lines) if words[3:] == ["False"])
    services = [service for _, service, _ in described]
    return [
        Log(
            service if services.count(service) == 1 else f"{service}-{number}",
            command=["docker", "logs", name.removeprefix("/")],
        )
        for name, service, number in described
        if service not in COMPOSE_SERVERS
    ]


def _ask_docker(*arguments: str) -> str:
    """What docker answers; nothing where there is none, or no engine."""
    try:
        done = subprocess.run(
            ["docker", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout
