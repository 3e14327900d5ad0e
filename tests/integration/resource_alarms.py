"""A broker of a test's own whose memory alarm can be triggered, which blocks its publishers."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from native.rabbitmq import PrivateRabbitMQ
from tests import services
from tests.broker import RabbitMQ

CONTROL_SECONDS = 120


@dataclass(frozen=True)
class ControllableBroker:
    """`control` runs rabbitmqctl on the broker's node."""

    server: RabbitMQ
    control: Callable[..., None]

    def trigger_memory_alarm(self) -> None:
        self.control("set_vm_memory_high_watermark", "absolute", "1")

    def clear_memory_alarm(self) -> None:
        self.control("set_vm_memory_high_watermark", "0.6")


@contextmanager
def controllable_broker() -> Iterator[ControllableBroker]:
    """Start a broker; never use that of TEST_RABBITMQ_URL, to which others may publish.

    Raises services.ServerUnavailable if none can be started.
    """
    with services._first_available(_in_a_container, _native) as broker:  # type: ignore[type-var]
        yield broker


@contextmanager
def _in_a_container() -> Iterator[ControllableBroker]:
    with services.rabbitmq_with_container() as (server, container):

        def control(*arguments: str) -> None:
            code, output = container.exec(["rabbitmqctl", "-q", *arguments])
            assert code == 0, output.decode()

        yield ControllableBroker(server, control)


@contextmanager
def _native() -> Iterator[ControllableBroker]:
    with (
        services._temporary_directory("alarms") as directory,
        services._native(PrivateRabbitMQ, directory) as node,
    ):

        def control(*arguments: str) -> None:
            subprocess.run(
                [node.server.with_name("rabbitmqctl"), "-q", *arguments],
                env=node._environment(),
                check=True,
                timeout=CONTROL_SECONDS,
            )

        yield ControllableBroker(RabbitMQ(node.url, node.management_url, str(node.server)), control)
