"""Services stop in time while the broker or the database is frozen, too."""

from pathlib import Path

import pytest

from messaging.management.admin import declare_topology
from tests.broker import VirtualHost
from tests.database import Database
from tests.processes import Processes, with_http
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, eventually


@pytest.mark.parametrize(
    ("service", "client"), [("alerter", "monitoring"), ("dashboard", "monitoring"), ("scaler", "scaler")]
)
def test_sigterm_ends_a_service_whose_broker_is_frozen(
    broker: VirtualHost, broker_proxy: Proxy, run: Processes, tmp_path: Path, service: str, client: str
) -> None:
    # given a service that is connected to a broker, which then responds no more
    declare_topology(broker.settings)
    replicas = tmp_path / "replicas"
    replicas.write_text("1\n", encoding="ascii")
    process = run.start(
        service,
        **with_http(),
        RABBITMQ_URL=broker.url_through(broker_proxy),
        ALERTER_STATE_FILE=str(tmp_path / "alerter.json"),
        SCALER_REPLICAS_FILE=str(replicas),
    )
    eventually(lambda: process.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready")
    broker.wait_for_client(client)
    broker_proxy.black_hole()
    # then it stops before Docker would kill it
    assert process.stop(promised_seconds=10) == 0


def test_sigterm_ends_the_service_for_workflows_whose_database_is_frozen(
    broker: VirtualHost, database: Database, database_proxy: Proxy, run: Processes
) -> None:
    declare_topology(broker.settings)
    process = run.start("workflows", **with_http(), DATABASE_URL=database.url_through(database_proxy))
    eventually(lambda: process.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready")
    database_proxy.black_hole()
    # A client waits for 3 seconds, and schedules are read each second.
    eventually(lambda: process.status("/api/workflows") == 503, DEADLINE_SECONDS, "the database is frozen")

    assert process.stop(promised_seconds=10) == 0
