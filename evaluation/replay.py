"""Recorded readings through the code of the service, sensor by sensor."""

import math
from collections import Counter
from collections.abc import Sequence

from analysis.anomaly import Anomaly
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from evaluation.series import Series


def analyse(series: Series, parameters: Parameters | None = None) -> list[Anomaly]:
    """Return the incidents of a sensor in the order of their detection, each as it was last reported."""
    analysis = SensorAnalysis(parameters)
    incidents: dict[tuple[str, float], Anomaly] = {}
    for reading in series.readings:
        for anomaly in analysis.add(reading):
            incidents[anomaly.kind, anomaly.started_at] = anomaly
    return sorted(incidents.values(), key=lambda anomaly: anomaly.detected_at)


def times(anomalies: Sequence[Anomaly]) -> list[float]:
    """Return when incidents were detected.

    Several at one reading are one alarm. So is an incident with the one that superseded it: the first counts.
    """
    first: dict[tuple[str, float], float] = {}
    for anomaly in anomalies:
        incident = (anomaly.superseded_by or anomaly.kind, anomaly.started_at)
        first[incident] = min(anomaly.detected_at, first.get(incident, math.inf))
    return sorted(set(first.values()))


def by_kind(anomalies: Sequence[Anomaly]) -> str:
    """Return how many anomalies there are of each kind, in words."""
    counts = Counter(str(anomaly.kind) for anomaly in anomalies if anomaly.superseded_by is None)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "none"
