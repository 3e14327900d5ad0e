import math
from typing import Any

import pytest

from limits.definition import define_limits, define_silence
from runtime.errors import InvalidInput


def test_a_definition_is_a_rule_for_each_limit() -> None:
    definition = define_limits(sensor_id="1", high=8, low=2, hysteresis=0.5, **{"for": "10m"})

    rules = definition.rules()
    assert [(rule["kind"], rule["threshold"], rule["delay_seconds"]) for rule in rules] == [
        ("high", 8, 600),
        ("low", 2, 600),
    ]
    assert {rule["sensor_id"] for rule in rules} == {"1"}


def test_a_rate_has_its_window_and_a_schedule_its_zone() -> None:
    [rule] = define_limits(pattern="*", rate=2, within="5m", schedule="mon 08:00-09:00").rules()

    assert (rule["kind"], rule["window_seconds"], rule["zone"]) == ("rate", 300, "UTC")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sensor_id": "1"}, "high"),
        ({"high": 8}, "sensor_id"),
        ({"sensor_id": "1", "location": "a", "high": 8}, "location"),
        ({"sensor_id": "1", "high": 8, "low": 8}, "low"),
        ({"sensor_id": "1", "high": 8, "low": 2, "hysteresis": 6}, "hysteresis"),
        ({"sensor_id": "1", "high": math.nan}, "high"),
        ({"sensor_id": "1", "high": math.inf}, "high"),
        ({"sensor_id": "1", "high": 8, "hysteresis": -1}, "hysteresis"),
        ({"sensor_id": "1", "high": 8, "for": "soon"}, "for"),
        ({"sensor_id": "1", "high": 8, "for": "40d"}, "for"),
        ({"sensor_id": "1", "high": 8, "severity": "urgent"}, "severity"),
        ({"sensor_id": "1", "rate": 2}, "within"),
        ({"sensor_id": "1", "high": 8, "within": "5m"}, "within"),
        ({"sensor_id": "1", "rate": 0, "within": "5m"}, "rate"),
        ({"sensor_id": "1", "high": 8, "schedule": "always"}, "schedule"),
        ({"sensor_id": "1", "high": 8, "schedule": "08:00-09:00", "time_zone": "Mars"}, "time_zone"),
        ({"sensor_id": "1", "high": 8, "time_zone": "UTC"}, "time_zone"),
        ({"sensor_id": "1", "stale": "5m", "severity": "critical"}, "severity"),
        ({"sensor_id": "1", "hihg": 8}, "hihg"),
        ({"sensor_id": "a\nb", "high": 8}, "sensor_id"),
    ],
)
def test_what_is_invalid_or_contradicts_is_refused_with_the_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        define_limits(**values)

    assert refused.value.field == field


def test_a_silence_needs_an_end() -> None:
    assert define_silence(sensor_id="1", **{"for": "2h"}).duration_seconds == 7200
    with pytest.raises(InvalidInput) as refused:
        define_silence(sensor_id="1")
    assert refused.value.field == "for"
