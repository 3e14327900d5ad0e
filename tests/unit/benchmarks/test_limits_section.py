"""The readings of the section about limits: sensors in turn, few of them beyond a limit, and probes."""

import json
from collections import Counter

from benchmarks.sections.limits import PROBE_EVERY, RATE, SETTLE_SECONDS, bodies

SENSORS, SECONDS = 500, 1


def test_each_probe_sends_one_reading_beyond_its_limit() -> None:
    readings = [json.loads(body) for body in bodies(SENSORS, SECONDS)]

    count = (SETTLE_SECONDS + SECONDS) * RATE
    probes = Counter(each["sensor_id"] for each in readings if each["sensor_id"].startswith("probe-"))
    assert len(readings) == count
    assert probes == {f"probe-{number}": 1 for number in range(1, count // PROBE_EVERY + 1)}
    sensors = {each["sensor_id"]: each["temperature"] for each in readings if each["sensor_id"] not in probes}
    assert len(sensors) == SENSORS
    assert Counter(sensors.values()) == {20: 490, 35: 10}
