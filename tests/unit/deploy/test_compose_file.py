"""docker-compose.yml, as it is read without Docker."""

from pathlib import Path

import pytest
import yaml

from native.settings import CONTAINER_PROFILES
from readings.files.cleaning import MAX_REMEMBERED
from runtime.services import SERVICES, Service
from scripts.docs.variables import READERS, variable_names
from tests.unit.test_service_registry import environment

COMPOSE = yaml.safe_load((Path(__file__).parents[3] / "docker-compose.yml").read_text(encoding="utf-8"))
# What the images and networks of the compose files fix, or what only an overlay changes: where the servers
# are, how they are reached, and how spans are sent.
NOT_PASSED = ("HTTP_", "OTEL_", "RABBITMQ_", "POSTGRES_", "DATABASE_URL")
# The first is for KEDA; tests in which workers are lost set the others.
LEASES = {f"WORKER_{name}_SECONDS" for name in ("IDLE_EXIT", "LEASE", "PROGRESS", "GRACE")}
NOT_PASSED_TO = {
    # A container is one sensor, whose outbox is in its volume.
    "sensor": {"SENSOR_IDS", "REPLAY_EXIT", "OUTBOX_PATH", "XDG_STATE_HOME"},
    "worker": LEASES,
    "reporter": LEASES,
    # Of the native stack, and where the socket of the Docker engine is mounted.
    "scaler": {"SCALER_REPLICAS_FILE", "DOCKER_HOST"},
}


def test_each_profile_is_one_of_the_registry_or_of_containers_only() -> None:
    found = {profile for service in COMPOSE["services"].values() for profile in service.get("profiles", [])}
    registered = {profile for service in SERVICES for profile in service.profiles}
    assert found - registered == CONTAINER_PROFILES


def test_a_folder_of_recordings_may_be_named_without_a_slash() -> None:
    mounts = [
        next(volume for volume in service["volumes"] if "/data" in str(volume))
        for name, service in COMPOSE["services"].items()
        if name.startswith("sensor-")
    ]

    # In the short form, `recordings:/data` is a volume, which would have to be declared.
    assert [mount["type"] for mount in mounts] == ["bind"] * 3
    assert {mount["source"] for mount in mounts} == {"${REPLAY_DIR:-./sensor/samples}"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.module)
def test_a_setting_in_env_reaches_the_container_of_its_service(service: Service) -> None:
    passed = environment(service.compose_names[0], service.compose_file)
    settings = {
        names[0]
        for field, info in READERS[service.module].model_fields.items()
        if not {*(names := variable_names(field, info)), *(f"{name}_FILE" for name in names)} & passed.keys()
    }
    missing = {name for name in settings if not name.startswith(NOT_PASSED)}

    assert missing == NOT_PASSED_TO.get(service.module, set()), (
        f"pass each to the service in {service.compose_file} as NAME: ${{NAME:-default}}, and explain it in "
        ".env.example; or list it here with the reason"
    )


def test_the_readings_that_an_import_remembers_fit_into_the_memory_of_its_container() -> None:
    limit = COMPOSE["services"]["sensorctl"]["mem_limit"]

    assert limit.endswith("m")
    mebibytes = int(limit.removesuffix("m"))
    assert mebibytes > 76 + 2 * 16 * MAX_REMEMBERED / 2**20, "76 MiB are those of any other import"
