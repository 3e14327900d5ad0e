"""Access to the metrics that the code under test exports."""

from prometheus_client import REGISTRY


def metric(name: str, **labels: str) -> float:
    """Return the value of a metric; fails when it is not exported."""
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None, f"{name} is not exported"
    return value
