from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from jobs.source import Source
from jobs.source_kinds import KINDS, Secret, SourceKind
from readings.model import Unit
from runtime.validation_messages import to_invalid_input

HOME_ASSISTANT = {
    "name": "house",
    "kind": "home-assistant",
    "address": "http://homeassistant.local:8123/",
    "secret_name": "SOURCE_HOUSE_TOKEN",
    "sensors": [{"remote": "sensor.attic", "sensor_id": "attic"}],
    "unit": "°C",
}
INFLUXDB = {
    "name": "home",
    "kind": "influxdb",
    "address": "http://h",
    "unit": "C",
    "sensors": [{"remote": "temperature,room=attic value", "sensor_id": "attic"}],
    "options": {"database": "home"},
}
OPEN_METEO = {
    "name": "berlin",
    "kind": "open-meteo",
    "sensors": [{"remote": "52.52,13.41", "sensor_id": "berlin"}],
}


def define(fields: dict[str, Any], **changes: Any) -> Source:
    return Source.model_validate({**fields, **changes})


def refusal(fields: dict[str, Any], **changes: Any) -> str:
    """Return why a source is refused, with the field."""
    with pytest.raises(ValidationError) as raised:
        define(fields, **changes)
    return str(to_invalid_input(raised.value))


def test_a_source_is_normalised() -> None:
    source = define(HOME_ASSISTANT)

    assert (source.address, source.unit) == ("http://homeassistant.local:8123", Unit.CELSIUS)
    assert (source.cursor, source.requests_per_minute, source.lag_seconds) == (None, 60, 3600)


def test_what_is_the_same_for_all_sources_of_a_kind_is_filled_in() -> None:
    source = define(OPEN_METEO)

    assert source.address == "https://archive-api.open-meteo.com"
    assert (source.unit, source.lag_seconds) == (Unit.CELSIUS, 7 * 86_400)
    assert define(INFLUXDB).requests_per_minute == 600


def test_a_source_survives_json() -> None:
    source = define(HOME_ASSISTANT, cursor=datetime(2026, 11, 1, tzinfo=UTC), time_zone="Europe/Berlin")

    assert Source.model_validate_json(source.model_dump_json()) == source


@pytest.mark.parametrize("kind", SourceKind)
def test_each_kind_can_be_defined_by_its_example(kind: SourceKind) -> None:
    spec = KINDS[kind]
    fields: dict[str, Any] = {"name": "example", "kind": kind}
    fields["sensors"] = [{"remote": spec.remote_example, "sensor_id": "1"}]
    if spec.unit is None:
        fields["unit"] = "celsius"
    if spec.has_address and spec.address is None:
        fields["address"] = "http://example.org"
    if spec.secret is Secret.REQUIRED:
        fields["secret_name"] = "SOURCE_EXAMPLE"
    fields["options"] = {
        name: option.value_type("1") for name, option in spec.options.items() if option.is_required
    }

    assert define(fields).kind == kind
    assert spec.has_history or spec.is_live


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": None}, "unit: is missing, and the kind home-assistant does not fix it"),
        ({"unit": "°"}, "unit: must be celsius, fahrenheit or kelvin"),
        ({"unit": "0.1 °C"}, "unit: must be celsius"),
        ({"name": "My house"}, "name: must be lower-case letters and digits"),
        ({"kind": "homeassistant"}, "kind: must be 'home-assistant', 'influxdb'"),
        ({"address": None}, "address: is missing, and the kind home-assistant has no usual one"),
        ({"address": "homeassistant.local"}, "address: must be an http or https URL"),
        ({"address": "ws://homeassistant.local"}, "address: must start with http:// or https://"),
        ({"address": "http://h/?token=s3cret"}, 'address: must end before "?"'),
        ({"address": "http://me:s3cret@h"}, "address: contains a user or a password: remove it"),
        ({"address": "ftp://s3cret@h"}, "address: contains a user or a password: remove it"),
        ({"address": "http://s3cret@[h"}, "address: contains a user or a password: remove it"),
        ({"secret_name": None}, "secret_name: is missing: the kind home-assistant requires a token"),
        ({"secret_name": "s3cret.eyJ0eXAi"}, "secret_name: must be the name of the environment variable"),
        ({"secret_name": "POSTGRES_PASSWORD"}, "secret_name: must be the name of the environment variable"),
        ({"sensors": []}, "sensors: must have at least 1 items"),
        ({"time_zone": "Berlin"}, "time_zone: must be a time zone such as UTC or Europe/Berlin"),
        ({"cursor": "2026-11-01T00:00:00"}, "cursor: must have its UTC offset"),
        ({"requests_per_minute": 0}, "requests_per_minute: must be at least 1"),
        ({"token": "s3cret"}, "token: is not known"),
        (
            {"options": {"database": "home"}},
            "options: contains database, which is no option of the kind home-assistant; it has none",
        ),
        (
            {"sensors": [{"remote": "Attic", "sensor_id": "attic"}]},
            'sensors: contains Attic; a sensor of the kind home-assistant is named as in "sensor.attic',
        ),
        (
            {"sensors": HOME_ASSISTANT["sensors"] + [{"remote": "sensor.attic", "sensor_id": "b"}]},  # type: ignore[operator]
            "sensors: contains the remote sensor.attic twice",
        ),
        (
            {"sensors": HOME_ASSISTANT["sensors"] + [{"remote": "sensor.b", "sensor_id": "attic"}]},  # type: ignore[operator]
            "sensors: contains the sensor_id attic twice",
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(changes: dict[str, Any], message: str) -> None:
    text = refusal(HOME_ASSISTANT, **changes)

    assert text.startswith(message)
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"unit": "°F"}, "unit: is °F, but the kind open-meteo sends celsius: leave it out"),
        ({"kind": "simulated", "address": "http://h"}, "address: is not used by the kind simulated"),
        (
            {"kind": "influxdb", "address": "http://h", "unit": "C", "sensors": [
                {"remote": "temperature,room=attic value", "sensor_id": "attic"}]},
            "options: lacks database, the database, which the kind influxdb requires: add database=…",
        ),
        (
            {"kind": "influxdb", "address": "http://h", "unit": "C", "options": {"database": 1}, "sensors": [
                {"remote": "temperature,room=attic value", "sensor_id": "attic"}]},
            "options: contains database with another type than str",
        ),
        (
            {"kind": "opensensemap", "unit": "C", "secret_name": "SOURCE_A", "sensors": [
                {"remote": f"{1:024}/{2:024}", "sensor_id": "attic"}]},
            "secret_name: is not used by the kind opensensemap, which is public",
        ),
    ],
)  # fmt: skip
def test_what_a_kind_does_not_have_is_refused(fields: dict[str, Any], message: str) -> None:
    assert refusal(OPEN_METEO, **fields).startswith(message)
