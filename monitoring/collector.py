"""Asks every part of the system for its facts."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from monitoring.backlog import Backlog
from monitoring.broker import OldestDeadLetter, QueueFigures
from monitoring.discovery import Place, Places, discover_targets
from monitoring.model import Health, Service, SystemStatus
from monitoring.probes import ProbePool, known
from monitoring.restarts import RestartCounter
from monitoring.rules import Observation
from monitoring.sensors import SensorHours
from monitoring.services import Answer, ask
from monitoring.settings import MonitoringSettings
from monitoring.throughput import ThroughputMeter
from monitoring.tracker import ProblemTracker

LOOK_SECONDS = 2.0
# A name is found at once, or it is not worth waiting for.
NAME_SECONDS = 0.5


class Collector:
    """Looks at the whole system, again and again, and remembers since when something is wrong.

    For one thread at a time. Raises ConfigurationError for a wrong setting.
    """

    def __init__(self, settings: MonitoringSettings) -> None:
        self._queue_name = settings.queue_name
        self._asking = ProbePool()
        self._figures = QueueFigures(settings)
        self._hours = SensorHours(settings)
        self._places = discover_targets(settings.services)
        self._oldest_dead = OldestDeadLetter(settings, self._asking)
        self._meter = ThroughputMeter()
        self._restarts = RestartCounter()
        self._book = ProblemTracker()
        self._backlog = Backlog()

    def collect(self) -> SystemStatus:
        """What is, now. Never raises for a part that does not answer: that is a problem in the overview.

        Takes two seconds at most. What needs two looks to be known, such as rates, is None after the first.
        """
        until = time.monotonic() + LOOK_SECONDS
        asked_queue = self._asking.ask("queue", self._figures)
        asked_sensors = self._asking.ask("sensors", lambda: self._hours(datetime.now(UTC)))
        answers = self._restarts.counted(self._ask_services(until))
        sensors, broker = known(asked_sensors, until), known(asked_queue, until)
        at = datetime.now(UTC)
        queue = broker.answer
        if queue:
            oldest = self._backlog.oldest(queue, at, sensors.answer or [], answers)
            queue = replace(queue, oldest_measured_at=oldest)
        self._meter.add(time.monotonic(), answers)
        facts = Observation(
            at=at,
            answers=answers,
            queue_name=self._queue_name,
            queue=queue,
            broker_trouble=broker.trouble,
            sensors=sensors.answer,
            database_trouble=sensors.trouble,
            oldest_dead=self._oldest_dead(queue.dead_letters, until) if queue else None,
        )
        return SystemStatus(
            at=at,
            services=[answer.service for answer in answers],
            queue=queue,
            throughput=self._meter.flow(),
            sensors=sensors.answer,
            problems=self._book.problems(facts),
        )

    def close(self) -> None:
        """Give the connections back."""
        self._asking.close()
        self._hours.close()

    def _ask_services(self, until: float) -> list[Answer]:
        places = [place for found in self._find_places() for place in found]
        asked = [(place, self._asking.ask(f"service {place.name}", partial(ask, place))) for place in places]
        return [known(answer, until).answer or _too_slow(place) for place, answer in asked]

    def _find_places(self) -> Iterable[list[Place]]:
        until = time.monotonic() + NAME_SECONDS
        asked = [(places, self._asking.ask(f"places of {places.name}", places)) for places in self._places]
        for places, answer in asked:
            found = known(answer, until).answer
            yield [_unknown(places)] if found is None else found


def _too_slow(place: Place) -> Answer:
    why = f"it did not answer all questions in {LOOK_SECONDS:g} s"
    return Answer(
        service=Service(name=place.name, health=Health.STALLED, reason=why, restarts=place.restarts)
    )


def _unknown(places: Places) -> Place:
    return Place(name=places.name, address=None, why=f"its name was not found in {NAME_SECONDS:g} s")
