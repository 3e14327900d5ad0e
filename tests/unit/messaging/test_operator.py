"""What an operator does at the broker."""

from messaging.management.admin import declare_topology
from messaging.settings import BrokerSettings
from tests.unit.fake_broker import FakeBroker

SETTINGS = BrokerSettings(queue_name="heat")


def test_an_operator_can_declare_everything(operators_broker: FakeBroker) -> None:
    declare_topology(SETTINGS)

    assert set(operators_broker.queues) == {"heat", "heat.dead"}
    assert not operators_broker.connections[0].is_open
