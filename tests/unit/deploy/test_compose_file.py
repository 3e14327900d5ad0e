"""docker-compose.yml, as it is read without Docker."""

from pathlib import Path

import yaml

from readings.files.cleaning import MAX_REMEMBERED

COMPOSE = yaml.safe_load((Path(__file__).parents[3] / "docker-compose.yml").read_text(encoding="utf-8"))


def test_a_folder_of_recordings_may_be_named_without_a_slash() -> None:
    mounts = [
        next(volume for volume in service["volumes"] if "/data" in str(volume))
        for name, service in COMPOSE["services"].items()
        if name.startswith("sensor-")
    ]

    # In the short form, `recordings:/data` is a volume, which would have to be declared.
    assert [mount["type"] for mount in mounts] == ["bind"] * 3
    assert {mount["source"] for mount in mounts} == {"${REPLAY_DIR:-./sensor/samples}"}


def test_the_readings_that_an_import_remembers_fit_into_the_memory_of_its_container() -> None:
    limit = COMPOSE["services"]["sensorctl"]["mem_limit"]

    assert limit.endswith("m")
    mebibytes = int(limit.removesuffix("m"))
    assert mebibytes > 76 + 2 * 16 * MAX_REMEMBERED / 2**20, "76 MiB are those of any other import"
