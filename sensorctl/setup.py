"""Set up the database and the broker: schema, roles, topology, users and policies."""

import time
from collections.abc import Callable
from functools import partial

import structlog
from tenacity import Retrying

from db.errors import InvalidData, PermissionDenied, StoreUnavailable
from db.maintenance import prepare_partitions, prepare_rollups
from db.migrate import upgrade
from db.roles import ensure_roles
from messaging.errors import BrokerRefused, BrokerUnavailable
from messaging.management.admin import declare_topology
from messaging.management.client import Management, ManagementRefused
from messaging.management.permissions import User
from messaging.topology import Topology
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.logs import configure_logging
from runtime.retry import retry
from sensorctl.settings import SetupSettings, discover_setup_settings

MANAGEMENT_TIMEOUT_SECONDS = 15.0
PARTITIONS_TIMEOUT_SECONDS = 15.0
OWNER_HINT = "Setup requires the owner's login; with Compose: `docker compose run --rm setup`."
POLICY_HINT = "set RABBITMQ_MANAGEMENT_URL, and run setup as an administrator"
NON_RETRYABLE = (PermissionDenied, BrokerRefused, ManagementRefused)


def setup() -> None:
    """Set up database and broker: schema, partitions, topology, users, roles and policy.

    It requires the owner's login and can be repeated. With Compose: docker compose run --rm setup
    """
    settings = discover_setup_settings()
    configure_logging(settings.log_level, settings.log_format)
    set_up(settings, time.sleep)


def set_up(settings: SetupSettings, sleep: Callable[[float], None]) -> None:
    """Bring the database and the broker to the state that the services expect; idempotent.

    It waits for both for CONNECT_TIMEOUT_SECONDS (0: forever). Steps that the owner of a third-party server
    has no permission for are skipped with a warning.

    Raises:
        ServiceUnavailable: When a server stays unavailable or rejects the owner.
        ConfigurationError: When stored days cannot be computed in the new TIME_ZONE.
    """
    log = structlog.get_logger()
    with_retries = _retrying(sleep, settings.connect_timeout_seconds)
    log.info("schema is current", version=_migrate(settings, with_retries))
    _prepare_partitions(settings, _retrying(sleep, PARTITIONS_TIMEOUT_SECONDS))
    _prepare_rollups(settings, _retrying(sleep, PARTITIONS_TIMEOUT_SECONDS))
    _create_roles(settings, with_retries)
    _declare_topology(settings, with_retries)
    management = Management(settings)
    _create_users(settings.broker_users, management, _retrying(sleep, MANAGEMENT_TIMEOUT_SECONDS))
    _set_policies(Topology(settings.queue_name), management)


def _migrate(settings: SetupSettings, with_retries: Retrying) -> str:
    try:
        return with_retries(upgrade, settings)
    except PermissionDenied as error:
        raise PermissionDenied(f"{error}. {OWNER_HINT}") from error


def _prepare_partitions(settings: SetupSettings, with_retries: Retrying) -> None:
    log = structlog.get_logger()
    try:
        with_retries(prepare_partitions, settings, settings.retention)
    except StoreUnavailable as error:  # for example a lock timeout because of a long reader
        hint = "no action required: the consumers retry"
        log.warning("partition maintenance failed", reason=str(error), hint=hint)
    else:
        log.info("partitions are ready", retention_days=settings.retention_days)


def _prepare_rollups(settings: SetupSettings, with_retries: Retrying) -> None:
    log, zone = structlog.get_logger(), settings.time_zone.key
    try:
        with_retries(prepare_rollups, settings, zone)
    except InvalidData as error:
        raise ConfigurationError(f"TIME_ZONE is {zone!r}: {error}") from error
    except StoreUnavailable as error:
        hint = "run setup again for a new TIME_ZONE; the consumers compute hours and days"
        log.warning("roll-ups not prepared", reason=str(error), hint=hint)
    else:
        log.info("roll-ups are ready", time_zone=zone)


def _create_roles(settings: SetupSettings, with_retries: Retrying) -> None:
    roles = settings.database_roles
    if not roles:
        return
    log = structlog.get_logger()
    names = [role.name for role in roles]
    try:
        with_retries(ensure_roles, settings, roles)
    except PermissionDenied as error:
        hint = "create them as a superuser"
        log.warning("database roles not created", roles=names, reason=str(error), hint=hint)
    else:
        log.info("database roles are ready", roles=names)


def _declare_topology(settings: SetupSettings, with_retries: Retrying) -> None:
    try:
        with_retries(declare_topology, settings)
    except BrokerRefused as error:
        raise BrokerRefused(f"{error}. {OWNER_HINT}") from error
    structlog.get_logger().info("topology is declared", queue=settings.queue_name)


def _create_users(users: list[User], management: Management, with_retries: Retrying) -> None:
    if not users:
        return
    log = structlog.get_logger()
    names = [user.name for user in users]
    try:
        for user in users:
            with_retries(management.ensure_user, user)
    except BrokerUnavailable as error:
        hint = "set RABBITMQ_MANAGEMENT_URL"
        log.warning("broker users not created", users=names, reason=str(error), hint=hint)
    else:
        log.info("broker users are ready", users=names)


def _set_policies(topology: Topology, management: Management) -> None:
    log = structlog.get_logger()
    policies: dict[str, Callable[[], None]] = {
        "delivery-limit policy": partial(management.set_delivery_limit_policy, topology),
        "dead-letter policy": partial(management.set_dead_letter_policy, topology),
        "alternate exchanges": management.set_alternate_exchanges,
    }
    for name, set_policy in policies.items():
        try:
            set_policy()
        except BrokerUnavailable as error:
            log.warning("policy not set", policy=name, reason=str(error), hint=POLICY_HINT)
        else:
            log.info("policy is set", policy=name)


def _retrying(sleep: Callable[[float], None], timeout_seconds: float) -> Retrying:
    log = structlog.get_logger()

    def log_failure(error: ServiceUnavailable, seconds: float) -> None:
        reason, retry_seconds = str(error), round(seconds, 1)
        if isinstance(error, StoreUnavailable):
            log.warning("database unavailable", reason=reason, retry_seconds=retry_seconds)
        else:
            log.warning("broker unavailable", reason=reason, retry_seconds=retry_seconds)

    return retry(
        sleep=sleep,
        on_failure=log_failure,
        no_retry_on=NON_RETRYABLE,
        max_elapsed_seconds=timeout_seconds,
    )
