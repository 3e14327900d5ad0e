"""The settings of the scaler: one target, and bounds that fit together."""

import pytest

from runtime.errors import ConfigurationError
from runtime.settings import load
from scaler.settings import ScalerSettings


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "set one of SCALER_REPLICAS_FILE .* and SCALER_SWARM_SERVICE"),
        ({"SCALER_REPLICAS_FILE": "/x", "SCALER_SWARM_SERVICE": "s"}, "set one of SCALER_REPLICAS_FILE"),
        (
            {"SCALER_MIN_REPLICA_COUNT": "6", "SCALER_SWARM_SERVICE": "s"},
            "SCALER_MIN_REPLICA_COUNT is 6: must be at most SCALER_MAX_REPLICA_COUNT, which is 5",
        ),
        ({"SCALER_VALUE": "0", "SCALER_SWARM_SERVICE": "s"}, "SCALER_VALUE is '0'"),
        (
            {"DOCKER_HOST": "ssh://host", "SCALER_SWARM_SERVICE": "s"},
            "DOCKER_HOST is 'ssh://host': must be unix",
        ),
        (
            {"DOCKER_HOST": "unix://docker.sock", "SCALER_SWARM_SERVICE": "s"},
            "DOCKER_HOST is .*: must be unix",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_variable(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=message):
        load(ScalerSettings)


def test_the_engine_may_be_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALER_SWARM_SERVICE", "sensors_pipeline-processor")
    monkeypatch.setenv("DOCKER_HOST", "tcp://socket-proxy:2375")
    assert load(ScalerSettings).docker_host == "tcp://socket-proxy:2375"
