"""Faults of this project's own processes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from runtime.services import RestartPolicy
from tests.faults.bodies import mixed
from tests.faults.experiment import Experiment
from tests.faults.failpoint import POINTS
from tests.faults.supervising import LocalWorkers
from tests.faults.tap import Tap
from tests.proxy import Proxy

# The pipeline's own retry delay doubles with each death in a row; here every death is wanted.
IMPATIENT = RestartPolicy(delay_seconds=0.3, max_delay_seconds=0.3)
SENSOR = "real-1"
SENSOR_INTERVAL = "0.02"
ANSWER_SECONDS = 30
OUTBOX_SECONDS = 120
# On a busy machine it takes some seconds until a consumer is at work at all.
DEATH_SECONDS = 60
# The broker counts every five seconds only.
COUNTED_SECONDS = 15


def consumer_killed(x: Experiment, *, seconds: float, every: int, rate: float = 80) -> None:
    """Row 3. Consumers kill themselves before the store, between commit and ack, and after the ack."""
    with x.load(rate, mixed(0.02)):
        for point in POINTS:
            crew = x.local_workers(
                module=f"tests.faults.failpoint {point} {every}", retry=IMPATIENT, wait=False
            )
            x.say(f"consumers kill themselves {point.replace('-', ' ')}")
            x.rest(seconds)
            x.until(crew.deaths, DEATH_SECONDS, f"a consumer dies {point}")
            x.notes.append(f"{crew.deaths()} deaths {point.replace('-', ' ')}")
            x.stop()
        x.local_workers()
        x.recovered()


def sensor_killed(x: Experiment, *, kills: int, between: tuple[float, float]) -> None:
    """Row 4. A sensor dies between publish and confirm, and publishes the same reading when it is back."""
    x.workers()
    link = x.enter(way_to(x.site.amqp_url))
    with Tap(x.site.amqp_url, x.ledger, SENSOR) as tap:
        sensor = start_sensor(x, link)
        x.recovered()
        for number in range(kills):
            x.rest(x.chance.uniform(*between))
            x.say(f"kills the sensor, {number + 1} of {kills}")
            link.drop_next_response()
            _await_loss(link)
            sensor.kill(0)
            x.recovered()
        stop_sensor(x, tap, sensor)
    account_for(x, tap, kills)


def _await_loss(link: Proxy) -> None:
    """Until the broker's next answer is lost; at once, before the sensor has connected again."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while link.drops_next_response:
        assert time.monotonic() < deadline, "the broker says nothing to the sensor"
        time.sleep(0.0005)


def stop_sensor(x: Experiment, tap: Tap, sensor: LocalWorkers) -> None:
    """Once its outbox has been delivered; else the end of the row would look like a loss."""
    with suppress(AssertionError):  # what is missing then is told by `account_for`
        x.until(lambda: not tap.gaps(), OUTBOX_SECONDS, "the outbox is empty")
    sensor.stop()


def account_for(x: Experiment, tap: Tap, kills: int) -> None:
    """Nothing that was measured is missing, and what was unconfirmed comes again."""
    x.notes.append(f"{tap.again()} readings published again, {tap.gaps()} measured and never published")
    if tap.gaps():
        x.problems.append(f"{tap.gaps()} readings were measured and never published")
    if kills and not tap.again():
        x.problems.append("no unconfirmed reading was published again")


def start_sensor(x: Experiment, link: Proxy) -> LocalWorkers:
    """A real sensor of this project, on the link."""
    return x.sensors(
        "sensor",
        {
            "RABBITMQ_URL": link.proxied_url(x.site.amqp_url),
            "SENSOR_ID": SENSOR,
            "SENSOR_INTERVAL_SECONDS": SENSOR_INTERVAL,
            "OUTBOX_PATH": str(x.site.directory / f"outbox-{x.seed.replace('/', '-')}.sqlite3"),
        },
    )


@contextmanager
def way_to(url: str) -> Iterator[Proxy]:
    """A link that can be harmed."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    with Proxy((address.hostname, address.port)) as link:
        yield link


def scaled(x: Experiment, *, rounds: int, seconds: float, rate: float = 100) -> None:
    """Row 13. SIGTERM and scale 1, 3, 1 under load: nothing unacked is left."""
    crew = x.workers(1)
    with x.load(rate, mixed(0.02)):
        x.recovered()
        for number in range(rounds):
            for wanted in (3, 1):
                x.say(f"scales to {wanted}, round {number + 1} of {rounds}")
                crew.scale(wanted)
                x.until(lambda wanted=wanted: x.depth()[1] == wanted, 60, f"{wanted} consumers")  # type: ignore[misc]
                x.rest(seconds)
        x.recovered()
        _check_unacked(x)


def _check_unacked(x: Experiment) -> None:
    """One consumer in this mode holds no more than it may; the others have left nothing behind."""
    what = f"at most {x.mode.max_unacked} unacked with one consumer"
    x.until(lambda: x.unacked() <= x.mode.max_unacked, COUNTED_SECONDS, what)
