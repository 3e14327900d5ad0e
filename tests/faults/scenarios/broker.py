"""Faults of the broker."""

import time

from tests.faults.bodies import mixed, valid_reading
from tests.faults.bulk import BulkPublisher
from tests.faults.environment import BROKER, channel
from tests.faults.experiment import Experiment
from tests.faults.load import QUEUE

BURST = 500


def killed(experiment: Experiment, *, times: int, between: tuple[float, float], rate: float = 100) -> None:
    """Row 1. The broker is killed under load, and its supervisor restarts it."""
    experiment.start_workers()
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for number in range(times):
            experiment.run_load_for(experiment.random.uniform(*between))
            experiment.show_progress(f"killing the broker, {number + 1} of {times}")
            experiment.environment.kill(BROKER)
            experiment.wait_for_recovery()


def operator(experiment: Experiment, *, times: int, rate: float = 100) -> None:
    """Row 14. An operator deletes or purges the queue and closes connections while consumers run.

    Only as many messages may be missing as the broker reports to have removed.
    """
    experiment.start_workers()
    actions = (_close_connections, _delete_idle_queue, _purge, _delete_queue)
    with experiment.load(rate) as load:
        experiment.wait_for_recovery()
        for number in range(times):
            for action in actions:
                experiment.show_progress(
                    f"{action.__name__.strip('_').replace('_', ' ')}, {number + 1} of {times}"
                )
                if action in (_delete_idle_queue, _delete_queue):
                    # The broker counts before it deletes: a message published between would not be counted.
                    load.pause()
                    experiment.wait_until(lambda: experiment.depth()[0] == 0, 60, "the queue is empty")
                    time.sleep(1)
                action(experiment)
                load.resume()
                experiment.wait_for_recovery()
    experiment.notes.append(f"{experiment.removed} messages purged or deleted by the operator")


def _close_connections(experiment: Experiment) -> None:
    experiment.close_connections("closed by the operator")


def _burst(experiment: Experiment) -> None:
    """Publish more messages than the consumers can hold, so that some remain in the queue."""
    BulkPublisher(
        experiment.environment.amqp_url,
        experiment.ledger,
        (valid_reading(experiment.random, "burst") for _ in range(BURST)),
    ).run()


def _purge(experiment: Experiment) -> None:
    _burst(experiment)
    with channel(experiment.environment.amqp_url) as amqp:
        experiment.removed += amqp.queue_purge(QUEUE).method.message_count


def _delete_idle_queue(experiment: Experiment) -> None:
    with channel(experiment.environment.amqp_url) as amqp:
        experiment.removed += amqp.queue_delete(QUEUE).method.message_count


def _delete_queue(experiment: Experiment) -> None:
    _burst(experiment)
    _delete_idle_queue(experiment)
