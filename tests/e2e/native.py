"""Drives the native stack by its commands, in a directory and on ports of its own."""

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
from dotenv import dotenv_values

from native.install import root_command_prefix
from native.process_handle import ProcessHandle
from native.rabbitmq import find_server
from native.settings import ROOT, Layout
from native.state import ProcessStatus, StackState, read_state
from runtime.errors import ServiceUnavailable
from tests.mqtt import device
from tests.ports import reserve_port, reserve_range

SENSORS = {"1", "2", "3"}
HTTP_SECONDS = 30


class NativeStack:
    """One stack, driven by its commands only."""

    def __init__(self, directory: Path) -> None:
        self.layout = Layout(directory)
        self._environment = {**os.environ, **ports(), "NATIVE_DIR": str(directory)}

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        environment = {**self._environment, **variables}
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
        return next(one for one in self.state().services if one.name == name)

    def consumers(self) -> list[str]:
        return [one.name for one in self.state().services if one.name.startswith("pipeline-")]

    def identities(self) -> list[ProcessHandle]:
        state = self.state()
        return [ProcessHandle(state.pid, state.start_time)] + [
            spec.handle for one in state.services if (spec := one.stop_spec())
        ]

    def publish(self, body: bytes) -> None:
        with closing(self.connection("RABBITMQ")) as connection:
            connection.channel().basic_publish("", "sensor_data", body)

    def connection(self, login: str) -> pika.BlockingConnection:
        """As the user whose variables begin so."""
        variables = dotenv_values(self.layout.client_file)
        credentials = pika.PlainCredentials(str(variables[f"{login}_USER"]), str(variables[f"{login}_PASS"]))
        address = pika.ConnectionParameters(
            host=str(variables["RABBITMQ_HOST"]),
            port=int(str(variables["RABBITMQ_PORT"])),
            virtual_host=str(variables["RABBITMQ_VHOST"]),
            credentials=credentials,
        )
        return pika.BlockingConnection(address)

    def publish_by_mqtt(self, topic: str, payload: bytes) -> None:
        variables = dotenv_values(self.layout.client_file)
        url = f"mqtt://127.0.0.1:{self._environment['MQTT_HOST_PORT']}"
        user, password = (variables[f"RABBITMQ_SENSOR_{name}"] for name in ("USER", "PASS"))
        with device(url, user, password) as thing:
            thing.publish(topic, payload)

    def ask_dashboard(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self._environment['DASHBOARD_HOST_PORT']}{path}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            url, timeout=HTTP_SECONDS
        ) as answer:
            return json.load(answer)

    def dead(self) -> list[dict[str, Any]]:
        done = self.run("sensorctl", "dead", "list", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return list(json.loads(done.stdout))

    def psql(self, statement: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "native", "psql"], cwd=ROOT, env=self._environment, input=statement,
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def needs_rabbitmq() -> None:
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
    first = reserve_range(7)
    bases = {"SENSOR_HTTP_PORT": first, "PIPELINE_HTTP_PORT": first + 3, "ALERTER_HTTP_PORT": first + 6}
    return {name: str(port) for name, port in bases.items()} | {name: str(reserve_port()) for name in names}
