from analysis.analyzer import Analyzer
from analysis.forecast_parameters import ForecastParameters
from analysis.model_keeping import ModelKeeper
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from analysis.telemetry import AnalysisTelemetry
from db.analysis.results import ForecastRow
from limits.model import Reading
from runtime.health import Health

HOURS = [(("fridge", 3600.0 * hour, 4.0 + hour % 2)) for hour in range(50)]


class RecordingStore:
    """Keeps what would be stored; no model has a version."""

    def __init__(self) -> None:
        self.forecasts: list[ForecastRow] = []

    def active_models(self) -> list[object]:
        return []

    def first_evaluated_days(self) -> dict[str, object]:
        return {}

    def save_forecasts(self, forecasts: list[ForecastRow]) -> None:
        self.forecasts += forecasts


def test_what_was_analysed_is_forecast_even_if_its_state_is_saved_first() -> None:
    # given a half hour that is over
    store, analyzer = RecordingStore(), Analyzer(lambda: SensorAnalysis(Parameters()))
    telemetry = AnalysisTelemetry(Health())
    keeper = ModelKeeper(store, analyzer, telemetry, ForecastParameters())  # type: ignore[arg-type]  # a fake
    analyzer.add_all(HOURS)
    # when its evaluations are taken for a checkpoint before the next step
    assert list(keeper.drain_evaluations())
    keeper.step()
    # then the step stores the forecast
    assert [row.sensor_id for row in store.forecasts] == ["fridge"]


def test_a_sensor_of_which_only_faults_were_learned_again_has_no_forecast() -> None:
    store, analyzer = RecordingStore(), Analyzer(lambda: SensorAnalysis(Parameters()))
    keeper = ModelKeeper(store, analyzer, AnalysisTelemetry(Health()), ForecastParameters())  # type: ignore[arg-type]  # a fake
    # given a rebuild of a sensor that has sent -127 only, which no model learns
    learned = SensorAnalysis(Parameters())
    learned.add(Reading(3600.0, -127.0))
    analyzer.replace("fridge", learned)
    # when it is forecast
    keeper.step()
    # then there is nothing to store
    assert store.forecasts == []
