"""What the service for workflows logs of its dependencies."""

from structlog.testing import capture_logs

from db.errors import StoreUnavailable
from messaging.errors import BrokerUnavailable
from runtime.health import Health
from workflows.telemetry import BROKER, DATABASE, WorkflowsTelemetry


def test_an_outage_is_logged_once_also_at_the_start_and_so_is_its_end() -> None:
    health = Health(BROKER, DATABASE)

    with capture_logs() as logs:
        telemetry = WorkflowsTelemetry(health)
        for _ in range(2):
            telemetry.broker_down(BrokerUnavailable("connection refused"), 1)
            telemetry.database_down(StoreUnavailable("connection refused"))
        assert set(health.problems()) == {BROKER, DATABASE}
        for _ in range(2):
            telemetry.broker_up()
            telemetry.database_up()

    assert [entry["event"] for entry in logs] == [
        "broker unavailable", "database unavailable", "broker available", "database available",
    ]  # fmt: skip
    assert health.problems() == {}
