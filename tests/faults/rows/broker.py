"""Faults of the broker."""

import time

from tests.faults.bodies import good, mixed
from tests.faults.bulk import BulkPublisher
from tests.faults.experiment import Experiment
from tests.faults.load import QUEUE
from tests.faults.site import BROKER, channel

BURST = 500


def killed(x: Experiment, *, times: int, between: tuple[float, float], rate: float = 100) -> None:
    """Row 1. The broker dies under load, and whoever supervises it starts it again."""
    x.workers()
    with x.load(rate, mixed(0.02)):
        x.recovered()
        for number in range(times):
            x.rest(x.chance.uniform(*between))
            x.say(f"kills the broker, {number + 1} of {times}")
            x.site.kill(BROKER)
            x.recovered()


def operator(x: Experiment, *, times: int, rate: float = 100) -> None:
    """Row 14. The queue is deleted or purged while consuming; connections are closed by an operator.

    What the broker says it removed with the queue may be missing, and not one more.
    """
    x.workers()
    harms = (_close_connections, _delete_idle_queue, _purge, _delete_queue)
    with x.load(rate) as load:
        x.recovered()
        for number in range(times):
            for harm in harms:
                x.say(f"{harm.__name__.strip('_').replace('_', ' ')}, {number + 1} of {times}")
                if harm in (_delete_idle_queue, _delete_queue):
                    # The broker counts first and deletes then: what came in between would be in no count.
                    load.pause()
                    x.until(lambda: x.depth()[0] == 0, 60, "the queue is empty")
                    time.sleep(1)
                harm(x)
                load.resume()
                x.recovered()
    x.notes.append(f"{x.removed} messages purged or deleted by the operator")


def _close_connections(x: Experiment) -> None:
    x.site.rabbitmqctl("close_all_connections", *x.virtual_host, "the operator says so")


def _burst(x: Experiment) -> None:
    """More than the consumers can take at once, so that there is something to remove."""
    BulkPublisher(x.site.amqp_url, x.ledger, (good(x.chance, "burst") for _ in range(BURST))).run()


def _purge(x: Experiment) -> None:
    _burst(x)
    with channel(x.site.amqp_url) as visit:
        x.removed += visit.queue_purge(QUEUE).method.message_count


def _delete_idle_queue(x: Experiment) -> None:
    with channel(x.site.amqp_url) as visit:
        x.removed += visit.queue_delete(QUEUE).method.message_count


def _delete_queue(x: Experiment) -> None:
    _burst(x)
    _delete_idle_queue(x)
