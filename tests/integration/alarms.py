"""A broker of a test's own, whose memory alarm can be set off: that blocks whoever publishes to it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import docker  # type: ignore[import-untyped]  # it ships no types

from launcher.rabbitmq import PrivateRabbitMQ
from tests import services
from tests.broker import RabbitMQ

CONTROL_SECONDS = 120


@dataclass(frozen=True)
class AlarmedBroker:
    """`control` runs rabbitmqctl on the broker's node."""

    server: RabbitMQ
    control: Callable[..., None]

    def alarm(self) -> None:
        """From now on the node has used up its memory."""
        self.control("set_vm_memory_high_watermark", "absolute", "1")

    def calm(self) -> None:
        self.control("set_vm_memory_high_watermark", "0.6")


@contextmanager
def alarmed_broker() -> Iterator[AlarmedBroker]:
    """Never the broker that TEST_RABBITMQ_URL names: others may publish there. Raises services.NotHere."""
    with services._first(_in_a_container, _native) as broker:  # type: ignore[type-var]
        yield broker


@contextmanager
def _in_a_container() -> Iterator[AlarmedBroker]:
    with services._rabbitmq_container() as server:
        client = docker.from_env()
        try:
            [container] = client.containers.list(filters={"publish": str(urlsplit(server.url).port)})

            def control(*arguments: str) -> None:
                code, said = container.exec_run(["rabbitmqctl", "-q", *arguments])
                assert code == 0, said.decode()

            yield AlarmedBroker(server, control)
        finally:
            client.close()


@contextmanager
def _native() -> Iterator[AlarmedBroker]:
    with services._scratch("alarms") as directory, services._native(PrivateRabbitMQ, directory) as node:

        def control(*arguments: str) -> None:
            subprocess.run(
                [node.server.with_name("rabbitmqctl"), "-q", *arguments],
                env=node._environment(),
                check=True,
                timeout=CONTROL_SECONDS,
            )

        yield AlarmedBroker(RabbitMQ(node.url, node.management_url, str(node.server)), control)
