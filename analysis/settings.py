"""The settings of the analysis."""

from pydantic import Field

from db.settings import DatabaseSettings
from runtime.settings import ServiceSettings


class AnalysisSettings(DatabaseSettings, ServiceSettings):
    """How readily an anomaly is reported."""

    analysis_false_alarms_per_day: float = Field(
        default=0.1,
        ge=0.001,
        le=10,
        description=(
            "How many false alarms per sensor and day are accepted; with fewer, small anomalies are not found"
        ),
    )
