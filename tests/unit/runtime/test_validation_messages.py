"""Every validation error that a message, a request or a setting can cause is reported in our words."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings

from dashboard.models import DeadLetterRequest
from pipeline.settings import PipelineSettings
from readings.payload import MqttReadingPayload, ReadingPayload
from runtime.validation_messages import MESSAGES, validation_message
from sensor.settings import SensorSettings
from sensorctl.settings import OperatorSettings, SetupSettings

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1.5, float("nan"), 1e300, "", "nope", "z" * 2000, "\ud800", b"\xff",
    "2026-13-01T00:00:00Z", "1", [], [1], ["x"] * 1001, {}, {"a": 1}, object(),
)  # fmt: skip
BODIES: tuple[str, ...] = ("", "{", "[]", "5", "null", "{}", '{"temperature": 1e999}', "{1: 2}", '"\\ud800"')
MODELS: tuple[type[BaseModel], ...] = (
    ReadingPayload,
    MqttReadingPayload,
    DeadLetterRequest,
    PipelineSettings,
    SensorSettings,
    OperatorSettings,
    SetupSettings,
)
CONTEXT = {"sensor_id": "1", "measured_at": None}


@pytest.mark.parametrize("model", MODELS)
def test_each_type_of_error_has_a_message(model: type[BaseModel]) -> None:
    for detail in _errors(model):
        assert detail["type"] == "value_error" or detail["type"] in MESSAGES, detail
        assert "Input should" not in validation_message(detail)
        assert not validation_message(detail).startswith("Value error")


def _errors(model: type[BaseModel]) -> Iterator[Any]:
    names = [
        str((getattr(field.validation_alias, "choices", None) or [name])[0])
        for name, field in model.model_fields.items()
    ]
    # Of settings, all fields have the value at once: each validation of them reads the environment.
    groups = [names] if issubclass(model, BaseSettings) else [[name] for name in names]
    for value in VALUES:
        for group in groups:
            yield from _errors_of(lambda: model.model_validate(dict.fromkeys(group, value), context=CONTEXT))  # noqa: B023
    for body in BODIES:
        yield from _errors_of(lambda: model.model_validate_json(body, context=CONTEXT))  # noqa: B023
    yield from _errors_of(lambda: model.model_validate({"unknown": 1}, context=CONTEXT))


def _errors_of(validate: Any) -> Iterator[Any]:
    try:
        validate()
    except ValidationError as error:
        yield from error.errors()
