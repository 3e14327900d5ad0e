"""Run the native stack in its own directory and on its own ports."""

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pika
import pytest

from native.install import root_command_prefix
from native.process_handle import ProcessHandle
from native.rabbitmq import find_server
from native.settings import ROOT, Layout
from native.state import ProcessStatus, StackState, read_state
from runtime.env_file import read_env_file
from runtime.errors import ServiceUnavailable
from tests import coverage_variables
from tests.e2e.compose import GROUP_SECONDS
from tests.forked import run_module
from tests.mqtt import device
from tests.ports import reserve_port, reserve_range

SENSORS = {"1", "2", "3"}
HTTP_SECONDS = 30


class NativeStack:
    """A native stack, which is controlled by its commands only, in the locale C."""

    def __init__(self, directory: Path) -> None:
        self.layout = Layout(directory)
        variables = {
            "NATIVE_DIR": str(directory),
            "LC_ALL": "C",
            "ALERTER_GROUP_SECONDS": GROUP_SECONDS,
        }
        self._environment = {**os.environ, **ports(), **variables, **coverage_variables.of_native_stack()}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m` with these arguments."""
        environment = {**self._environment, **variables}
        if arguments[0] == "sensorctl":
            return run_module(list(arguments), environment)
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def up(self, **variables: str) -> str:
        done = self.run("native", "up", **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def down(self) -> str:
        done = self.run("native", "down")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def summary(self) -> dict[str, Any]:
        done = self.run("sensorctl", "summary", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return {row["sensor_id"]: row for row in json.loads(done.stdout)}

    def state(self) -> StackState:
        state = read_state(self.layout.state_file)
        assert state is not None
        return state

    def program(self, name: str) -> ProcessStatus:
        return next(service for service in self.state().services if service.name == name)

    def consumers(self) -> list[str]:
        return [service.name for service in self.state().services if service.name.startswith("pipeline-")]

    def process_handles(self) -> list[ProcessHandle]:
        state = self.state()
        return [ProcessHandle(state.pid, state.start_time)] + [
            spec.handle for service in state.services if (spec := service.stop_spec())
        ]

    def publish(self, body: bytes) -> None:
        with closing(self.connection("RABBITMQ")) as connection:
            connection.channel().basic_publish("", "sensor_data", body)

    def connection(self, prefix: str) -> pika.BlockingConnection:
        """Connect as the user whose variables have this prefix."""
        variables = read_env_file(self.layout.client_file, {}).values
        credentials = pika.PlainCredentials(
            str(variables[f"{prefix}_USER"]), str(variables[f"{prefix}_PASS"])
        )
        address = pika.ConnectionParameters(
            host=str(variables["RABBITMQ_HOST"]),
            port=int(str(variables["RABBITMQ_PORT"])),
            virtual_host=str(variables["RABBITMQ_VHOST"]),
            credentials=credentials,
        )
        return pika.BlockingConnection(address)

    def amqp_url(self, prefix: str) -> str:
        """Return the URL of the broker for the user whose variables have this prefix."""
        variables = read_env_file(self.layout.client_file, {}).values
        user, password = variables[f"{prefix}_USER"], variables[f"{prefix}_PASS"]
        host, port = variables["RABBITMQ_HOST"], variables["RABBITMQ_PORT"]
        return f"amqp://{user}:{password}@{host}:{port}/{variables['RABBITMQ_VHOST']}"

    def publish_by_mqtt(self, topic: str, payload: bytes) -> None:
        variables = read_env_file(self.layout.client_file, {}).values
        url = f"mqtt://127.0.0.1:{self._environment['MQTT_HOST_PORT']}"
        user, password = (variables[f"RABBITMQ_SENSOR_{name}"] for name in ("USER", "PASS"))
        with device(url, user, password) as client:
            client.publish(topic, payload)

    def get_from_dashboard(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self._environment['DASHBOARD_HOST_PORT']}{path}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            url, timeout=HTTP_SECONDS
        ) as response:
            return json.load(response)

    def dead_letters(self) -> list[dict[str, Any]]:
        done = self.run("sensorctl", "dead", "list", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return list(json.loads(done.stdout))

    def psql(self, statement: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "native", "psql"], cwd=ROOT, env=self._environment, input=statement,
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def require_rabbitmq() -> None:
    try:
        find_server()
    except ServiceUnavailable as error:
        if root_command_prefix() is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(
                f"the native stack cannot run here: {error}"
            )


def ports() -> dict[str, str]:
    names = (
        "RABBITMQ_HOST_PORT",
        "RABBITMQ_MANAGEMENT_HOST_PORT",
        "MQTT_HOST_PORT",
        "POSTGRES_HOST_PORT",
        "DASHBOARD_HOST_PORT",
    )
    first = reserve_range(10)
    bases = {
        "SENSOR_HTTP_PORT": first,
        "PIPELINE_HTTP_PORT": first + 3,
        "ALERTER_HTTP_PORT": first + 8,
        "ANALYSIS_HTTP_PORT": first + 9,
    }
    return {name: str(port) for name, port in bases.items()} | {name: str(reserve_port()) for name in names}
