"""How many injected anomalies are found, and how many alarms readings without anomalies raise."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from analysis.anomaly import AnomalyKind
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from evaluation.injection import Injection, difference_deviation, inject, length, weekly_deviation
from evaluation.replay import analyse
from evaluation.series import Series
from evaluation.simulation import DAY, Signal, simulate
from limits.model import Reading

INTERVALS = {"1 h": 3600.0, "5 min": 300.0, "1 min": 60.0}
# Readings within which an anomaly has to be found, the first one included.
MAX_DELAY = {Injection.SPIKE: 2, Injection.HALF_SPIKE: 2, Injection.LEVEL_SHIFT: 2, Injection.DROPOUT: 1}
TRIALS_PER_SERIES = 10
# The history before the first anomaly: enough readings, and days enough for drift to know the level.
HISTORY_DAYS = {3600.0: 14.0, 300.0: 7.0, 60.0: 4.0}
DRIFT_HISTORY_DAYS = 21.0
SHORT_INJECTIONS = tuple(each for each in Injection if each is not Injection.DRIFT)


@dataclass(slots=True)
class Recall:
    """How many of the injected anomalies were found, and after how many readings."""

    trials: int = 0
    found: int = 0
    delays: list[int] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The part that was found."""
        return self.found / self.trials


def measure_recall(
    signal: Signal,
    interval: float,
    injections: Iterable[Injection] = SHORT_INJECTIONS,
    *,
    trials: int = 200,
    seed: int = 0,
    parameters: Parameters | None = None,
) -> dict[Injection, Recall]:
    """Inject anomalies into simulated readings, each into a sensor that has seen none before."""
    injections = tuple(injections)
    recalls = {each: Recall() for each in injections}
    history = DRIFT_HISTORY_DAYS if Injection.DRIFT in injections else HISTORY_DAYS[interval]
    longest = max(length(each, interval) for each in injections)
    for number in range(-(-trials // TRIALS_PER_SERIES)):
        random = Random(f"{signal} {interval} {seed} {number}")  # noqa: S311 (a simulation)
        days = history + 5.0 + longest * interval / DAY + 1.0
        clean = simulate(signal, interval=interval, days=days, seed=seed * 1000 + number)
        sigma, weekly = difference_deviation(clean), weekly_deviation(clean)
        starts = _starts(clean, history, longest, random)
        analysis = SensorAnalysis(parameters)
        position = 0
        for start in starts:
            for reading in clean[position:start]:
                analysis.add(reading)
            position = start
            state = analysis.state()
            for injection in injections:
                readings = clean[start : start + length(injection, interval)]
                changed = inject(injection, readings, random, sigma=sigma, weekly=weekly)
                delay = _delay(injection, changed, state, parameters)
                recalls[injection].trials += 1
                if delay is not None:
                    recalls[injection].found += 1
                    recalls[injection].delays.append(delay)
    return recalls


def _starts(clean: Sequence[Reading], history: float, longest: int, random: Random) -> list[int]:
    known = clean[0].measured_at + history * DAY
    first = next(number for number, each in enumerate(clean) if each.measured_at >= known)
    last = max(len(clean) - longest, first + TRIALS_PER_SERIES)
    return sorted(random.sample(range(first, last), TRIALS_PER_SERIES))


def _delay(
    injection: Injection, readings: Sequence[Reading], state: bytes, parameters: Parameters | None
) -> int | None:
    """Return after how many readings it was found; None if it was not, or too late."""
    analysis = SensorAnalysis(parameters)
    analysis.restore(state)
    limit = MAX_DELAY.get(injection, len(readings))
    for number, reading in enumerate(readings[:limit], start=1):
        for anomaly in analysis.add(reading):
            started = anomaly.started_at >= readings[0].measured_at or injection in {
                Injection.STUCK,
                Injection.DRIFT,
            }
            if anomaly.kind is injection.anomaly and started and anomaly.superseded_by is None:
                return number
    return None


@dataclass(slots=True)
class FalseAlarms:
    """Alarms without an anomaly."""

    days: float = 0.0
    kinds: Counter[AnomalyKind] = field(default_factory=Counter)

    @property
    def alarms(self) -> int:
        """How many there are of all kinds together."""
        return self.kinds.total()


def measure_false_alarms(
    signal: Signal,
    interval: float,
    *,
    sensors: int = 20,
    days: float = 30.0,
    seed: int = 0,
    resolution: float | None = None,
    parameters: Parameters | None = None,
) -> FalseAlarms:
    """Count the alarms of simulated sensors, from their first reading on."""
    result = FalseAlarms()
    for number in range(sensors):
        readings = simulate(
            signal, interval=interval, days=days, seed=500_000 + seed * 1000 + number, resolution=resolution
        )
        result.days += (readings[-1].measured_at - readings[0].measured_at) / DAY
        found = analyse(Series(name=str(signal), readings=readings), parameters)
        result.kinds.update(each.kind for each in found if each.superseded_by is None)
    return result
