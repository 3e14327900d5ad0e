"""The settings of the analysis."""

from pydantic import Field, field_validator

from analysis.forecast_parameters import ForecastParameters
from analysis.models.model import UnknownModel
from analysis.models.registry import DEFAULT_KINDS, KINDS, create_model
from db.settings import DatabaseSettings
from runtime.settings import ServiceSettings


class AnalysisSettings(DatabaseSettings, ServiceSettings):
    """How readily an anomaly is reported, and what forecasts."""

    analysis_false_alarms_per_day: float = Field(
        default=0.1,
        ge=0.001,
        le=10,
        description=(
            "How many false alarms per sensor and day are accepted; with fewer, small anomalies are not found"
        ),
    )
    analysis_models: str = Field(
        default=",".join(DEFAULT_KINDS),
        description=(
            "The models that forecast each sensor and compete with each other, separated by commas: "
            + ", ".join(f"`{kind}`" for kind in KINDS)
        ),
    )

    @field_validator("analysis_models")
    @classmethod
    def _are_known(cls, models: str) -> str:
        try:
            for kind in split_models(models):
                create_model(kind, ForecastParameters())
        except UnknownModel as error:
            raise ValueError(str(error)) from None
        return models

    @property
    def models(self) -> tuple[str, ...]:
        """The kinds of models."""
        return split_models(self.analysis_models)


def split_models(models: str) -> tuple[str, ...]:
    """Return the kinds of models that are separated by commas."""
    return tuple(kind.strip() for kind in models.split(",") if kind.strip())
