"""The table of services that the native stack runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from native.program import Stage


@dataclass(frozen=True, slots=True)
class Service:
    """A service of this project: `python -m module`, its HTTP port, and how it is retried when it dies.

    The retry delay doubles with each retry in a row; after `maximum_retries` in a row it is given up.
    `may_finish`: exit code 0 means that there is nothing left to do.
    """

    name: str
    module: str
    http_port: int
    retry_delay_seconds: float
    maximum_retries: int
    environment: Mapping[str, str] = field(default_factory=dict)
    may_finish: bool = False

    @property
    def stage(self) -> Stage:
        """When it is started and stopped."""
        return STAGES[self.module]


STAGES = {
    "pipeline": Stage.PIPELINE,
    "sensor": Stage.SENSOR,
    "dashboard": Stage.DASHBOARD,
    "alerter": Stage.ALERTER,
}

# The HTTP ports count from the first one of their kind, which is a setting.
TABLE = (
    #       name          module     port  delay  retries  environment
    Service("pipeline-1", "pipeline", 0, 1.0, 20),
    Service("sensor-1", "sensor", 0, 1.0, 20, {"SENSOR_ID": "1"}, may_finish=True),
    Service("sensor-2", "sensor", 1, 1.0, 20, {"SENSOR_ID": "2"}, may_finish=True),
    Service("sensor-3", "sensor", 2, 1.0, 20, {"SENSOR_ID": "3"}, may_finish=True),
    Service("dashboard", "dashboard", 0, 1.0, 20),
    Service("alerter", "alerter", 0, 1.0, 20),
)


def services(
    pipelines: int, *, pipeline_port: int, sensor_port: int, dashboard_port: int, alerter_port: int
) -> tuple[Service, ...]:
    """The table with `pipelines` consumers, and with real ports."""
    first = {
        "pipeline": pipeline_port,
        "sensor": sensor_port,
        "dashboard": dashboard_port,
        "alerter": alerter_port,
    }
    consumer, *others = TABLE
    consumers = [replace(consumer, name=f"pipeline-{n + 1}", http_port=n) for n in range(pipelines)]
    return tuple(replace(row, http_port=first[row.module] + row.http_port) for row in (*consumers, *others))
