"""`python -m native up`: start the stack and report each step."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from native import control
from native.install import ensure_packages, ensure_rabbitmq
from native.logfile import tail
from native.ports import LOOPBACK, is_free, listener
from native.process_handle import ProcessHandle
from native.settings import CONTAINER_PROFILES, ROOT, Layout, StackSettings
from native.stack import Stack
from native.state import Phase, ProcessStatus, StackState
from runtime.errors import ServiceUnavailable
from runtime.local_ports import accepts_connections
from runtime.process_state import ProcessState
from runtime.services import SCALER_PROFILE
from runtime.text import quantity

SUMMARY_TIMEOUT_SECONDS = "60"
START_TIMEOUT_SECONDS = 60.0
POLL_INTERVAL_SECONDS = 0.2
MIN_FREE_BYTES = 100_000_000
# A broker that starts writes its write-ahead log, up to 512 MB, into its queues. Without the space for that,
# RabbitMQ 3.10 damages a queue, which does not start any more.
MIN_BROKER_FREE_BYTES = 600_000_000
STARTS_IN_BACKGROUND = (
    "Interrupted: the stack goes on starting in the background. See `make status`; stop it with `make down`."
)


def up(settings: StackSettings, console: Console) -> None:
    """Start the stack unless it runs, with the requested number of consumers, and print its addresses.

    Raises:
        ServiceUnavailable: When a port is in use or something does not start.
    """
    layout = settings.layout
    with control.exclusive(layout):
        state = control.running_state(layout)
        if state is None:
            state = _start(settings, console)
        elif state.phase is Phase.STARTING:  # by a command that was interrupted
            state = _await_running(layout, state.supervisor, console)
        else:
            console.print(
                f"The native stack is already up, since {state.changed_at:%Y-%m-%d %H:%M} UTC. For changed "
                "settings or a new version to take effect, run `make down` first."
            )
            _rescale(state, settings, console)
    stack = Stack(settings)
    print(_addresses(stack), flush=True)  # before the next process prints
    show_summary(stack)
    _await_services(layout)


def show_summary(stack: Stack) -> None:
    """Print the first rows of the last-hour summary as soon as there are any."""
    command = [sys.executable, "-m", "sensorctl", "summary", "--wait", SUMMARY_TIMEOUT_SECONDS]
    subprocess.run(command, env=stack.environment(), cwd=ROOT, check=False)


def _start(settings: StackSettings, console: Console) -> StackState:
    layout = settings.layout
    if control.stop_supervisor(layout):
        console.print("Stopped the processes that an earlier supervisor left running.")
    for profile in sorted(settings.profiles & CONTAINER_PROFILES):
        console.print(f"The profile {profile} does nothing here: it needs Docker Compose.")
    ensure_rabbitmq(console.print)
    ensure_packages(settings.profiles)
    for folder in (layout.directory, layout.postgres):
        check_space(folder, MIN_FREE_BYTES)
    check_space(layout.rabbitmq, MIN_BROKER_FREE_BYTES)
    stack = Stack(settings)
    pipelines = settings.pipelines or stack.requested_pipelines()
    _check_ports(stack, pipelines)
    stack.request_pipelines(pipelines)
    return _await_running(layout, control.start_supervisor(layout), console)


def _await_running(layout: Layout, supervisor: ProcessHandle, console: Console) -> StackState:
    try:
        with console.status("starting …") as status:
            state = _await_start(layout, supervisor, status.update)
    except KeyboardInterrupt:
        print(STARTS_IN_BACKGROUND, file=sys.stderr)
        raise
    if state.phase is not Phase.RUNNING:
        control.stop_supervisor(layout)  # it is exiting; nothing of it runs when this command ends
        raise ServiceUnavailable(f"The stack did not start: {state.detail}")
    return state


def _await_start(layout: Layout, supervisor: ProcessHandle, report: Callable[[str], None]) -> StackState:
    detail = ""
    while True:
        state = control.next_state(layout, supervisor)
        if state and state.phase in {Phase.RUNNING, Phase.FAILED, Phase.STOPPED}:
            return state
        if not supervisor.is_alive():
            raise ServiceUnavailable(f"The supervisor exited:\n{tail(layout.supervisor_log)}")
        if state and state.detail != detail:
            detail = state.detail
            report(f"{detail} …")


def check_space(folder: Path, min_bytes: int) -> None:
    """Check that a disk has space for a start; without it, the supervisor could not even report one.

    Raises:
        ServiceUnavailable: With the folder whose disk is full.
    """
    if folder.exists() and shutil.disk_usage(folder).free < min_bytes:
        raise ServiceUnavailable(
            f"Less than {min_bytes // 1_000_000} MB is free on the disk of {folder}: free some space, and "
            "run `make up` again. Nothing was started."
        )


def _check_ports(stack: Stack, pipelines: int) -> None:
    """Check that all ports are free.

    Raises:
        ServiceUnavailable: With each port in use, its process, and the variable that changes the port.
    """
    ports = {
        "RABBITMQ_HOST_PORT": [stack.rabbitmq.port],
        "RABBITMQ_MANAGEMENT_HOST_PORT": [stack.rabbitmq.management_port],
        "MQTT_HOST_PORT": [stack.rabbitmq.mqtt_port],
        "POSTGRES_HOST_PORT": [stack.postgres.port],
    }
    if stack.webdav:
        ports["WEBDAV_HOST_PORT"] = [stack.webdav.port]
    settings = stack.settings
    scaled = settings.scaler_max_replica_count if SCALER_PROFILE in settings.profiles else 0
    for instance in stack.instances(max(pipelines, scaled)):
        ports.setdefault(instance.service.port_variable, []).append(instance.http_port)
    every = [port for group in ports.values() for port in group]
    problems = [
        f"Port {port} is assigned twice: set another one with "
        f"{' or '.join(variable for variable, group in ports.items() if port in group)}."
        for port in sorted(set(every))
        if every.count(port) > 1
    ]
    problems += [
        f"Port {port} is in use by {listener(port)}. Stop it, or set another port with {variable}."
        for variable, group in ports.items()
        for port in group
        if not is_free(port)
    ]
    if problems:
        raise ServiceUnavailable("\n".join(problems))


def _rescale(state: StackState, settings: StackSettings, console: Console) -> None:
    running = sum(service.name.startswith("pipeline-") for service in state.services)
    if settings.pipelines is None or settings.pipelines == running:
        return
    console.print(f"Changing from {running} to {quantity(settings.pipelines, 'consumer')}.")
    Stack(settings).request_pipelines(settings.pipelines)


def _await_services(layout: Layout) -> None:
    """Wait until each process listens on its port or has ended, and name those that did not in time.

    Raises:
        ServiceUnavailable: With the last lines of the log of each process in state FATAL.
    """
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while (starting := _starting(layout)) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL_SECONDS)
    failures = [
        f"{process.name} is FATAL after exit code {process.last_exit_code}:\n"
        f"{tail(process.log, lines=5, start=process.log_start)}"
        for process in _processes(layout)
        if process.state is ProcessState.FATAL
    ]
    if failures:
        raise ServiceUnavailable("\n".join(failures))
    for process in starting:
        restarts = quantity(process.restarts, "restart")
        print(
            f"{process.name} does not respond yet ({process.state}, {restarts}): "
            f"see `make status` and {display_path(process.log)}.",
            file=sys.stderr,
        )


def _starting(layout: Layout) -> list[ProcessStatus]:
    waiting = {ProcessState.RUNNING, ProcessState.BACKOFF}
    return [
        process
        for process in _processes(layout)
        if process.state in waiting and process.port is not None and not accepts_connections(process.port)
    ]


def _processes(layout: Layout) -> list[ProcessStatus]:
    state = control.running_state(layout)
    return state.services if state else []


def _addresses(stack: Stack) -> str:
    rabbitmq, postgres, layout = stack.rabbitmq, stack.postgres, stack.layout
    client_file = display_path(layout.client_file)
    password = f"password in {client_file}"
    published = [instance for instance in stack.instances(0) if instance.service.published]
    rows = {
        **{instance.name: f"http://{LOOPBACK}:{instance.http_port}" for instance in published},
        "management UI": f"{rabbitmq.management_url}  (user {rabbitmq.user}, {password})",
        "AMQP": f"amqp://{rabbitmq.user}@{LOOPBACK}:{rabbitmq.port}/{rabbitmq.vhost}",
        "MQTT": f"{LOOPBACK}:{rabbitmq.mqtt_port}, topics sensors/<id>/temperature",
        **(
            {"WebDAV": f"{stack.webdav.url}  (WEBDAV_USER and …_PASSWORD in {client_file})"}
            if stack.webdav
            else {}
        ),
        "PostgreSQL": f"{LOOPBACK}:{postgres.port}, database {postgres.database};  make psql",
        "summary": "make summary",
        "status": "make status",
        "logs": f"make logs  ({display_path(layout.logs)})",
        "stop": "make down",
    }
    return "".join(f"{name:<14} {value}\n" for name, value in rows.items())


def display_path(path: Path) -> str:
    """Return the path relative to the checkout if it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
