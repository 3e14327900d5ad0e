"""Starting, scaling, stopping and removing the native stack, and what keeps it from starting."""

import json
from pathlib import Path

from native.state import Phase
from tests.e2e.native import NativeStack
from tests.ports import reserve_range
from tests.waiting import eventually

# How long anything may take on a machine that has other work.
SECONDS = 120


def test_a_taken_port_is_told_with_the_variable_that_moves_it(stack: NativeStack, tmp_path: Path) -> None:
    done = stack.run("native", "up", NATIVE_DIR=str(tmp_path / "other"))
    assert done.returncode == 69
    assert "POSTGRES_HOST_PORT" in done.stderr
    assert str(stack.program("postgres").pid) in done.stderr or "cannot see" in done.stderr


def test_two_services_on_one_port_are_told(stack: NativeStack, tmp_path: Path) -> None:
    directory, port = str(tmp_path / "other"), str(reserve_range(3))
    done = stack.run("native", "up", NATIVE_DIR=directory, SENSOR_HTTP_PORT=port, PIPELINE_HTTP_PORT=port)
    assert done.returncode == 69
    assert f"Port {port} is assigned twice" in done.stderr


def test_the_number_of_consumers_follows(stack: NativeStack) -> None:
    stack.up(PIPELINES="3")
    eventually(lambda: len(stack.consumers()) == 3, SECONDS, "a third consumer")
    stack.up(PIPELINES="1")
    eventually(lambda: stack.consumers() == ["pipeline-1"], SECONDS, "one consumer")


def test_down_keeps_the_data_and_leaves_no_process(stack: NativeStack) -> None:
    # given readings, and a dead letter
    stack.publish(b"{not json, kept")
    eventually(lambda: "not json, kept" in json.dumps(stack.dead()), SECONDS, "a dead letter")
    eventually(lambda: "1" in stack.summary(), SECONDS, "readings")
    before = {sensor: row["readings"] for sensor, row in stack.summary().items()}
    processes = stack.identities()
    # when the stack is stopped
    assert "its data is kept" in stack.down()
    # then nothing of it runs, clients do not find it, and a second time is harmless
    assert not any(process.is_alive() for process in processes)
    assert stack.state().phase is Phase.STOPPED
    assert not stack.layout.client_file.exists()
    assert "was not running" in stack.down()
    assert stack.run("native", "psql").returncode == 69
    # when it is started again, then the readings and the dead letter are still there
    stack.up()
    after = stack.summary()
    assert all(after[sensor]["readings"] >= count for sensor, count in before.items())
    assert "not json, kept" in json.dumps(stack.dead())


def test_a_service_that_is_given_up_is_told(stopped_stack: NativeStack) -> None:
    done = stopped_stack.run("native", "up", SENSOR_SOURCE="nowhere")
    assert done.returncode == 69
    assert "sensor-1 is FATAL after exit code 78" in done.stderr
    assert "SENSOR_SOURCE is 'nowhere'" in done.stderr


def test_a_start_that_fails_tells_why_and_leaves_nothing(stopped_stack: NativeStack) -> None:
    # when it is started with a setting that setup refuses
    done = stopped_stack.run("native", "up", LOG_LEVEL="loud")
    # then the sentence of the step that failed is shown, and everything is stopped again
    assert done.returncode == 69
    assert "setup ended with exit code" in done.stderr
    assert "LOG_LEVEL is 'loud'" in done.stderr
    assert not any(process.is_alive() for process in stopped_stack.identities())


def test_clean_removes_everything(stopped_stack: NativeStack) -> None:
    assert stopped_stack.run("native", "clean").returncode == 0
    assert not stopped_stack.layout.directory.exists()
    assert "was not running" in stopped_stack.down()
