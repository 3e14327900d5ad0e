"""Stores what models forecast and how good they are, and makes and restores their versions."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analysis.analyzer import Analyzer
from analysis.binary import StateError
from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.forecasting.forecaster import Forecaster
from analysis.telemetry import AnalysisTelemetry
from analysis.training.decision import Stage, Version
from analysis.training.retraining import retrain
from analysis.training.trainer import DueVersion, Trainer
from db.analysis.models import InstalledModel, NewModel, RequestedModel
from db.analysis.results import EvaluationRow, ForecastRow
from db.analysis.store import AnalysisStore

# Per step, so that new readings are analysed meanwhile.
MAX_FORECASTS = 200
TRAINING_SECONDS = 0.2


class ModelKeeper:
    """Keeps the models of the sensors that one process analyses.

    Each method raises StoreUnavailable if the database does not answer.
    """

    def __init__(
        self,
        store: AnalysisStore,
        analyzer: Analyzer,
        telemetry: AnalysisTelemetry,
        parameters: ForecastParameters,
    ) -> None:
        self._store, self._analyzer, self._telemetry = store, analyzer, telemetry
        self._parameters = parameters
        active = {
            (known.sensor_id, known.kind): _version(known.version, known.trained_to, known.parameters)
            for known in store.active_models()
        }
        self._trainer = Trainer(active, store.first_evaluated_days())
        self._to_forecast: dict[str, None] = {}
        self._to_evaluate: set[str] = set()
        self._due: list[DueVersion] = []
        self._installed: list[InstalledModel] = []

    def step(self) -> bool:
        """Store forecasts, and make versions that are due; return whether states are to be saved at once."""
        self._take_closed()
        selected = list(self._to_forecast)[:MAX_FORECASTS]
        if selected:
            self._store.save_forecasts([row for sensor_id in selected for row in self._forecast(sensor_id)])
        for sensor_id in selected:
            del self._to_forecast[sensor_id]
        deadline = time.monotonic() + TRAINING_SECONDS
        is_changed = False
        while self._due and time.monotonic() < deadline:
            is_changed = self._make(self._due.pop()) or is_changed
        return is_changed

    def drain_evaluations(self) -> Iterator[EvaluationRow]:
        """Yield how good the models of sensors are of which a half hour is over; store them before saving."""
        self._take_closed()
        for sensor_id in sorted(self._to_evaluate):
            forecaster = self._forecaster(sensor_id)
            if forecaster is not None:
                found = forecaster.drain_evaluations()
                self._due += self._trainer.evaluate(sensor_id, found)
                yield from (EvaluationRow(sensor_id, *evaluation[:7]) for evaluation in found)
        self._to_evaluate.clear()

    def install_requested(self) -> bool:
        """Roll models back as requested; return whether states are to be saved at once."""
        for model in self._store.requested_models():
            self._install(model)
        return bool(self._installed)

    def take_installed(self) -> list[InstalledModel]:
        """Return the versions that models run since states were saved last; call it when saving."""
        installed, self._installed = self._installed, []
        return installed

    def _take_closed(self) -> None:
        for sensor_id in self._analyzer.take_closed():
            self._to_forecast[sensor_id] = None
            self._to_evaluate.add(sensor_id)

    def _forecaster(self, sensor_id: str) -> Forecaster | None:
        sensor = self._analyzer.find(sensor_id)
        return sensor.forecaster if sensor is not None else None

    def _forecast(self, sensor_id: str) -> list[ForecastRow]:
        sensor = self._analyzer.find(sensor_id)
        if sensor is None or sensor.forecaster is None or sensor.last_at is None:
            return []
        forecaster = sensor.forecaster
        for kind in forecaster.kinds:
            known = self._trainer.active(sensor_id, kind)
            if known is not None:
                forecaster.versions[kind] = known.version
        band = forecaster.band(sensor.last_at)
        if not band:  # all that was learned again were faults
            return []
        means, lows, highs = (list(values) for values in zip(*(each for _, each in band), strict=True))
        kind = forecaster.active
        version = forecaster.versions[kind]
        made_at, first_at = sensor.last_at, band[0][0]
        return [ForecastRow(sensor_id, kind, version, made_at, first_at, BIN_SECONDS, means, lows, highs)]

    def _make(self, due: DueVersion) -> bool:
        """Make a version; return whether the running model continues from another state."""
        sensor_id, kind, decision, _ = due
        sensor = self._analyzer.find(sensor_id)
        if sensor is None or sensor.forecaster is None or sensor.last_at is None:
            return False
        state, trained_to = None, datetime.fromtimestamp(sensor.last_at, UTC)
        if decision.retrain:
            since = trained_to - timedelta(days=self._trainer.parameters.history_days)
            half_hours = self._store.half_hours(sensor_id, since, trained_to)
            days = self._trainer.parameters.compared_days
            trained = retrain(kind, half_hours, days, self._parameters)
            if trained is None or trained.relative_error >= (decision.relative_error or 0.0):
                return False  # what is running is better
            state = trained.state
            decision = decision._replace(relative_error=trained.relative_error)
            due = due._replace(decision=decision)
        new = NewModel(
            sensor_id,
            kind,
            trained_to,
            _parameters(due),
            state or sensor.forecaster.model(kind).state(),
            decision.reason,
            is_running=state is None,
        )
        version = self._store.save_model(new, self._trainer.parameters.kept_versions)
        self._trainer.trained(due, version)
        if state is not None:
            sensor.forecaster.install(kind, version, state)
            self._installed.append(InstalledModel(sensor_id, kind, version))
        sensor.forecaster.versions[kind] = version
        self._analyzer.touch(sensor_id)
        self._telemetry.model_saved(sensor_id, kind, version, decision.reason)
        return state is not None

    def _install(self, model: RequestedModel) -> None:
        forecaster = self._forecaster(model.sensor_id)
        if forecaster is None or model.kind not in forecaster.kinds:
            self._refuse(model, None, "the sensor is not forecast by this model")
            return
        running, version = forecaster.model(model.kind).state(), forecaster.versions.get(model.kind)
        try:
            forecaster.install(model.kind, model.version, model.state)
        except StateError as error:
            forecaster.model(model.kind).restore(running)
            self._refuse(model, version, str(error))
            return
        installed = _version(model.version, model.trained_to, model.parameters)
        installed = installed._replace(trained_on=datetime.now(UTC).date())
        self._trainer.activate(model.sensor_id, model.kind, installed)
        self._analyzer.touch(model.sensor_id)
        self._installed.append(InstalledModel(*model[:3]))
        self._telemetry.model_rolled_back(model.sensor_id, model.kind, model.version)

    def _refuse(self, model: RequestedModel, running: int | None, reason: str) -> None:
        self._store.refuse_request(model, running)
        self._telemetry.not_rolled_back(model.sensor_id, model.kind, model.version, reason)


def _parameters(due: DueVersion) -> dict[str, Any]:
    return {
        "stage": due.decision.stage.value,
        "trained_on": due.trained_on.isoformat(),
        "relative_error": due.decision.relative_error,
    }


def _version(number: int, trained_to: datetime, parameters: Mapping[str, Any]) -> Version:
    """Return what is remembered of a version; one without parameters counts as a first one."""
    trained_on = parameters.get("trained_on") or trained_to.astimezone(UTC).date().isoformat()
    stage = Stage(parameters.get("stage", Stage.FIRST_DAY))
    return Version(number, stage, date.fromisoformat(trained_on), parameters.get("relative_error"))
