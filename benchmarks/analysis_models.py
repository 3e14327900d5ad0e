"""The cost of the analysis without a database: readings of many sensors through their models and detectors.

`python -m benchmarks.analysis_models --sensors 1000 --minutes 360` prints the figures as JSON. Each sensor
sends once per minute, and twenty sensors are at one location.
"""

import argparse
import json
import random
import time
from typing import NamedTuple

import psutil

from analysis.analyzer import Analyzer
from analysis.neighbours.locations import Locations
from analysis.sensor_analysis import SensorAnalysis

MINUTE_SECONDS = 60.0
START = 1_750_000_000.0
SENSORS_PER_LOCATION = 20


class Cost(NamedTuple):
    """What the readings took of one processor, and what is kept of each sensor."""

    sensors: int
    readings: int
    per_second: float
    state_bytes: float
    memory_bytes: float


def measure(sensors: int, minutes: int) -> Cost:
    """Analyse the readings in the order in which they are measured."""
    random_numbers = random.Random(1)  # noqa: S311 (noise, not a secret)
    noise = [random_numbers.gauss(20.0, 0.1) for _ in range(9_973)]
    names = [f"sensor-{number}" for number in range(sensors)]
    before = psutil.Process().memory_info().rss
    locations = Locations()
    locations.place({name: f"hall {n // SENSORS_PER_LOCATION}" for n, name in enumerate(names)}, START)
    analyzer = Analyzer(SensorAnalysis, None, locations)
    used = 0.0
    for minute in range(minutes):
        at = START + MINUTE_SECONDS * minute
        rows = [
            (name, at + n / sensors, noise[(minute * sensors + n) % 9_973]) for n, name in enumerate(names)
        ]
        started_at = time.process_time()
        analyzer.add_all(rows)
        used += time.process_time() - started_at
    memory = psutil.Process().memory_info().rss - before
    states = sum(len(saved.state) for saved in analyzer.changed().values())
    states += sum(map(len, locations.changed().values()))
    readings = sensors * minutes
    return Cost(sensors, readings, readings / used, states / sensors, memory / sensors)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sensors", type=int, default=1_000)
    parser.add_argument("--minutes", type=int, default=360)
    options = parser.parse_args()
    print(json.dumps(measure(options.sensors, options.minutes)._asdict()))


if __name__ == "__main__":
    main()
