"""Faults of this project's processes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from runtime.services import RestartPolicy
from tests.faults.bodies import mixed
from tests.faults.experiment import CONSUMERS, Experiment
from tests.faults.failpoint import POINTS
from tests.faults.local_workers import LocalWorkers
from tests.faults.tap import Tap
from tests.proxy import Proxy

# The default restart delay doubles with each failure; here every failure is intended.
QUICK_RESTART = RestartPolicy(delay_seconds=0.3, max_delay_seconds=0.3)
SENSOR = "real-1"
SENSOR_INTERVAL = "0.02"
RESPONSE_SECONDS = 30
OUTBOX_SECONDS = 120
# On a busy machine it takes some seconds until a consumer consumes.
DEATH_SECONDS = 60
# The broker updates its statistics only every five seconds.
STATISTICS_SECONDS = 15


def consumer_killed(
    experiment: Experiment, *, seconds: float, every: int, rate: float = 80, consumers: int = CONSUMERS
) -> None:
    """Row 3. Consumers are killed before the store, between commit and ack, and after the ack."""
    with experiment.load(rate, mixed(0.02)):
        for point in POINTS:
            workers = experiment.start_local_workers(
                consumers, module=f"tests.faults.failpoint {point} {every}", retry=QUICK_RESTART, wait=False
            )
            experiment.show_progress(f"killing consumers {_describe(point)}")
            experiment.run_load_for(seconds)
            experiment.wait_until(workers.deaths, DEATH_SECONDS, f"a consumer is killed {_describe(point)}")
            experiment.notes.append(f"{workers.deaths()} consumers killed {_describe(point)}")
            experiment.stop()
        experiment.start_local_workers(consumers)
        experiment.wait_for_recovery()


def _describe(point: str) -> str:
    return point.replace("-", " the ")


def sensor_killed(experiment: Experiment, *, kills: int, between: tuple[float, float]) -> None:
    """Row 4. A sensor is killed between publish and confirm, and publishes the reading again."""
    experiment.start_workers()
    link = experiment.enter(proxy_to(experiment.environment.amqp_url))
    with Tap(experiment.environment.amqp_url, experiment.ledger, SENSOR) as tap:
        sensor = start_sensor(experiment, link.proxied_url(experiment.environment.amqp_url))
        experiment.wait_for_recovery()
        for number in range(kills):
            experiment.run_load_for(experiment.random.uniform(*between))
            experiment.show_progress(f"killing the sensor, {number + 1} of {kills}")
            link.drop_next_response()
            _wait_for_dropped_response(link)
            sensor.kill(0)
            experiment.wait_for_recovery()
        stop_sensor(experiment, tap, sensor)
    check_published(experiment, tap, kills)


def _wait_for_dropped_response(link: Proxy) -> None:
    """Wait until the broker's next response is dropped, and return before the sensor has reconnected."""
    deadline = time.monotonic() + RESPONSE_SECONDS
    while link.drops_next_response:
        assert time.monotonic() < deadline, "the broker does not respond to the sensor"
        time.sleep(0.0005)


def stop_sensor(experiment: Experiment, tap: Tap, sensor: LocalWorkers) -> None:
    """Stop the sensor once its outbox is empty; otherwise its last readings would count as lost."""
    with suppress(AssertionError):  # `check_published` reports missing readings
        experiment.wait_until(lambda: not tap.missing(), OUTBOX_SECONDS, "the outbox is empty")
    sensor.stop()


def check_published(experiment: Experiment, tap: Tap, kills: int) -> None:
    """Check that every measured reading was published, and unconfirmed readings again."""
    experiment.notes.append(
        f"{tap.republished()} readings published again, {tap.missing()} measured and not published"
    )
    if tap.missing():
        experiment.problems.append(f"{tap.missing()} readings were measured and not published")
    if kills and not tap.republished():
        experiment.problems.append("no unconfirmed reading was published again")


def start_sensor(experiment: Experiment, amqp_url: str) -> LocalWorkers:
    """Start a real sensor, which publishes to the broker at the URL."""
    return experiment.start_process(
        "sensor",
        {
            "RABBITMQ_URL": amqp_url,
            "SENSOR_ID": SENSOR,
            "SENSOR_INTERVAL_SECONDS": SENSOR_INTERVAL,
            "OUTBOX_PATH": str(
                experiment.environment.directory / f"outbox-{experiment.seed.replace('/', '-')}.sqlite3"
            ),
        },
    )


@contextmanager
def proxy_to(url: str) -> Iterator[Proxy]:
    """Start a proxy that can fail."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    with Proxy((address.hostname, address.port)) as link:
        yield link


def scaled(experiment: Experiment, *, rounds: int, seconds: float, rate: float = 100) -> None:
    """Row 13. Consumers are scaled to 3 and back to 1 under load; no message stays unacked."""
    workers = experiment.start_workers(1)
    with experiment.load(rate, mixed(0.02)):
        experiment.wait_for_recovery()
        for number in range(rounds):
            for consumers in (3, 1):
                experiment.show_progress(f"scaling to {consumers}, round {number + 1} of {rounds}")
                workers.scale(consumers)
                _wait_for_consumers(experiment, consumers)
                experiment.run_load_for(seconds)
        experiment.wait_for_recovery()
        _check_unacked(experiment)


def _wait_for_consumers(experiment: Experiment, number: int) -> None:
    experiment.wait_until(lambda: experiment.depth()[1] == number, 60, f"{number} consumers")


def _check_unacked(experiment: Experiment) -> None:
    """Check that only as many messages are unacked as one consumer may hold."""
    message = f"at most {experiment.mode.max_unacked} unacked with one consumer"
    experiment.wait_until(
        lambda: experiment.unacked() <= experiment.mode.max_unacked, STATISTICS_SECONDS, message
    )
