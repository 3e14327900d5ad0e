"""`make load` on a real broker and database: what is confirmed is stored, or the report says what is not."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.broker import VirtualHost
from tests.database import Database
from tests.ports import reserve_port
from tests.processes import Processes, service_environment
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

Load = subprocess.Popen[str]
StartLoad = Callable[..., Load]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def start_load(broker: VirtualHost, database: Database) -> Iterator[StartLoad]:
    """Start `python -m benchmarks.load` with these options.

    Not forked: sockets must become cooperative before anything imports them.
    """
    mqtt = {"MQTT_HOST_PORT": str(urlsplit(broker.server.mqtt_url).port)}
    environment = service_environment() | broker.environment | database.environment | mqtt
    with ExitStack() as cleanup:

        def start(*options: str) -> Load:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.load", *options],
                cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            cleanup.enter_context(process)
            cleanup.callback(process.kill)
            return process

        yield start


def finish(process: Load) -> tuple[int, str]:
    """Return the exit code and the output of a load that ends by itself."""
    output, _ = process.communicate(timeout=2 * DEADLINE_SECONDS)
    return process.returncode, output


def published_and_confirmed(output: str) -> tuple[int, int]:
    """Return these counts of the report."""
    match = re.search(r"Published ([\d,]+) readings of .*; the broker confirmed\s([\d,]+)", output)
    assert match, output
    published, confirmed = (int(group.replace(",", "")) for group in match.groups())
    return published, confirmed


def test_everything_that_the_broker_confirms_is_stored(
    start_load: StartLoad, run: Processes, database: Database
) -> None:
    run.start_consumer(BATCH_SIZE="auto")

    code, output = finish(
        start_load("--headless", "--rate", "50", "150", "--time", "3s", "--sensors", "10", "--mqtt", "40%")
    )

    published, confirmed = published_and_confirmed(output)
    assert published == confirmed == database.count() > 0
    assert f"All {confirmed:,} confirmed readings are stored" in output
    assert code == 0
    sensors = database.query("SELECT sensor_id, count(import_id) AS readings FROM reading GROUP BY 1")
    assert len({row["sensor_id"].rpartition("-")[0] for row in sensors}) == 1
    assert {row["sensor_id"].rpartition("-")[2] for row in sensors} == {str(n) for n in range(1, 11)}
    assert sum(row["readings"] for row in sensors) == confirmed


def test_readings_that_are_not_stored_are_reported(start_load: StartLoad) -> None:
    code, output = finish(start_load("--headless", "--time", "1s", "--drain", "1s"))

    published, confirmed = published_and_confirmed(output)
    assert published == confirmed > 0
    assert f"0 of {confirmed:,} confirmed readings are stored" in output
    assert "nothing was stored meanwhile: see `make status`" in output
    assert code == 1


def statistics(port: int) -> dict[str, dict[str, Any]]:
    """Return the rows of the page by their type."""
    try:
        with _DIRECT.open(f"http://127.0.0.1:{port}/stats/requests", timeout=DEADLINE_SECONDS) as response:
            return {row["method"]: row for row in json.load(response)["stats"]}
    except OSError:
        return {}


def test_the_page_shows_publishing_and_storing_and_ctrl_c_ends_the_run_with_the_report(
    start_load: StartLoad, run: Processes, database: Database
) -> None:
    run.start_consumer()
    port = reserve_port()

    load = start_load("--time", "10m", "--port", str(port))
    rows = eventually(
        lambda: rows if (rows := statistics(port)).keys() >= {"AMQP", "MQTT", "STORED"} else None,
        DEADLINE_SECONDS,
        "the page shows every kind of row",
    )
    assert all(row["median_response_time"] >= 0 for row in rows.values())
    code, output = finish(start_load("--port", str(port)))
    assert code == 78
    assert f"Port {port} is in use by process {load.pid}" in output

    load.send_signal(signal.SIGINT)
    code, output = finish(load)

    _, confirmed = published_and_confirmed(output)
    assert f"All {confirmed:,} confirmed readings are stored" in output
    assert database.count() == confirmed
    assert code == 130
