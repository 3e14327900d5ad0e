"""The permissions of the broker's users, as patterns."""

import re

import pytest

from messaging.management.permissions import (
    Permissions,
    alerter_permissions,
    exact_pattern,
    operator_permissions,
    pipeline_permissions,
    sensor_permissions,
    worker_permissions,
    workflows_permissions,
)
from messaging.topology import Topology

AWKWARD = "heat.1 (a|b)*"
TOPOLOGY = Topology(AWKWARD)
ALTERNATES = {"sensors.unroutable", "sensors.unroutable.mqtt"}


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
    ("permissions", "configure", "write", "read"),
    [
        (sensor_permissions(), set(), {"sensors", "amq.topic"}, set()),
        (
            pipeline_permissions(TOPOLOGY),
            {"sensors", *ALTERNATES, AWKWARD, f"{AWKWARD}.dead"},
            {AWKWARD, "amq.default"},
            {"sensors", *ALTERNATES, "amq.topic", AWKWARD},
        ),
        (
            operator_permissions(TOPOLOGY),
            {"events.mine"},
            {"sensors", "control", "amq.default", "events.mine", AWKWARD},
            {"events", "events.mine", f"{AWKWARD}.dead"},
        ),
        (alerter_permissions(TOPOLOGY), {"events"}, {"events", AWKWARD, f"{AWKWARD}.dead"}, set()),
        (
            workflows_permissions(),
            {"events", "control", "control.workflows", "files", "jobs", "jobs.dummy"},
            {"events", "control.workflows", "jobs", "jobs.dummy"},
            {"control", "control.workflows", "files", "jobs"},
        ),
        (
            worker_permissions(TOPOLOGY),
            {"events", "control.worker.a"},
            {"sensors", "events", "control.worker.a", AWKWARD},
            {"control", "control.worker.a", "jobs.dummy"},
        ),
    ],
)
def test_each_user_has_the_permissions_that_it_requires_and_no_more(
    permissions: Permissions, configure: set[str], write: set[str], read: set[str]
) -> None:
    resources = {"sensors", "amq.default", "amq.topic", "other", AWKWARD, f"{AWKWARD}.dead", ""}
    resources |= ALTERNATES | {"sensors.unroutable.other", "sensorsxunroutable"}
    resources |= {"control", "control.workflows", "control.worker.a", "control.worker.", "control.workers"}
    resources |= {"files", "jobs", "jobs.dummy", "jobs.", "jobsxdummy"}
    resources |= {"events", "events.mine", "events.", "eventsxmine", "my.events.x"}

    for pattern, names in (
        (permissions.configure, configure),
        (permissions.write, write),
        (permissions.read, read),
    ):
        assert {name for name in resources if name and re.search(pattern, name)} == names


@pytest.mark.parametrize(
    ("key", "sensor", "pipeline"),
    [
        ("sensors.kitchen.temperature", "write", None),
        ("sensors.Küche 2.temperature", "write", None),
        # A consumer binds its queue with this key, and it is also a valid sensor id.
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
def test_an_mqtt_sensor_may_publish_to_the_topics_that_a_consumer_may_bind(
    key: str, sensor: str | None, pipeline: str | None
) -> None:
    def allowed(permissions: Permissions) -> set[str]:
        patterns = {"write": permissions.topic_write, "read": permissions.topic_read}
        return {action for action, pattern in patterns.items() if re.search(pattern, key)}

    assert allowed(sensor_permissions()) == {sensor} - {None}
    assert allowed(pipeline_permissions(TOPOLOGY)) == {pipeline} - {None}
    assert allowed(operator_permissions(TOPOLOGY)) == set()


def test_only_the_operator_may_use_the_management_api() -> None:
    tags = [
        permissions.tags
        for permissions in (
            sensor_permissions(),
            pipeline_permissions(TOPOLOGY),
            operator_permissions(TOPOLOGY),
        )
    ]

    assert tags == ["", "", "monitoring"]
