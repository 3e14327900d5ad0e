"""Starting, scaling, stopping and removing the native stack, and failed starts."""

import json
from pathlib import Path

from native.state import Phase
from tests.e2e.native import NativeStack
from tests.ports import reserve_range
from tests.waiting import eventually

# The time limit of each step on a busy machine.
SECONDS = 120


def test_a_port_in_use_is_reported_with_the_variable_that_changes_it(
    stack: NativeStack, tmp_path: Path
) -> None:
    done = stack.run("native", "up", NATIVE_DIR=str(tmp_path / "other"))
    assert done.returncode == 69
    assert "POSTGRES_HOST_PORT" in done.stderr
    assert str(stack.program("postgres").pid) in done.stderr or "cannot see" in done.stderr


def test_two_services_on_one_port_are_reported(stack: NativeStack, tmp_path: Path) -> None:
    directory, port = str(tmp_path / "other"), str(reserve_range(3))
    done = stack.run("native", "up", NATIVE_DIR=directory, SENSOR_HTTP_PORT=port, PIPELINE_HTTP_PORT=port)
    assert done.returncode == 69
    assert f"Port {port} is assigned twice" in done.stderr


def test_up_changes_the_number_of_consumers(stack: NativeStack) -> None:
    stack.up(PIPELINES="3")
    eventually(lambda: len(stack.consumers()) == 3, SECONDS, "a third consumer runs")
    stack.up(PIPELINES="1")
    eventually(lambda: stack.consumers() == ["pipeline-1"], SECONDS, "one consumer runs")


def test_down_keeps_the_data_and_ends_every_process(stack: NativeStack) -> None:
    # given readings, and a dead letter
    stack.publish(b"{not json, kept")
    eventually(
        lambda: "not json, kept" in json.dumps(stack.dead_letters()), SECONDS, "the message is dead-lettered"
    )
    eventually(lambda: "1" in stack.summary(), SECONDS, "readings are stored")
    before = {sensor: row["readings"] for sensor, row in stack.summary().items()}
    processes = stack.process_handles()
    # when the stack is stopped
    assert "its data is kept" in stack.down()
    # then no process runs, clients do not find the stack, and a second `down` changes nothing
    assert not any(process.is_alive() for process in processes)
    assert stack.state().phase is Phase.STOPPED
    assert not stack.layout.client_file.exists()
    assert "was not running" in stack.down()
    assert stack.run("native", "psql").returncode == 69
    # when it is started again, then the readings and the dead letter still exist
    stack.up()
    after = stack.summary()
    assert all(after[sensor]["readings"] >= count for sensor, count in before.items())
    assert "not json, kept" in json.dumps(stack.dead_letters())


def test_a_service_in_the_fatal_state_is_reported(stopped_stack: NativeStack) -> None:
    done = stopped_stack.run("native", "up", SENSOR_SOURCE="unknown")
    assert done.returncode == 69
    assert "sensor-1 is FATAL after exit code 78" in done.stderr
    assert "SENSOR_SOURCE is 'unknown'" in done.stderr


def test_a_failed_start_reports_the_reason_and_ends_every_process(stopped_stack: NativeStack) -> None:
    # when it is started with a setting that setup rejects
    done = stopped_stack.run("native", "up", LOG_LEVEL="loud")
    # then the message of the failed step is shown, and every process is ended
    assert done.returncode == 69
    assert "setup ended with exit code" in done.stderr
    assert "LOG_LEVEL is 'loud'" in done.stderr
    assert not any(process.is_alive() for process in stopped_stack.process_handles())


def test_clean_removes_everything(stopped_stack: NativeStack) -> None:
    assert stopped_stack.run("native", "clean").returncode == 0
    assert not stopped_stack.layout.directory.exists()
    assert "was not running" in stopped_stack.down()
