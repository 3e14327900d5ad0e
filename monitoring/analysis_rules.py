"""The rule that finds an analysis that is behind the stored readings."""

from collections.abc import Iterator
from datetime import timedelta

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.services import sample_value
from monitoring.thresholds import MAX_ANALYSIS_LAG

LAG_METRIC = "analysis_lag_seconds"


def analysis_problems(observation: Observation) -> Iterator[Problem]:
    """Find services that analyse readings much later than they are stored, unless their database is down."""
    for report in observation.reports:
        lag = sample_value(report.samples, LAG_METRIC)
        database = report.dependencies.get("database")
        is_explained = database is not None and database.reason is not None
        if lag is None or is_explained or not lag > MAX_ANALYSIS_LAG.total_seconds():
            continue
        name = report.service.name
        yield Problem(
            kind=ProblemKind.ANALYSIS_BEHIND,
            subject=name,
            started_at=observation.at - timedelta(seconds=lag),
            message=f"{name} has not analysed the readings of the last {lag:.0f} s yet.",
            hint="Readings are stored and limits are evaluated as before; anomalies are found later, and "
            "none is missed. An import or a sensor that is learned again causes a lag that ends by itself; "
            "otherwise check its log and the load of its machine.",
        )
