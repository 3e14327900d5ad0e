"""The one-shot setup: schema, topology and the last net under the queue."""

from collections.abc import Callable

import structlog

from db.migrate import upgrade
from messaging.errors import BrokerUnavailable
from messaging.management import Management
from messaging.operator import declare_topology
from messaging.topology import Topology
from sensorctl.settings import OperatorSettings
from service.retry import retrying


def set_up(settings: OperatorSettings, sleep: Callable[[float], None]) -> None:
    """Bring the database and the broker to what the services expect; harmless to repeat.

    Waits for both within CONNECT_TIMEOUT_SECONDS (0: for ever), then raises ServiceUnavailable.
    """
    log = structlog.get_logger()
    attempts = retrying(
        sleep=sleep,
        on_failure=lambda error, seconds: log.warning(
            "waiting", reason=str(error), retry_seconds=round(seconds, 1)
        ),
        limit_seconds=settings.connect_timeout_seconds,
    )
    log.info("schema is current", version=attempts(upgrade, settings))
    attempts(declare_topology, settings)
    log.info("topology is declared", queue=settings.queue_name)
    try:
        Management(settings).set_policy(Topology(settings.queue_name))
    except BrokerUnavailable as error:
        log.warning("no delivery-limit policy", reason=str(error), advice="set RABBITMQ_MANAGEMENT_URL")
    else:
        log.info("delivery-limit policy is set", queue=settings.queue_name)
