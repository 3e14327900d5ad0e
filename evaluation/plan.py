"""The plan of a run: its sections, and how much is measured in each."""

from dataclasses import dataclass
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
    baseline_trials: int = 36
    random_seeds: int = 300
    clean_sensors: int = 10
    clean_days: float = 30.0
    first_day_sensors: int = 60
    settings: int = 24
    settings_trials: int = 12
    seed: int = 7


FULL = Plan()
QUICK = Plan(
    sections=tuple(name for name in SECTIONS if name not in {SPREAD, SERVICE}),
    trials=24,
    baseline_trials=6,
    random_seeds=50,
    clean_sensors=2,
    clean_days=10.0,
    first_day_sensors=5,
    settings=2,
    settings_trials=4,
)
