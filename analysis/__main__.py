"""The entry point of the analysis: composes its parts and analyses until the shutdown."""

import sys
from contextlib import closing
from functools import partial

from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from analysis.service import AnalysisService
from analysis.settings import AnalysisSettings
from analysis.telemetry import DATABASE, AnalysisTelemetry
from db.analysis.store import AnalysisStore
from runtime.health import Health
from runtime.http_server import serve_http
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.settings import load
from runtime.watchdog import watchdog


def main(stop: ShutdownSignal) -> None:
    """Analyse until the shutdown is requested."""
    settings = load(AnalysisSettings)
    configure_logging(settings.log_level, settings.log_format)
    health = Health(DATABASE)
    telemetry = AnalysisTelemetry(health)
    telemetry.started(settings.analysis_false_alarms_per_day)
    parameters = Parameters(false_alarms_per_day=settings.analysis_false_alarms_per_day)
    with (
        closing(AnalysisStore(settings)) as store,
        serve_http(settings.http_host, settings.http_port, health),
        watchdog(health),
    ):
        create = partial(SensorAnalysis, parameters, settings.models)
        AnalysisService(store, create, telemetry, stop, settings.connect_timeout_seconds, parameters).run()


if __name__ == "__main__":
    sys.exit(run(main))
