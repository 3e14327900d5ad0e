"""Sessions on a broker in memory."""

from typing import Any

from messaging.consuming.delivery import Delivery
from messaging.consuming.session import Session
from messaging.topology import Topology
from tests.unit.fake_broker import FakeBroker

QUEUE = "heat"


def open_session(broker: FakeBroker, **options: Any) -> Session:
    arguments: dict[str, Any] = {
        "name": "me",
        "prefetch": 2,
        "while_working": lambda: None,
        "connect_for_dead_letters": lambda: broker.open_connection("", ""),
        **options,
    }
    return Session(broker.open_connection("", ""), Topology(QUEUE), **arguments)


def receive_one(session: Session) -> Delivery:
    (delivery,) = session.receive_batch(1)
    return delivery
