"""`make down`, `make clean` and `make up` act on what this checkout started; Docker is a script here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKER = r"""#!/usr/bin/env bash
# Containers and volumes are lines "NAME FOLDER" of two files.
state=$(dirname "$0")
echo "docker $*" >> "$state/calls"
list() {
  case $2 in
    *Label*) cut -d ' ' -f 2- "$state/$1" ;;
    *) sed -E "s|([^ ]*).*|${2//\{\{.*\}\}/}\1|" "$state/$1" ;;
  esac
}
case "$*" in
  "compose config")
    printf 'name: sensors\nvolumes:\n  data:\n    name: sensors_data\n'
    [ ! -e "$state/profiles" ] || cat "$state/profiles" ;;
  "compose config --services") printf 'setup\nrabbitmq\n' ;;
  "compose --profile * ps --services")
    echo rabbitmq
    [ ! -e "$state/disabled" ] || cat "$state/disabled" ;;
  "compose config --profiles") printf 'workflows\ntools\nmetrics\n' ;;
  "compose ps --quiet") list containers '{{.ID}}' ;;
  "ps --all "*oneoff=True*) list runs "${*: -1}" ;;
  "ps --all "*) list containers "${*: -1}" ;;
  "volume ls "*) list volumes "${*: -1}" ;;
  "volume inspect "*) grep -q "^$3 " "$state/volumes" ;;
  "compose up "*) [ ! -e "$state/setup-fails" ] && [ ! -e "$state/restarting" ] ;;
  "compose ps --services --status restarting") [ ! -e "$state/restarting" ] || echo pipeline-processor ;;
  "compose logs "*" pipeline-processor") cat "$state/restarting" ;;
  "compose ps --all --format "*" setup") [ ! -e "$state/setup-fails" ] || echo 69 ;;
  "compose logs "*" setup") cat "$state/setup-fails" ;;
  "compose --profile * down") : > "$state/containers" ;;
  "compose --profile * down --volumes") : > "$state/containers"; : > "$state/volumes" ;;
