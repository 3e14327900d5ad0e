"""`python -m native up`: from nothing to running, said step by step."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from native import control
from native.install import ensure_rabbitmq
from native.logfile import tail
from native.ports import LOOPBACK, holder, is_free
from native.process_handle import ProcessHandle
from native.settings import ROOT, Layout, StackSettings
from native.stack import Stack
from native.state import Condition, Phase, StackState
from runtime.errors import ServiceUnavailable

SUMMARY_SECONDS = "60"


def up(settings: StackSettings, console: Console) -> None:
    """Bring the stack up unless it is, with the number of consumers that was asked for, and show it.

    Raises ServiceUnavailable when a port is taken or something does not start.
    """
    layout = settings.layout
    with control.one_at_a_time(layout):
        state = control.running_state(layout)
        if state is None:
            state = _start(settings, console)
        else:
            console.print(f"The native stack is up already, since {state.since:%Y-%m-%d %H:%M} UTC.")
            _rescale(state, settings, console)
    stack = Stack(settings)
    print(_where(stack), flush=True)  # before what the next process prints
    show_summary(stack)
    _complain(layout)


def show_summary(stack: Stack) -> None:
    """The first rows of the summary, once they are there."""
    command = [sys.executable, "-m", "sensorctl", "summary", "--wait", SUMMARY_SECONDS]
    subprocess.run(command, env=stack.environment(), cwd=ROOT, check=False)


def _start(settings: StackSettings, console: Console) -> StackState:
    layout = settings.layout
    if control.stop_supervisor(layout):
        console.print("Stopped what an earlier supervisor had left behind.")
    ensure_rabbitmq(console.print)
    stack = Stack(settings)
    pipelines = settings.pipelines or stack.wanted_pipelines()
    _check_ports(stack, pipelines)
    layout.pipelines_file.write_text(f"{pipelines}\n", encoding="ascii")
    supervisor = control.start_supervisor(layout)
    with console.status("starting …") as status:
        state = _follow(layout, supervisor, status.update)
    if state.phase is not Phase.RUNNING:
        control.stop_supervisor(layout)  # it is about to end; nothing of it is left when this command ends
        raise ServiceUnavailable(f"The stack did not come up: {state.detail}")
    return state


def _follow(layout: Layout, supervisor: ProcessHandle, say: Callable[[str], None]) -> StackState:
    shown = ""
    while True:
        state = control.await_change(layout, supervisor)
        if state and state.phase in {Phase.RUNNING, Phase.FAILED, Phase.STOPPED}:
            return state
        if not supervisor.alive():
            raise ServiceUnavailable(f"The supervisor ended:\n{tail(layout.supervisor_log)}")
        if state and state.detail != shown:
            shown = state.detail
            say(f"{shown} …")


def _check_ports(stack: Stack, pipelines: int) -> None:
    """Raises ServiceUnavailable, naming each port that is taken, by whom, and the variable that moves it."""
    wanted = {
        "RABBITMQ_HOST_PORT": [stack.rabbitmq.port],
        "RABBITMQ_MANAGEMENT_HOST_PORT": [stack.rabbitmq.management_port],
        "MQTT_HOST_PORT": [stack.rabbitmq.mqtt_port],
        "POSTGRES_HOST_PORT": [stack.postgres.port],
    }
    for row in stack.services(pipelines):
        kind = "HOST" if row.module == "dashboard" else "HTTP"
        wanted.setdefault(f"{row.module.upper()}_{kind}_PORT", []).append(row.http_port)
    every = [port for ports in wanted.values() for port in ports]
    problems = [f"Port {port} is wanted twice." for port in sorted(set(every)) if every.count(port) > 1]
    problems += [
        f"Port {port} is taken by {holder(port)}. Stop that, or choose another port with {variable}."
        for variable, ports in wanted.items()
        for port in ports
        if not is_free(port)
    ]
    if problems:
        raise ServiceUnavailable("\n".join(problems))


def _rescale(state: StackState, settings: StackSettings, console: Console) -> None:
    layout = settings.layout
    running = sum(service.name.startswith("pipeline-") for service in state.services)
    if settings.pipelines is None or settings.pipelines == running:
        return
    console.print(f"Changing from {running} to {settings.pipelines} consumers.")
    layout.pipelines_file.write_text(f"{settings.pipelines}\n", encoding="ascii")
    os.kill(state.pid, signal.SIGHUP)


def _complain(layout: Layout) -> None:
    """Raises ServiceUnavailable with the last words of every service that was given up."""
    state = control.running_state(layout)
    given_up = [one for one in state.services if one.state is Condition.GIVEN_UP] if state else []
    if given_up:
        raise ServiceUnavailable(
            "\n".join(
                f"{one.name} was given up after exit code {one.last_exit}:\n{tail(one.log, lines=5)}"
                for one in given_up
            )
        )


def _where(stack: Stack) -> str:
    rabbitmq, postgres, layout = stack.rabbitmq, stack.postgres, stack.layout
    password = f"password in {shown(layout.client_file)}"
    rows = {
        "dashboard": f"http://{LOOPBACK}:{stack.settings.dashboard_host_port}",
        "management UI": f"{rabbitmq.management_url}  (user {rabbitmq.user}, {password})",
        "AMQP": f"amqp://{rabbitmq.user}@{LOOPBACK}:{rabbitmq.port}/{rabbitmq.vhost}",
        "MQTT": f"{LOOPBACK}:{rabbitmq.mqtt_port}, topics sensors/<id>/temperature",
        "PostgreSQL": f"{LOOPBACK}:{postgres.port}, database {postgres.database};  make psql",
        "summary": "make summary;  how it does: make status",
        "logs": f"make logs  ({shown(layout.logs)})",
        "stop": "make down",
    }
    return "".join(f"{name:<14} {value}\n" for name, value in rows.items())


def shown(path: Path) -> str:
    """A path as one would type it in the checkout."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
