"""Operations of the broker's administrator."""

from jobs.kinds import JOB_KINDS
from messaging.management.admin import declare_topology
from messaging.settings import BrokerSettings
from messaging.topology import job_queue
from tests.unit.fake_broker import FakeBroker

SETTINGS = BrokerSettings(queue_name="heat")


def test_the_topology_is_declared_and_the_connection_closed(operators_broker: FakeBroker) -> None:
    declare_topology(SETTINGS)

    assert set(operators_broker.queues) == {
        "heat",
        "heat.dead",
        "control.workflows",
        "files",
        *map(job_queue, JOB_KINDS),
    }
    assert not operators_broker.connections[0].is_open
