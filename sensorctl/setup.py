"""The one-shot setup: schema and roles, topology and users, and the last net under the queue."""

from collections.abc import Callable

import structlog
from tenacity import Retrying

from db.errors import PermissionDenied, StoreUnavailable
from db.maintenance import prepare_partitions
from db.migrate import upgrade
from db.roles import ensure_roles
from messaging.errors import BrokerRefused, BrokerUnavailable
from messaging.management.admin import declare_topology
from messaging.management.client import Management, ManagementRefused
from messaging.management.permissions import User
from messaging.topology import Topology
from runtime.errors import ServiceUnavailable
from runtime.retry import retry
from sensorctl.settings import SetupSettings

MANAGEMENT_SECONDS = 15.0
UPKEEP_SECONDS = 15.0
OWNER = "Setup is the owner's work; with Compose: `docker compose run --rm setup`."
NOT_WORTH_TRYING_AGAIN = (PermissionDenied, BrokerRefused, ManagementRefused)


def set_up(settings: SetupSettings, sleep: Callable[[float], None]) -> None:
    """Bring the database and the broker to what the services expect; harmless to repeat.

    Waits for both within CONNECT_TIMEOUT_SECONDS (0: for ever), then raises ServiceUnavailable. What
    the owner of somebody else's server may not do is left out with a warning.
    """
    log = structlog.get_logger()
    attempts = _attempts(sleep, settings.connect_timeout_seconds)
    log.info("schema is current", version=attempts(upgrade, settings))
    _keep_partitions(settings, _attempts(sleep, UPKEEP_SECONDS))
    _make_roles(settings, attempts)
    _declare(settings, attempts)
    log.info("topology is declared", queue=settings.queue_name)
    management = Management(settings)
    _make_users(settings.broker_users, management, _attempts(sleep, MANAGEMENT_SECONDS))
    _set_delivery_limit_policy(Topology(settings.queue_name), management)


def _declare(settings: SetupSettings, attempts: Retrying) -> None:
    try:
        attempts(declare_topology, settings)
    except BrokerRefused as error:
        raise BrokerRefused(f"{error}. {OWNER}") from error


def _keep_partitions(settings: SetupSettings, attempts: Retrying) -> None:
    log = structlog.get_logger()
    try:
        attempts(prepare_partitions, settings, settings.retention_days)
    except StoreUnavailable as error:  # it gave way to somebody who reads the table for long
        log.warning("partitions not kept up", reason=str(error), advice="leave it to the consumers")
    else:
        log.info("partitions are kept", retention_days=settings.retention_days)


def _make_roles(settings: SetupSettings, attempts: Retrying) -> None:
    roles = settings.database_roles
    if not roles:
        return
    log = structlog.get_logger()
    names = [role.name for role in roles]
    try:
        attempts(ensure_roles, settings, roles)
    except PermissionDenied as error:
        log.warning("no database roles", roles=names, reason=str(error), advice="make them as a superuser")
    else:
        log.info("database roles are ready", roles=names)


def _make_users(users: list[User], management: Management, attempts: Retrying) -> None:
    if not users:
        return
    log = structlog.get_logger()
    names = [user.name for user in users]
    try:
        for user in users:
            attempts(management.ensure_user, user)
    except BrokerUnavailable as error:
        log.warning("no broker users", users=names, reason=str(error), advice="set RABBITMQ_MANAGEMENT_URL")
    else:
        log.info("broker users are ready", users=names)


def _set_delivery_limit_policy(topology: Topology, management: Management) -> None:
    log = structlog.get_logger()
    try:
        management.set_delivery_limit_policy(topology)
    except BrokerUnavailable as error:
        log.warning("no delivery-limit policy", reason=str(error), advice="set RABBITMQ_MANAGEMENT_URL")
    else:
        log.info("delivery-limit policy is set", queue=topology.queue)


def _attempts(sleep: Callable[[float], None], limit_seconds: float) -> Retrying:
    def say(error: ServiceUnavailable, seconds: float) -> None:
        structlog.get_logger().warning("waiting", reason=str(error), retry_seconds=round(seconds, 1))

    return retry(
        sleep=sleep, on_failure=say, no_retry_on=NOT_WORTH_TRYING_AGAIN, max_elapsed_seconds=limit_seconds
    )
