"""Faults of the analysis."""

from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from limits.model import Reading
from tests.faults.bodies import restless_reading
from tests.faults.environment import DATABASE
from tests.faults.experiment import Experiment

CATCH_UP_SECONDS = 120
FORGET = (
    "TRUNCATE analysis_state, analysis_group_state, detected_anomaly CASCADE",
    "DELETE FROM analysis_rebuild",
)
READINGS = """
SELECT sensor_id, date_part('epoch', measured_at), temperature FROM reading
ORDER BY stored_xid, measured_at, reading_id
"""
ANOMALIES = """
SELECT sensor_id, kind, extract(epoch FROM started_at)::numeric(20, 6)::text,
       extract(epoch FROM ended_at)::numeric(20, 6)::text, reason
FROM anomaly
"""
Found = set[tuple[object, ...]]


def killed(experiment: Experiment, *, kills: int, between: tuple[float, float], rate: float = 60) -> None:
    """Row 16. Analysis and database are killed; the anomalies are those of an uninterrupted analysis."""
    for statement in FORGET:
        experiment.query(statement)
    experiment.start_workers()
    analysis = experiment.start_process("analysis", {"DATABASE_URL": experiment.database_url})
    with experiment.load(rate, restless_reading):
        experiment.wait_for_recovery()
        for number in range(kills):
            experiment.run_load_for(experiment.random.uniform(*between))
            experiment.show_progress(f"killing the analysis, {number + 1} of {kills}")
            analysis.kill(0)
            experiment.run_load_for(experiment.random.uniform(*between))
            experiment.show_progress(f"killing PostgreSQL, {number + 1} of {kills}")
            experiment.environment.kill(DATABASE)
            experiment.wait_for_recovery()
    experiment.wait_until(lambda: experiment.depth()[0] == 0, CATCH_UP_SECONDS, "the queue is empty")
    experiment.wait_until(
        lambda: _stored(experiment) == _expected(experiment), CATCH_UP_SECONDS, "the anomalies are the same"
    )
    found = _stored(experiment)
    experiment.notes.append(f"{len(found)} anomalies, as in an uninterrupted analysis")
    if not {"spike", "level-shift"} <= {kind for _, kind, *_ in found}:
        experiment.problems.append(f"too few kinds of anomalies to compare: {sorted(map(str, found))}")


def _stored(experiment: Experiment) -> Found:
    return set(experiment.query(ANOMALIES))


def _expected(experiment: Experiment) -> Found:
    """Analyse the stored readings in one go, in the order of their commits."""
    sensors: dict[object, SensorAnalysis] = {}
    found: dict[tuple[object, ...], tuple[object, ...] | None] = {}
    for sensor_id, measured_at, temperature in experiment.query(READINGS):
        sensor = sensors.setdefault(sensor_id, SensorAnalysis(Parameters()))
        for anomaly in sensor.add(Reading(float(str(measured_at)), float(str(temperature)))):
            times = [None if at is None else f"{at:.6f}" for at in (anomaly.started_at, anomaly.ended_at)]
            found[sensor_id, anomaly.kind, anomaly.started_at] = (
                None if anomaly.superseded_by else (sensor_id, anomaly.kind.value, *times, anomaly.reason)
            )
    return {row for row in found.values() if row is not None}
