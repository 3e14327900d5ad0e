"""The launcher's parts that need neither broker nor database."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import control, install, postgres, rabbitmq, up
from launcher.identity import Ending, Identity, command_of, end
from launcher.logfile import bound, tail
from launcher.ports import free_port, holder, is_free
from launcher.program import Program, Stage, running
from launcher.secret import kept_password, write_private
from launcher.services import services
from launcher.settings import Layout, StackSettings
from launcher.state import Condition, Phase, ProgramState, StackState, now, read_state, write_state
from service.errors import ConfigurationError, ServiceUnavailable
from service.settings import load

SLEEP = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEP, start_new_session=True, stdout=subprocess.DEVNULL) as process:
        yield process
        process.kill()


def identity_of(pid: int) -> Identity:
    identity = Identity.of(pid)
    assert identity is not None
    return identity


# identity


def test_a_pid_that_was_given_to_another_process_is_not_the_recorded_one(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = identity_of(sleeper.pid)
    assert identity.alive()
    assert not Identity(identity.pid, identity.started - 1).alive()


def test_a_zombie_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identity_of(sleeper.pid)
    assert end([Ending(identity)]) == []
    assert not identity.alive()
    assert Identity.of(sleeper.pid) == identity, "it is still in the table of processes"
    sleeper.wait()
    assert Identity.of(sleeper.pid) is None


def test_another_process_of_a_recorded_pid_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identity_of(sleeper.pid)
    assert end([Ending(Identity(identity.pid, identity.started - 1))]) == []
    assert identity.alive()


def test_the_command_of_a_process_is_told() -> None:
    assert "python" in command_of(os.getpid())
    assert command_of(2**30) == "unknown"


# ports


def test_a_taken_port_is_seen_with_its_holder() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
        assert f"process {os.getpid()} " in holder(port)
    assert is_free(port)
    assert holder(port) == "a process that this user cannot see"
    assert is_free(free_port())


# files


def test_a_private_file_is_for_its_owner_only_and_replaced_at_once(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"
    write_private(file, "one")
    write_private(file, "two")
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_password_is_random_and_kept(tmp_path: Path) -> None:
    password = kept_password(tmp_path / "one")
    assert len(password) >= 24
    assert kept_password(tmp_path / "one") == password
    assert kept_password(tmp_path / "two") != password


def test_a_log_is_bounded_while_its_writer_keeps_it_open(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    bound(log, 10)
    with log.open("a") as writer:
        writer.write("0123456789ab\n")
        writer.flush()
        bound(log, 10)
        writer.write("new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "one.log.1").read_text() == "0123456789ab\n"


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    assert "no log" in tail(log)
    log.write_text("".join(f"{n}\n" for n in range(100_000)))
    assert tail(log, lines=2) == "99998\n99999"


def test_the_state_survives_its_file(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    assert read_state(file) is None
    file.write_text("{")
    assert read_state(file) is None
    state = a_state(identity_of(os.getpid()), [a_program(None)])
    write_state(file, state)
    assert read_state(file) == state
    assert state.supervisor_alive()


# the table


def test_the_table_has_three_sensors_a_dashboard_a_watch_and_as_many_pipelines_as_asked_for() -> None:
    rows = services(2, pipeline_port=9121, sensor_port=9111, dashboard_port=8085, watch_port=9131)
    assert [(row.name, row.module, row.http_port) for row in rows] == [
        ("pipeline-1", "pipeline", 9121),
        ("pipeline-2", "pipeline", 9122),
        ("sensor-1", "sensor", 9111),
        ("sensor-2", "sensor", 9112),
        ("sensor-3", "sensor", 9113),
        ("dashboard", "dashboard", 8085),
        ("watch", "watch", 9131),
    ]
    assert [row.environment.get("SENSOR_ID") for row in rows] == [None, None, "1", "2", "3", None, None]
    assert [row.stage for row in rows] == [
        *[Stage.PIPELINE] * 2, *[Stage.SENSOR] * 3, Stage.DASHBOARD, Stage.WATCH,
    ]  # fmt: skip
    assert all(row.maximum_retries > 0 and row.retry_delay_seconds > 0 for row in rows)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINES", "0")
    with pytest.raises(ConfigurationError, match="PIPELINES is '0'"):
        load(StackSettings)


# leftovers


def test_what_a_killed_supervisor_left_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    # given a state file whose supervisor is gone and one of whose services runs
    layout = Layout(tmp_path)
    gone = Identity(os.getpid(), 0)
    write_state(layout.state_file, a_state(gone, [a_program(identity_of(sleeper.pid)), a_program(None)]))
    layout.client_file.touch()
    # when the stack is stopped
    assert control.running_state(layout) is None
    assert control.stop_supervisor(layout)
    # then the service has ended, clients no longer find the stack, and nothing is left to stop
    assert sleeper.wait(timeout=60) == -signal.SIGTERM
    assert not layout.client_file.exists()
    assert not control.stop_supervisor(layout)


def test_a_recorded_pid_of_another_process_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    layout = Layout(tmp_path)
    identity = identity_of(sleeper.pid)
    write_state(layout.state_file, a_state(Identity(os.getpid(), 0), [a_program(Identity(identity.pid, 1))]))
    assert not control.stop_supervisor(layout)
    assert identity.alive()


def test_nothing_is_stopped_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert not control.stop_supervisor(Layout(tmp_path))


def test_a_stack_that_failed_says_so_when_followed(tmp_path: Path) -> None:
    state = a_state(identity_of(os.getpid()), [])
    write_state(Layout(tmp_path).state_file, state)
    assert control.await_change(Layout(tmp_path), Identity(os.getpid(), state.started)) == state
    assert control.await_change(Layout(tmp_path), Identity(1, 1)) is None


@pytest.mark.parametrize(
    ("options", "stamps"),
    [("message_interceptors.incoming.$interceptor.overwrite", True), ("listeners.tcp.$name", False)],
)
def test_the_broker_is_told_to_stamp_messages_only_if_it_knows_how(
    tmp_path: Path, options: str, stamps: bool
) -> None:
    # given a server that is reached by a link, as Debian's is
    schema = tmp_path / "plugins" / "rabbit-1.2.3" / "priv" / "schema" / "rabbit.schema"
    schema.parent.mkdir(parents=True)
    schema.write_text(f'{{mapping, "{options}", "rabbit.x", []}}.')
    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin" / "rabbitmq-server").touch()
    (tmp_path / "server").symlink_to("sbin/rabbitmq-server")
    # then its own list of options decides
    assert rabbitmq.stamps_messages(tmp_path / "server") is stamps


# installing


@pytest.fixture
def no_rabbitmq(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose PATH is one empty folder."""
    monkeypatch.setattr(rabbitmq, "SERVER_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def script(folder: Path, name: str, body: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def test_without_apt_get_it_says_what_to_install(no_rabbitmq: Path) -> None:
    with pytest.raises(ServiceUnavailable, match="apt-get install rabbitmq-server"):
        install.ensure_rabbitmq(print)


def test_an_ordinary_user_without_sudo_may_not_install(
    no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(no_rabbitmq, "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert install.may_install() is None
    script(no_rabbitmq, "sudo", "exit 1")
    assert install.may_install() is None
    script(no_rabbitmq, "sudo", "exit 0")
    assert install.may_install() == ["sudo", "-n"]


def test_root_installs_and_says_so(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given root on a machine whose installation succeeds
    script(no_rabbitmq, "apt-get", "exit 0")
    script(
        no_rabbitmq,
        "bash",
        f"echo '#!/bin/sh' > {no_rabbitmq}/rabbitmq-server; /bin/chmod 755 {no_rabbitmq}/*",
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said: list[str] = []
    # when RabbitMQ is wanted twice
    install.ensure_rabbitmq(said.append)
    install.ensure_rabbitmq(said.append)
    # then it was installed once
    assert len(said) == 1
    assert "rabbitmq-server" in said[0]


def test_an_installation_that_fails_is_told(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(no_rabbitmq, "apt-get", "exit 0")
    script(no_rabbitmq, "bash", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(ServiceUnavailable, match="could not install"):
        install.ensure_rabbitmq(print)


def test_missing_erlang_is_told(no_rabbitmq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(ServiceUnavailable, match="erlang-base"):
        rabbitmq.find_epmd()


# PostgreSQL's privileges


def test_nobody_gets_to_pass_through_folders_only_where_one_is_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed" / "inner"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    assert "--ambient-caps=+dac_override" in postgres.unprivileged(closed)
    assert not any("caps" in word for word in postgres.unprivileged(Path("/usr")))


def test_without_binaries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ServiceUnavailable, match="apt-get install postgresql"):
        postgres.find_binaries()


# running programs for a while


def test_programs_run_while_the_block_does(tmp_path: Path) -> None:
    program = a_sleeper(tmp_path)
    with running(program, ready=lambda: "up" in tail(program.log), seconds=60):
        assert "up" in tail(program.log)


def test_a_program_that_ends_before_it_is_ready_is_told(tmp_path: Path) -> None:
    program = a_sleeper(tmp_path, (sys.executable, "-c", "print('no space left')"))
    with (
        pytest.raises(ServiceUnavailable, match=r"(?s)one ended.*no space left"),
        running(program, ready=lambda: False, seconds=60),
    ):
        pytest.fail("it was never ready")


def test_a_program_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceUnavailable, match="one was not ready after 0 s"),
        running(a_sleeper(tmp_path), ready=lambda: False, seconds=0),
    ):
        pytest.fail("it was never ready")


# up


def test_a_path_is_shown_as_one_types_it() -> None:
    assert up.shown(StackSettings().layout.directory) == ".native"
    assert up.shown(Path("/elsewhere")) == "/elsewhere"


def a_program(identity: Identity | None) -> ProgramState:
    return ProgramState(
        name="one",
        state=Condition.RUNNING,
        pid=identity and identity.pid,
        started=identity and identity.started,
        port=None,
        restarts=0,
        last_exit=None,
        since=now(),
        log=Path("/dev/null"),
        stage=Stage.SENSOR,
        stop_signal=signal.SIGTERM,
        stop_seconds=60,
    )


def a_state(supervisor: Identity, programs: list[ProgramState]) -> StackState:
    return StackState(
        phase=Phase.RUNNING,
        detail="",
        pid=supervisor.pid,
        started=supervisor.started,
        since=now(),
        services=programs,
    )


def a_sleeper(directory: Path, command: tuple[str, ...] = SLEEP) -> Program:
    return Program(name="one", command=command, environment={}, log=directory / "one.log", stage=Stage.SENSOR)
