"""What the analysis found, as the database stores it."""

from collections.abc import Iterable

from analysis.anomaly import Anomaly
from db.analysis.anomalies import AnomalyRow


def to_rows(found: Iterable[tuple[str, Anomaly]]) -> list[AnomalyRow]:
    """Return the rows of anomalies with their sensors."""
    return [
        AnomalyRow(
            sensor_id=sensor_id,
            kind=anomaly.kind.value,
            started_at=anomaly.started_at,
            ended_at=anomaly.ended_at,
            detected_at=anomaly.detected_at,
            score=anomaly.score,
            observed=anomaly.observed,
            expected=anomaly.expected,
            lower=anomaly.lower,
            upper=anomaly.upper,
            model_version=anomaly.model_version,
            reason=anomaly.reason,
            is_superseded=anomaly.superseded_by is not None,
        )
        for sensor_id, anomaly in found
    ]
