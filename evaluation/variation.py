"""Other settings, varied around the shipped settings."""

from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any, TypeVar

Parameters = TypeVar("Parameters")
MIN_FACTOR, MAX_FACTOR = 0.75, 1.33
FIXED = frozenset({"false_alarms_per_day", "miss_rate", "daily_after_seconds", "weekly_after_seconds"})
"""Settings with a meaning outside: what was promised is not varied."""


def vary(parameters: Parameters, seed: int, names: frozenset[str] | None = None) -> Parameters:
    """Multiply each number of the parameters by a factor of its own, between 0.75 and 1.33.

    A whole number stays one, and a share stays below 1. With `names`, only these groups are varied.
    """
    generator = Random(seed)  # noqa: S311 (a comparison, not a secret)
    varied: Parameters = _vary(parameters, generator, names)
    return varied


def _vary(value: Any, generator: Random, names: frozenset[str] | None) -> Any:
    changed = {}
    for field in fields(value):
        old = getattr(value, field.name)
        if field.name in FIXED or (names is not None and field.name not in names):
            continue
        if is_dataclass(old):
            changed[field.name] = _vary(old, generator, None)
        elif isinstance(old, (int, float)) and not isinstance(old, bool):
            changed[field.name] = _scaled(old, generator.uniform(MIN_FACTOR, MAX_FACTOR))
    return replace(value, **changed)


def _scaled(old: float, factor: float) -> float:
    if isinstance(old, int):
        return max(1, round(old * factor))
    return old + (1.0 - old) / 2 if old < 1.0 <= old * factor else old * factor
