"""The rights of the broker's users, as patterns."""

import re

import pytest

from messaging.management.permissions import (
    Permissions,
    alerter_permissions,
    exact_pattern,
    operator_permissions,
    pipeline_permissions,
    sensor_permissions,
)
from messaging.topology import Topology

AWKWARD = "heat.1 (a|b)*"
TOPOLOGY = Topology(AWKWARD)


@pytest.mark.parametrize(
    ("names", "others"),
    [
        (("heat",), ("heat.dead", "preheat", "")),
        (("heat", "heat.dead"), ("heatxdead", "heat.dead2", "heat|heat.dead")),
        ((AWKWARD,), ("heat.1 a", "heatx1 (a|b)*")),
    ],
)
def test_a_pattern_matches_its_names_and_no_other(names: tuple[str, ...], others: tuple[str, ...]) -> None:
    pattern = re.compile(exact_pattern(*names))

    assert all(pattern.search(name) for name in names)
    assert not any(pattern.search(name) for name in others)


@pytest.mark.parametrize(
    ("rights", "configure", "write", "read"),
    [
        (sensor_permissions(), set(), {"sensors", "amq.topic"}, set()),
        (
            pipeline_permissions(TOPOLOGY),
            {"sensors", AWKWARD, f"{AWKWARD}.dead"},
            {AWKWARD, "amq.default"},
            {"sensors", "amq.topic", AWKWARD},
        ),
        (
            operator_permissions(TOPOLOGY),
            {"events.mine"},
            {"sensors", "amq.default", "events.mine"},
            {"events", "events.mine", f"{AWKWARD}.dead"},
        ),
        (alerter_permissions(), {"events"}, {"events"}, set()),
    ],
)
def test_each_user_has_what_it_needs_and_no_more(
    rights: Permissions, configure: set[str], write: set[str], read: set[str]
) -> None:
    every = {"sensors", "amq.default", "amq.topic", "other", AWKWARD, f"{AWKWARD}.dead", ""}
    every |= {"events", "events.mine", "events.", "eventsxmine", "my.events.x"}

    for pattern, names in ((rights.configure, configure), (rights.write, write), (rights.read, read)):
        assert {name for name in every if name and re.search(pattern, name)} == names


@pytest.mark.parametrize(
    ("key", "sensor", "pipeline"),
    [
        ("sensors.kitchen.temperature", "write", None),
        ("sensors.Küche 2.temperature", "write", None),
        # A consumer binds its queue with this key, and a sensor may be called so.
        ("sensors.*.temperature", "write", "read"),
        ("sensors.#", None, None),
        ("#", None, None),
        ("sensors.temperature", None, None),
        ("sensors..temperature", None, None),
        ("sensors.a.b.temperature", None, None),
        ("sensors.kitchen.humidity", None, None),
        ("my.sensors.kitchen.temperature", None, None),
        ("sensors.kitchen.temperature.raw", None, None),
    ],
)
def test_by_mqtt_a_sensor_writes_to_the_topics_that_reach_the_queue_and_a_consumer_binds_them(
    key: str, sensor: str | None, pipeline: str | None
) -> None:
    def allowed(rights: Permissions) -> set[str]:
        patterns = {"write": rights.topic_write, "read": rights.topic_read}
        return {may for may, pattern in patterns.items() if re.search(pattern, key)}

    assert allowed(sensor_permissions()) == {sensor} - {None}
    assert allowed(pipeline_permissions(TOPOLOGY)) == {pipeline} - {None}
    assert allowed(operator_permissions(TOPOLOGY)) == set()


def test_only_the_operator_sees_the_management_api() -> None:
    tags = [
        rights.tags
        for rights in (sensor_permissions(), pipeline_permissions(TOPOLOGY), operator_permissions(TOPOLOGY))
    ]

    assert tags == ["", "", "monitoring"]
