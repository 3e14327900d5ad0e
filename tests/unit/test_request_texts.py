"""No text that a request may have, in a field of any depth, is one that the database cannot hold."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_type_hints

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

import dashboard
import workflow_api
from jobs.kinds import WORKFLOW_KINDS
from jobs.source import Source

UNSTORABLE = ("a\0b", "a\ud800b")


def parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation, and what it consists of."""
    yield annotation
    for part in get_args(annotation):
        yield from parts(part)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation, and those in their fields."""
    for part in parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
            for field in part.model_fields.values():
                yield from models_in(field.annotation)


def request_models() -> set[type[BaseModel]]:
    """Return the models of all bodies of requests, of the specs of workflows, and of sources."""
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for package in (dashboard, workflow_api)
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("__")
    ]
    routers = [
        router for module in modules for router in vars(module).values() if isinstance(router, APIRouter)
    ]
    bodies = [
        hint
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for name, hint in get_type_hints(route.endpoint).items()
        if name != "return"
    ]
    specs = [kind.spec for kind in WORKFLOW_KINDS.values()]
    return {model for annotation in (*bodies, *specs, Source) for model in models_in(annotation)}


def test_no_field_takes_a_text_that_the_database_cannot_hold() -> None:
    checked, accepted = set(), []
    for model in request_models():
        for name, field in model.model_fields.items():
            if str not in parts(field.annotation):
                continue
            checked.add(f"{model.__name__}.{name}")
            annotated: Any = Annotated[field.annotation, None, *field.metadata]
            adapter: TypeAdapter[Any] = TypeAdapter(annotated)
            for value in (given for text in UNSTORABLE for given in (text, [text])):
                try:
                    adapter.validate_python(value)
                except ValidationError:
                    continue
                accepted.append(f"{model.__name__}.{name} takes {value!r}")

    assert accepted == []
    assert {"SilenceDefinition.note", "ReportSpec.title", "SourceSensor.remote"} <= checked


@pytest.mark.parametrize("text", UNSTORABLE)
def test_options_are_checked_however_deep(text: str) -> None:
    spec = WORKFLOW_KINDS["file"].spec
    for options in ({"sensors": [text]}, {text: 1}, {"time_column": text}):
        with pytest.raises(ValidationError, match=r"U\+0000|surrogate"):
            spec.model_validate({"file": "a.csv", "options": options})


@pytest.mark.parametrize("text", UNSTORABLE)
def test_an_option_of_a_source_is_checked(text: str) -> None:
    source = {
        "name": "attic", "kind": "influxdb", "address": "http://influx:8086", "unit": "celsius",
        "sensors": [{"remote": "temperature value", "sensor_id": "attic"}], "options": {"database": text},
    }  # fmt: skip

    with pytest.raises(ValidationError, match=r"contains database with U\+0000"):
        Source.model_validate(source)
