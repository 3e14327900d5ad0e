"""Routes: of which alerts a receiver is notified."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_settings import NoDecode

from limits.definition import Name
from runtime.severity import Severity
from runtime.validation_messages import validation_message

EXAMPLE = '{"mail": [{"severity": "critical", "pattern": "fridge-*"}]}'
REGULAR_EXPRESSIONS = {"*": ".*", "?": "."}
LIKE_PATTERNS = {"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": r"\\"}


class Route(BaseModel):
    """The alerts of a severity, of a sensor or of a group of sensors; what is not given does not matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity | None = None
    sensor_id: Name | None = None
    location: Name | None = None
    pattern: Name | None = None

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("give a severity, sensor_id, location or pattern")
        if sum(value is not None for value in (self.sensor_id, self.location, self.pattern)) > 1:
            raise ValueError("give only one of sensor_id, location and pattern; write a route for each")
        return self

    def matches(self, severity: str, sensor_id: str | None, location: str | None) -> bool:
        """Return whether it has this alert; `sensor_id` is None if the alert is not of a sensor."""
        return (
            self.severity in (None, severity)
            and self.sensor_id in (None, sensor_id)
            and self.location in (None, location)
            and (self.pattern is None or (sensor_id is not None and self._matches_pattern(sensor_id)))
        )

    def _matches_pattern(self, sensor_id: str) -> bool:
        expression = "".join(REGULAR_EXPRESSIONS.get(c, re.escape(c)) for c in self.pattern or "")
        return re.fullmatch(expression, sensor_id, re.DOTALL) is not None

    def to_columns(self) -> dict[str, str | None]:
        """Return it as the database compares it with excursions."""
        like = None if self.pattern is None else "".join(LIKE_PATTERNS.get(c, c) for c in self.pattern)
        return {
            "severity": self.severity,
            "sensor_id": self.sensor_id,
            "location": self.location,
            "like_pattern": like,
        }


_ROUTES = TypeAdapter(dict[str, tuple[Route, ...]])


def parse_routes(value: object) -> object:
    """Return the routes of each receiver from JSON; a value that is no text stays as it is.

    Raises:
        ValueError: When it is not JSON, or no valid routes.
    """
    if not isinstance(value, str):
        return value
    try:
        objects = json.loads(value, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("must be JSON with less nesting") from None
    except json.JSONDecodeError as error:
        place = f"{error.msg}, line {error.lineno} column {error.colno}"
        raise ValueError(f"must be JSON such as {EXAMPLE} ({place})") from None
    try:
        routes = _ROUTES.validate_python(objects)
    except ValidationError as error:
        raise ValueError(_message(dict(error.errors(include_url=False)[0]))) from None
    for name, routes_of_receiver in routes.items():
        if not routes_of_receiver:
            raise ValueError(f"{name} has no route: leave it out to notify it of everything")
    return routes


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"has {key!r} twice in one object: write it once")
    return dict(pairs)


def _message(detail: Mapping[str, Any]) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"])
    problem = validation_message(detail)
    if detail["type"] in ("dict_type", "tuple_type"):
        problem = f"must be {'an object' if detail['type'] == 'dict_type' else 'an array'}, as in {EXAMPLE}"
    return f"{place.removeprefix('.')}: {problem}" if place else problem


Routes = Annotated[dict[str, tuple[Route, ...]] | None, NoDecode, BeforeValidator(parse_routes)]
