"""What the analysis found and computes, as the database stores it."""

from collections.abc import Iterable

from analysis.anomaly import Anomaly
from analysis.forecast import Forecast
from analysis.neighbours.locations import Virtual
from db.analysis.anomalies import AnomalyRow
from db.analysis.results import VirtualValueRow


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


def to_virtual_row(sensor_id: str, virtual: Virtual) -> VirtualValueRow:
    """Return the row of a sensor's virtual value."""
    return VirtualValueRow(sensor_id, virtual.at, *virtual.value, list(virtual.neighbours))


def to_virtual(row: VirtualValueRow) -> Virtual:
    """Return the virtual value of a row."""
    return Virtual(row.at, Forecast(row.value, row.lower, row.upper), tuple(row.neighbours))
