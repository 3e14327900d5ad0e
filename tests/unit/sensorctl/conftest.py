"""What the tests of sensorctl share."""

import pytest

from tests.unit.fake_broker import FakeBroker
from tests.unit.sensorctl.doctor_environment import Environment, healthy_environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, operators_broker: FakeBroker) -> Environment:
    return healthy_environment(monkeypatch, operators_broker)
