"""The kinds of models."""

from collections.abc import Callable

from analysis.forecast_parameters import ForecastParameters
from analysis.models.last_value import LastValue
from analysis.models.model import Model, UnknownModel
from analysis.models.river_model import River
from analysis.models.seasonal import Seasonal

_MODELS: dict[str, Callable[[ForecastParameters], Model]] = {
    LastValue.kind: LastValue,
    Seasonal.kind: Seasonal,
    River.kind: River,
}
KINDS = tuple(_MODELS)
DEFAULT_KINDS = (LastValue.kind, Seasonal.kind)
"""The models that forecast unless others are requested."""


def create_model(kind: str, parameters: ForecastParameters) -> Model:
    """Return a model that has learned nothing.

    Raises:
        UnknownModel: There is no such kind, or it is not installed.
    """
    try:
        model = _MODELS[kind]
    except KeyError:
        raise UnknownModel(f"There is no model {kind!r}; there are {', '.join(KINDS)}.") from None
    return model(parameters)
