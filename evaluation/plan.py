"""The plan of a run: its sections, and how much is measured in each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

RECALL = "recall"
DRIFT = "drift"
FALSE_ALARMS = "false-alarms"
FORECASTS = "forecasts"
MOTES = "motes"
OFFICE = "office"
SPREAD = "spread"
SERVICE = "service"
SECTIONS = (RECALL, DRIFT, FALSE_ALARMS, FORECASTS, MOTES, OFFICE, SPREAD, SERVICE)
ROOT = Path(__file__).parent.parent
WORK = ROOT / ".evaluation"
FALSE_ALARMS_PER_DAY = 0.1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Trials are per kind of anomaly; days are of clean signal per kind of signal."""

    sections: tuple[str, ...] = SECTIONS
    trials: int = 200
    baseline_trials: int = 18
    random_seeds: int = 300
    sensors: int = 10
    days: Mapping[str, float] = field(default_factory=lambda: {"1 h": 60.0, "5 min": 20.0, "1 min": 5.0})
    first_day_sensors: int = 20
    group_trials: int = 48
    settings: int = 24
    settings_trials: int = 10
    seed: int = 7

    def trials_of(self, interval: str, signals: int) -> int:
        """Return the trials per kind of signal at an interval: more of those that cost less."""
        shares = {"1 h": 0.5, "5 min": 0.3, "1 min": 0.2}
        return max(1, round(self.trials * shares[interval] / signals))


FULL = Plan()
QUICK = Plan(
    sections=tuple(name for name in SECTIONS if name not in {SPREAD, SERVICE}),
    trials=24,
    baseline_trials=6,
    random_seeds=50,
    sensors=2,
    days={"1 h": 30.0, "5 min": 10.0, "1 min": 3.0},
    first_day_sensors=5,
    group_trials=6,
    settings=2,
    settings_trials=4,
)
