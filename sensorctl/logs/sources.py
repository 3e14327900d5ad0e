"""Find the logs of the services: files of the native stack, containers of Compose, or named files."""

import heapq
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from runtime.errors import ConfigurationError
from sensorctl.files import STDIO, open_binary_input
from sensorctl.logs.parser import LogEvent
from sensorctl.logs.reader import UnparsedLines, read_events, read_lines
from sensorctl.stack_variables import ROOT, native_directory

# Third-party servers have log formats of their own.
NATIVE_SERVERS = frozenset({"postgres", "rabbitmq", "epmd"})
COMPOSE_SERVERS = frozenset({"postgres", "rabbitmq", "prometheus", "grafana"})
INSPECT_FORMAT = (
    '{{.Name}} {{index .Config.Labels "com.docker.compose.service"}} '
    '{{index .Config.Labels "com.docker.compose.container-number"}} '
    '{{index .Config.Labels "com.docker.compose.oneoff"}}'
)
NOT_FOUND = (
    "No logs were found. Start the system with `make up`, or pipe logs into this command: "
    "docker compose logs --no-color | sensorctl logs -"
)


class LogSource(NamedTuple):
    """The log of a service: files, oldest first, or a command that prints it."""

    service: str
    files: Sequence[str] = ()
    command: Sequence[str] = ()


def file_sources(files: Sequence[str]) -> list[LogSource]:
    """Return a source for each file; `-` is standard input."""
    return [LogSource(STDIO if file == STDIO else _service_name(Path(file)), [file]) for file in files]


def discover_sources() -> list[LogSource]:
    """Return the logs of the running native stack, else of Compose, else of a native stack that stopped.

    Raises:
        ConfigurationError: When there are no logs.
    """
    native = _native_sources()
    is_running = (native_directory() / "stack.env").exists()
    sources = (native if is_running else []) or _compose_sources() or native
    if not sources:
        raise ConfigurationError(NOT_FOUND)
    return sources


@contextmanager
def open_events(sources: Iterable[LogSource], unparsed: UnparsedLines) -> Iterator[Iterator[LogEvent]]:
    """Merge the events of all sources by timestamp, holding one event of each in memory."""
    with ExitStack() as stack:
        streams = [read_events(_read_source(source, stack), source.service, unparsed) for source in sources]
        yield heapq.merge(*streams, key=lambda event: event.timestamp)


def _read_source(source: LogSource, stack: ExitStack) -> Iterator[bytes]:
    for name in source.files:
        yield from read_lines(stack.enter_context(open_binary_input(name)))
    if source.command:
        yield from read_lines(stack.enter_context(_open_output_of(source.command)))


@contextmanager
def _open_output_of(command: Sequence[str]) -> Iterator[IO[bytes]]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.kill()  # the reader may stop before the end


def _native_sources() -> list[LogSource]:
    directory = native_directory() / "logs"
    logs = [file for file in sorted(directory.glob("*.log")) if file.stem not in NATIVE_SERVERS]
    return [
        LogSource(log.stem, [str(file) for file in (log.with_name(f"{log.name}.1"), log) if file.is_file()])
        for log in logs
    ]


def _service_name(file: Path) -> str:
    return file.name.removesuffix(".1").removesuffix(".log")


def _compose_sources() -> list[LogSource]:
    container_ids = _docker_output("compose", "ps", "--all", "--quiet").split()
    if not container_ids:
        return []
    lines = _docker_output("inspect", "--format", INSPECT_FORMAT, *container_ids).splitlines()
    # The last label excludes containers of `docker compose run`.
    containers = sorted(words[:3] for words in map(str.split, lines) if words[3:] == ["False"])
    services = [service for _, service, _ in containers]
    return [
        LogSource(
            service if services.count(service) == 1 else f"{service}-{number}",
            command=["docker", "logs", name.removeprefix("/")],
        )
        for name, service, number in containers
        if service not in COMPOSE_SERVERS
    ]


def _docker_output(*arguments: str) -> str:
    """Return the output of a docker command; empty if there is no docker or no engine."""
    try:
        completed = subprocess.run(
            ["docker", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return completed.stdout
