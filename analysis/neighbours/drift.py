"""A sensor's drift against its neighbours, as an incident."""

from dataclasses import dataclass

from analysis.anomaly import Anomaly, AnomalyKind

DETECTOR = "neighbours-1"
REPORTED_GROWTH = 1.25


@dataclass(slots=True)
class Drift:
    """A drift that lasts; `score` and what follows are of its largest distance so far."""

    started_at: float
    detected_at: float
    score: float = 0.0
    observed: float = 0.0
    difference: float = 0.0
    tolerance: float = 0.0
    neighbours: int = 0

    def grow(
        self, score: float, observed: float, difference: float, tolerance: float, neighbours: int
    ) -> bool:
        """Take a distance; return whether it is by so much the largest that it is to be reported."""
        if score < REPORTED_GROWTH * self.score:
            return False
        self.score, self.observed, self.difference = score, observed, difference
        self.tolerance, self.neighbours = tolerance, neighbours
        return True

    def anomaly(self, ended_at: float | None = None) -> Anomaly:
        """Return the incident."""
        expected = self.observed - self.difference
        return Anomaly(
            kind=AnomalyKind.DRIFT,
            started_at=self.started_at,
            ended_at=ended_at,
            detected_at=self.detected_at,
            score=self.score,
            observed=self.observed,
            expected=expected,
            lower=expected - self.tolerance,
            upper=expected + self.tolerance,
            model_version=DETECTOR,
            reason=(
                f"the mean of a day differs by {self.difference:+.2f} K from what {self.neighbours} "
                f"neighbours explain; usually the difference is within ±{self.tolerance:.2f} K"
            ),
        )
