"""Fields that say that a number is no measured temperature: another quantity, a setpoint, a simulation."""

from functools import lru_cache
from typing import Any

from readings.meanings import compact, is_other_quantity

_QUANTITIES = (
    "quantity", "measurement", "measuredquantity", "parameter", "variable", "property", "observedproperty",
    "metric", "measure", "field", "readingtype", "messgröße",
)  # fmt: skip
_KINDS = ("type", "kind", "role", "valuetype", "valuekind", "category", "datakind")
_STATISTICS = (
    "statistic", "statistics", "stat", "aggregation", "aggregate", "aggregatefunction", "aggregator", "agg",
    "function", "reducer",
)  # fmt: skip
_NOT_MEASURED = (
    "setpoint", "target", "targettemperature", "desired", "forecast", "forecasted", "predicted", "prediction",
    "delta", "difference", "sollwert", "consigna", "consigne", "temperaturesetpoint", "settemperature",
    "vorhersage", "prognose",
)  # fmt: skip
_EXTREMES = (
    "max", "maximum", "min", "minimum", "std", "stddev", "deviation", "variance", "range", "spread", "sum",
    "count", "total", "delta",
)  # fmt: skip
_FLAGS = (
    "setpoint", "issetpoint", "delta", "isdelta", "forecast", "isforecast", "predicted", "simulated",
    "issimulated", "simulation",
)  # fmt: skip


def is_other_value(name: str, value: Any) -> bool:
    """Return whether a field says that the number of its message or row is no measured temperature."""
    if value is True:
        return compact(name) in _FLAGS
    return isinstance(value, str) and _is_other_text(compact(name), value)


@lru_cache(maxsize=1024)
def _is_other_text(name: str, text: str) -> bool:
    word = compact(text)
    if name in _STATISTICS:
        return word in _EXTREMES
    if name in _QUANTITIES:
        return word in _NOT_MEASURED or is_other_quantity(text)
    return name in _KINDS and word in _NOT_MEASURED