esac
"""
COMPOSE_FILES = ("docker-compose.yml", "deploy/cluster/compose.yml")
[MOUNTED] = re.findall(
    r"^mounts=\((.*?)\)", (ROOT / "scripts" / "compose.sh").read_text(), re.DOTALL | re.MULTILINE
)
MOUNTS = MOUNTED.split()
# Compose gives them the mode that they have.
SECRETS = {"deploy/cluster/secrets"}
CHANGES = ("up", "down", "create", "clean", "stop", "rm")
LOGGED = '#!/bin/sh\necho "native $3" >> "{calls}"\n'


class Checkout:
    """A folder with the scripts of a checkout, and the state of the Docker engine that it uses."""

    def __init__(self, folder: Path, engine: Path) -> None:
        self.folder, self.engine = folder, engine
        (folder / "scripts").mkdir(parents=True)
        for name in ("stack.sh", "ownership.sh", "compose.sh"):
            shutil.copy(ROOT / "scripts" / name, folder / "scripts" / name)
        for mount in MOUNTS:
            (folder / mount).mkdir(parents=True)
        (folder / "scripts" / "venv.sh").touch()
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(LOGGED.format(calls=engine / "calls"))
        python.chmod(0o755)

    def run(self, verb: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.engine}:{os.environ['PATH']}", "YES": "1", **variables}
        return subprocess.run(
            ["bash", str(self.folder / "scripts" / "stack.sh"), verb],
            env=environment, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def put(self, kind: str, *lines: str) -> None:
        (self.engine / kind).write_text("".join(f"{line}\n" for line in lines))

    @property
    def changes(self) -> list[str]:
        """The calls that change something."""
        file = self.engine / "calls"
        calls = file.read_text().splitlines() if file.exists() else []
        return [call for call in calls if any(word in call.split() for word in CHANGES)]


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "docker").write_text(DOCKER)
    (folder / "docker").chmod(0o755)
    for name in ("containers", "runs", "volumes"):
        (folder / name).touch()
    return folder


@pytest.fixture
def checkout(tmp_path: Path, engine: Path) -> Checkout:
    return Checkout(tmp_path / "my checkout", engine)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "another checkout"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("verb", ["up", "down", "clean", "status", "psql", "logs", "summary"])
def test_containers_of_another_checkout_are_left_alone(checkout: Checkout, other: Path, verb: str) -> None:
    checkout.put("containers", f"rabbitmq-sensores {other}")
    checkout.put("volumes", "sensors_data ")

    done = checkout.run(verb)

    assert done.returncode == 1
    assert checkout.changes == []
    assert f"belongs to the checkout {other}, not to this one, {checkout.folder}" in done.stderr
    assert f"make -C '{other}' {'clean' if verb == 'up' else verb}" in done.stderr


@pytest.mark.parametrize("verb", ["up", "clean"])
def test_volumes_of_another_checkout_are_left_alone(checkout: Checkout, other: Path, verb: str) -> None:
    checkout.put("volumes", f"sensors_data {other}")

    done = checkout.run(verb)

    assert (done.returncode, checkout.changes) == (1, [])
    assert str(other) in done.stderr


def test_volumes_of_an_unknown_checkout_are_not_deleted(checkout: Checkout) -> None:
    checkout.put("volumes", "sensors_data ")

    done = checkout.run("clean")

    assert (done.returncode, checkout.changes) == (1, [])
    assert "  sensors_data\nDelete them with: docker compose --profile '*' down --volumes" in done.stderr


def test_volumes_of_a_folder_that_is_gone_are_not_deleted(checkout: Checkout, tmp_path: Path) -> None:
    checkout.put("volumes", f"sensors_data {tmp_path / 'moved'}")

    assert checkout.run("clean").returncode == 1
    assert checkout.changes == []


@pytest.mark.parametrize("has_containers", [True, False])
def test_clean_names_and_deletes_what_this_checkout_started(checkout: Checkout, has_containers: bool) -> None:
    checkout.put("containers", *([f"rabbitmq-sensores {checkout.folder}"] if has_containers else []))
    checkout.put("volumes", f"sensors_data {checkout.folder}")

    done = checkout.run("clean")

    assert done.returncode == 0, done.stderr
    assert checkout.changes == ["docker compose --profile * down --volumes"]
    assert "volume sensors_data" in done.stdout
    assert ("container rabbitmq-sensores" in done.stdout) is has_containers


def test_clean_without_a_confirmation_deletes_nothing(checkout: Checkout) -> None:
    checkout.put("volumes", f"sensors_data {checkout.folder}")
    (checkout.folder / ".native").mkdir()

    done = checkout.run("clean", YES="")

    assert (done.returncode, checkout.changes) == (1, [])
    assert str(checkout.folder / ".native") in done.stdout
    assert "make clean YES=1" in done.stderr


@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        ("native", ["native clean"]),
        ("docker", ["docker compose --profile * down --volumes"]),
        ("auto", ["native clean", "docker compose --profile * down --volumes"]),
    ],
)
def test_clean_respects_the_mode(checkout: Checkout, mode: str, changes: list[str]) -> None:
    checkout.put("volumes", f"sensors_data {checkout.folder}")
    (checkout.folder / ".native").mkdir()

    assert checkout.run("clean", MODE=mode).returncode == 0
    assert checkout.changes == changes


@pytest.mark.parametrize("folder", ["", "OTHER"])
def test_the_native_stack_is_deleted_and_volumes_that_are_not_ours_are_kept(
    checkout: Checkout, other: Path, folder: str
) -> None:
    checkout.put("volumes", f"sensors_data {folder and other}")
    (checkout.folder / ".native").mkdir()

    done = checkout.run("clean")

    assert (done.returncode, checkout.changes) == (0, ["native clean"])
    assert "sensors_data" in done.stderr or str(other) in done.stderr


@pytest.mark.parametrize("verb", ["down", "clean"])
def test_mode_native_does_not_ask_docker(checkout: Checkout, verb: str) -> None:
    checkout.put("containers", f"rabbitmq-sensores {checkout.folder}")

    assert checkout.run(verb, MODE="native").returncode == 0
    assert not (checkout.engine / "calls").exists()


def test_down_stops_the_containers_of_this_checkout(checkout: Checkout) -> None:
    checkout.put("containers", f"rabbitmq-sensores {checkout.folder}")

    assert checkout.run("down").returncode == 0
    assert checkout.changes == ["docker compose --profile * down"]


@pytest.mark.parametrize(("verb", "options"), [("down", ""), ("clean", " --volumes")])
def test_down_and_clean_stop_what_docker_compose_run_started(
    checkout: Checkout, verb: str, options: str
) -> None:
    checkout.put("containers", f"rabbitmq-sensores {checkout.folder}", f"sensor-1-run {checkout.folder}")
    checkout.put("runs", f"sensor-1-run {checkout.folder}")

    assert checkout.run(verb).returncode == 0
    assert checkout.changes == [
        "docker stop sensor-1-run",
        "docker rm sensor-1-run",
        f"docker compose --profile * down{options}",
    ]


def leave_native_stack(checkout: Checkout) -> None:
    """Leave what a native stack leaves whose supervisor was killed: 4194305 is above every process ID."""
    (checkout.folder / ".native").mkdir()
    (checkout.folder / ".native" / "supervisor.pid").write_text("4194305\n")


def test_up_continues_a_native_stack_that_was_killed_although_docker_is_available(checkout: Checkout) -> None:
    leave_native_stack(checkout)

    assert checkout.run("up").returncode == 0
    assert checkout.changes == ["native up"]


def test_up_continues_what_docker_runs_since_the_native_stack_was_killed(checkout: Checkout) -> None:
    leave_native_stack(checkout)
    checkout.put("containers", f"rabbitmq-sensores {checkout.folder}")

    checkout.run("up")

    assert any(call.startswith("docker compose up") for call in checkout.changes)
    assert "native up" not in checkout.changes


@pytest.mark.parametrize("verb", ["status", "summary", "logs", "psql"])
def test_a_native_stack_that_was_killed_is_not_reported_as_stopped(checkout: Checkout, verb: str) -> None:
    leave_native_stack(checkout)

    done = checkout.run(verb)

    assert done.returncode == 69
    assert "has ended without a request to stop" in done.stderr
    assert checkout.run("down").returncode == 0
    assert checkout.changes == ["native down"]


def test_down_ignores_what_another_checkout_has_stopped(checkout: Checkout, other: Path) -> None:
    checkout.put("volumes", f"sensors_data {other}")

    assert checkout.run("down").stdout == "The system is not running.\n"


def test_without_anything_down_and_clean_say_so(checkout: Checkout) -> None:
    assert checkout.run("down").stdout == "The system is not running.\n"
    assert checkout.run("clean").stdout == "There is nothing to delete.\n"


def test_up_labels_the_volumes_that_it_creates(checkout: Checkout) -> None:
    checkout.run("up", MODE="docker")

    [create, up, *_] = checkout.changes
    assert create.endswith(f"com.docker.compose.project.working_dir={checkout.folder} sensors_data")
    assert "--label com.docker.compose.project=sensors --label com.docker.compose.volume=data" in create
    assert up.startswith("docker compose up")
    assert "--build" not in up  # which would build an image once for each of its services


def test_up_shows_why_setup_failed(checkout: Checkout) -> None:
    checkout.put("setup-fails", "broker: the broker refuses this user or password")

    done = checkout.run("up", MODE="docker")

    assert done.returncode == 1
    assert "setup ended with exit code 69. Its last lines:\nbroker: the broker refuses" in done.stderr
    assert "make clean" not in done.stderr, "a password can be changed without removing the data"
    assert '"Changing passwords" in docs/operations/security.md' in done.stderr
    assert "the one with which the volumes were created" in done.stderr


def test_up_shows_why_a_service_exits_again_and_again(checkout: Checkout) -> None:
    checkout.put("restarting", "BATCH_SIZE is 'many': must be a number or auto")

    done = checkout.run("up", MODE="docker")

    assert done.returncode == 1
    assert "pipeline-processor exits again and again. Its last lines:\nBATCH_SIZE is 'many'" in done.stderr
    assert "Not everything started" in done.stderr


def test_up_names_the_services_of_a_profile_that_is_enabled_no_more(checkout: Checkout) -> None:
    assert "former settings" not in checkout.run("up", MODE="docker").stderr
    checkout.put("disabled", "workflows", "worker")

    done = checkout.run("up", MODE="docker")

    assert done.returncode == 0
    assert "no profile that is enabled has them: worker workflows\n" in done.stderr
    assert "stop them: docker compose --profile '*' rm --stop --force worker workflows\n" in done.stderr


@pytest.mark.parametrize("mode", ["docker", "auto"])
@pytest.mark.parametrize(("profiles", "unknown"), [("report", "report"), ("metrics, Workflows", "Workflows")])
def test_up_refuses_a_profile_that_no_service_has(
    checkout: Checkout, mode: str, profiles: str, unknown: str
) -> None:
    checkout.put("profiles", f"x-profiles: {profiles}")

    done = checkout.run("up", MODE=mode)

    assert (done.returncode, checkout.changes) == (78, [])
    assert f"COMPOSE_PROFILES is '{profiles}', but there is no profile '{unknown}'." in done.stderr
    assert "separated by\ncommas: metrics workflows" in done.stderr


@pytest.mark.parametrize("profiles", ['""', "workflows", "workflows, metrics", "'*'", "tools,scaler"])
def test_up_starts_with_profiles_that_exist(checkout: Checkout, profiles: str) -> None:
    checkout.put("profiles", f"x-profiles: {profiles}")

    done = checkout.run("up", MODE="docker")

    assert any(call.startswith("docker compose up") for call in checkout.changes)
    assert ("scaler does nothing with Docker Compose" in done.stderr) is ("scaler" in profiles)


@pytest.mark.parametrize("verb", ["up", "down", "clean", "status"])
def test_an_unknown_mode_is_refused(checkout: Checkout, verb: str) -> None:
    done = checkout.run(verb, MODE="podman")

    assert (done.returncode, checkout.changes) == (78, [])
    assert "MODE is 'podman': must be auto, docker or native." in done.stderr


def test_up_makes_the_files_readable_that_containers_mount_and_no_secret(checkout: Checkout) -> None:
    # given a checkout that was made with the umask 077, and the secrets of a cluster
    mounted, secret = (
        checkout.folder / "deploy" / name for name in ("rabbitmq/a.conf", "cluster/secrets/key")
    )
    for file in (mounted, secret):
        file.parent.mkdir(exist_ok=True)
        file.parent.chmod(0o700)
        file.touch()
        file.chmod(0o600)
    # when
    checkout.run("up", MODE="docker")
    # then
    modes = [path.stat().st_mode & 0o777 for path in (mounted.parent, mounted, secret.parent, secret)]
    assert modes == [0o755, 0o644, 0o700, 0o600]


def test_up_knows_every_file_of_the_checkout_that_a_container_mounts() -> None:
    text = "".join((ROOT / file).read_text() for file in COMPOSE_FILES)
    mounted = {match.rstrip("/") for match in re.findall(r"[ -]\./([\w./-]+)[:}]", text)}

    assert mounted >= {"deploy/rabbitmq/sensors.conf", "deploy/prometheus", "sensor/samples"}
    assert {
        path for path in mounted if not any(Path(path).is_relative_to(mount) for mount in MOUNTS)
    } <= SECRETS


def test_processes_of_the_native_stack_write_bytecode_files(checkout: Checkout) -> None:
    environment = checkout.engine / "environment"
    python = checkout.folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nenv > "{environment}"\n')

    checkout.run("up", MODE="native", PYTHONDONTWRITEBYTECODE="1")

    assert "PYTHONDONTWRITEBYTECODE" not in environment.read_text()


def test_a_native_stack_can_be_stopped_after_its_environment_was_deleted(checkout: Checkout) -> None:
    python = checkout.folder / ".venv" / "bin" / "python"
    python.rename(checkout.folder / "python")
    (checkout.folder / "scripts" / "venv.sh").write_text("mv python .venv/bin/python\n")
    (checkout.folder / ".native").mkdir()
    (checkout.folder / ".native" / "supervisor.pid").write_text("0")

    done = checkout.run("down", MODE="native")

    assert (done.returncode, checkout.changes) == (0, ["native down"])
