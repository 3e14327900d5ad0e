"""The database roles and their grants.

The owner migrates, the writer inserts, the reader reads views, and the manager also calls the functions that
change something. The evaluator is the alerter's: besides what the reader may, it reads readings, writes
excursions, and settles the e-mails of reports. The analyst is that of the analysis: it reads readings and
writes what it learns and finds. The worker executes jobs: it changes them through functions only.

All grants are here. `sensorctl setup` repeats them after each migration, so that they cover new tables and
views. The writer needs no privilege for tables that triggers write.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection, text

from db.engine import connect, execute_composed
from db.errors import InvalidData, StoreUnavailable
from db.migration_lock import MIGRATION_TIMEOUT_SECONDS, lock_migrations
from db.public import revoke_from_public
from db.settings import DatabaseSettings


class AccessLevel(StrEnum):
    """What a role may do."""

    WRITER = "writer"
    READER = "reader"
    MANAGER = "manager"
    EVALUATOR = "evaluator"
    ANALYST = "analyst"
    WORKER = "worker"


WRITER_GRANTS = {
    "reading": "INSERT",
    "sensor": "INSERT",
    "retention": "SELECT",
    "calibration": "SELECT",
    "plausible_range": "SELECT",
}
# The reader may also select from every view; a view reads its tables with its owner's privileges.
READER_GRANTS = {
    "alembic_version": "SELECT",
    "retention": "SELECT",
    "rollup_state": "SELECT",
    "acknowledged_loss": "SELECT",
    "calibration": "SELECT",
    "limit_rule": "SELECT",
    "silence": "SELECT",
    "model": "SELECT",
    "sensor_forecast": "SELECT",
    "virtual_value": "SELECT",
    "analysis_rebuild": "SELECT",
    "workflow": "SELECT",
    "job": "SELECT",
    "workflow_event": "SELECT",
    "schedule": "SELECT",
    "source": "SELECT",
    "source_coverage": "SELECT",
    "worker": "SELECT",
    "report_file": "SELECT",
    "report_preset": "SELECT",
    "report_retention": "SELECT",
    "file_claim": "SELECT",
}
MANAGER_GRANTS = READER_GRANTS | {
    "audit": "SELECT",
    "api_key": "SELECT",
    "login_session": "SELECT",
    "workflow_outbox": "SELECT",
}
EVALUATOR_GRANTS = READER_GRANTS | {
    "sensor": "SELECT",
    "reading": "SELECT",
    "rollup_minute": "SELECT",
    "limit_cursor": "SELECT, UPDATE",
    "limit_state": "SELECT, INSERT, UPDATE, DELETE",
    "limit_excursion": "SELECT, INSERT, UPDATE, DELETE",
    "changed_reading": "SELECT, UPDATE, DELETE",
    "alert_receiver": "SELECT, INSERT",
    "excursion_notification": "SELECT, INSERT, UPDATE",
    "detected_anomaly": "SELECT",
    "anomaly_notification": "SELECT, INSERT, UPDATE",
}
ANALYST_GRANTS = READER_GRANTS | {
    "sensor": "SELECT",
    "reading": "SELECT",
    "analysis_cursor": "SELECT, UPDATE",
    "analysis_state": "SELECT, INSERT, UPDATE, DELETE",
    "analysis_group_state": "SELECT, INSERT, UPDATE, DELETE",
    "analysis_rebuild": "SELECT, INSERT, DELETE",
    "model": "SELECT, INSERT, UPDATE, DELETE",
    "model_evaluation": "SELECT, INSERT, UPDATE, DELETE",
    "sensor_forecast": "SELECT, INSERT, UPDATE, DELETE",
    "virtual_value": "SELECT, INSERT, UPDATE, DELETE",
    "detected_anomaly": "SELECT, INSERT, UPDATE, DELETE",
    "anomaly_notification": "SELECT",
}
WORKER_GRANTS = READER_GRANTS | {"reading": "SELECT", "dead_reading": "SELECT"}
GRANTS = {
    AccessLevel.WRITER: WRITER_GRANTS,
    AccessLevel.READER: READER_GRANTS,
    AccessLevel.MANAGER: MANAGER_GRANTS,
    AccessLevel.EVALUATOR: EVALUATOR_GRANTS,
    AccessLevel.ANALYST: ANALYST_GRANTS,
    AccessLevel.WORKER: WORKER_GRANTS,
}
# These functions run as the owner. Most take no arguments; those of the others do not choose what is done.
WRITER_FUNCTIONS = (
    "create_partitions()",
    "roll_up_hours()",
    "drop_expired()",
    "drop_expired_reports()",
    "continue_sensor_changes()",
    "revise_readings(uuid[], text[], timestamptz[], double precision[], timestamptz[])",
    "record_dead_readings(uuid[], uuid[], text[], text[])",
    "find_stored_readings(uuid[], text[], timestamptz[])",
)
READER_FUNCTIONS = (
    "last_hour()",
    "sensor_states()",
    "sensor_five_seconds(text[], timestamptz, timestamptz)",
    "sensor_minutes(text[], timestamptz, timestamptz)",
    "sensor_hours(text[], timestamptz, timestamptz)",
    "sensor_days(text[], timestamptz, timestamptz)",
    "acknowledge_loss(text, uuid, bigint, bigint, text)",
)
# Besides those of the reader. Each records what it changes in `audit`, in the same transaction; sessions and
# the last use of a key are no changes.
MANAGER_FUNCTIONS = (
    "create_api_key(text, text, text, bytea)",
    "revoke_api_key(text, text)",
    "note_key_use(bigint[])",
    "open_session(bytea, bigint, integer)",
    "close_session(bytea)",
    "record_dead_letter_change(text, text, text[], jsonb[], jsonb)",
    "change_sensor(text, text, jsonb)",
    "merge_sensor(text, text, text)",
    "continue_sensor_changes()",
    "set_limits(text, jsonb)",
    "remove_limit(text, bigint)",
    "acknowledge_excursion(text, bigint, text)",
    "create_silence(text, jsonb, timestamptz, text)",
    "end_silence(text, bigint)",
    "mark_anomaly(text, bigint, text, text)",
    "roll_back_model(text, text, text, integer)",
    "request_rebuild(text, text, timestamptz)",
    "request_workflow(text, text, jsonb, jsonb, jsonb)",
    "cancel_workflow(text, uuid)",
    "pause_workflow(text, uuid)",
    "resume_workflow(text, uuid)",
    "retry_workflow(text, uuid)",
    "answer_workflow(text, uuid, jsonb)",
    "put_schedule(text, text, jsonb, timestamptz)",
    "enable_schedule(text, text, boolean, timestamptz)",
    "remove_schedule(text, text)",
    "fire_schedule(text, timestamptz, timestamptz, timestamptz, text, jsonb)",
    "put_source(text, text, jsonb)",
    "remove_source(text, text)",
    "confirm_events(bigint[])",
    "delete_report(text, uuid)",
    "put_report_preset(text, text, jsonb)",
    "remove_report_preset(text, text)",
)
EVALUATOR_FUNCTIONS = (
    "summarize_stored()",
    "claim_report_email(double precision)",
    "report_email_sent(bigint)",
    "report_email_failed(bigint, integer, text, double precision, double precision)",
)
ANALYST_FUNCTIONS = ("summarize_stored()", "lock_analysis()")
WORKER_FUNCTIONS = (
    "report_worker(text, text[], text)",
    "claim_job(text, text[], double precision)",
    "renew_lease(uuid, integer, double precision)",
    "save_checkpoint(uuid, integer, jsonb, bigint, bigint, jsonb, text)",
    "finish_job(uuid, integer, jsonb, text)",
    "fail_job(uuid, integer, text, boolean, double precision)",
    "release_job(uuid, integer, text)",
    "ask_job(uuid, integer, jsonb)",
    "cover_source(uuid, integer, text, tstzrange, timestamptz)",
    "reserve_source_request(text)",
    "defer_source_requests(text, double precision)",
    "store_report(uuid, integer, jsonb, bytea)",
    "claim_file(uuid, integer, text, text)",
    "release_file(uuid, integer)",
    "request_file(uuid, integer, text, text, jsonb, integer)",
    "request_dropped_file(text, text, text[], jsonb, integer)",
)
FUNCTIONS = tuple(
    dict.fromkeys(
        (
            *WRITER_FUNCTIONS,
            *READER_FUNCTIONS,
            *MANAGER_FUNCTIONS,
            *EVALUATOR_FUNCTIONS,
            *ANALYST_FUNCTIONS,
            *WORKER_FUNCTIONS,
        )
    )
)
ALLOWED_FUNCTIONS = {
    AccessLevel.WRITER: WRITER_FUNCTIONS,
    AccessLevel.READER: READER_FUNCTIONS,
    AccessLevel.MANAGER: (*READER_FUNCTIONS, *MANAGER_FUNCTIONS),
    AccessLevel.EVALUATOR: (*READER_FUNCTIONS, *EVALUATOR_FUNCTIONS),
    AccessLevel.ANALYST: (*READER_FUNCTIONS, *ANALYST_FUNCTIONS),
    AccessLevel.WORKER: (*READER_FUNCTIONS, *WORKER_FUNCTIONS),
}
# What each login may take of the server's connections, so that none keeps another, or the owner, out.
CONNECTION_SHARES = {
    AccessLevel.WRITER: 0.43,
    AccessLevel.READER: 0.14,
    AccessLevel.MANAGER: 0.14,
    AccessLevel.EVALUATOR: 0.06,
    AccessLevel.ANALYST: 0.035,
    AccessLevel.WORKER: 0.17,  # one for each worker and each job that it executes, and one for each reporter
}
OWN_RELATIONS = """
SELECT relname AS name, relkind IN ('v', 'm') AS is_view
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace
  AND relkind IN ('r', 'p', 'v', 'm') AND pg_has_role(relowner, 'USAGE')
ORDER BY relname
"""


# Without the slots that the server reserves for its administrators.
CONNECTIONS = """
SELECT sum(CASE name WHEN 'max_connections' THEN setting::integer ELSE -setting::integer END)::integer
FROM pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
"""
# Defaults for every client that logs in as the role; this project's connections set their own. A role may
# change them for its session, so they prevent accidents only.
ROLE_SETTINGS = {"idle_in_transaction_session_timeout": "60s", "lock_timeout": "5s"}


class Relation(NamedTuple):
    """A table or a view."""

    name: str
    is_view: bool


class Role(NamedTuple):
    """A login role that `sensorctl setup` creates."""

    name: str
    password: SecretStr
    access: AccessLevel


def ensure_roles(settings: DatabaseSettings, roles: list[Role]) -> None:
    """Create each role, or set the password of an existing one, and grant exactly its privileges.

    Several processes may call this at the same time.

    Raises:
        PermissionDenied: When the owner may not create roles.
        StoreUnavailable: When the database does not answer, or another process created a role meanwhile.
    """
    try:
        timeout = MIGRATION_TIMEOUT_SECONDS
        with connect(settings, name="roles", statement_timeout_seconds=timeout) as connection:
            connection.execution_options(isolation_level="READ COMMITTED")
            _ensure_all(connection, roles)
    except InvalidData as error:  # setup of another database of this server created the role meanwhile
        raise StoreUnavailable(str(error)) from error


def _ensure_all(connection: Connection, roles: list[Role]) -> None:
    with connection.begin():
        lock_migrations(connection)
        revoke_from_public(connection)
        relations = [Relation(*row) for row in connection.execute(text(OWN_RELATIONS))]
        connections = connection.execute(text(CONNECTIONS)).scalar_one()
        database, schema = connection.execute(text("SELECT current_database(), current_schema()")).one()
        for role in roles:
            _ensure_login(connection, role, int(connections * CONNECTION_SHARES[role.access]))
            for statement in (*_settings(role, database, schema), *_grants(role, relations)):
                execute_composed(connection, statement)


def _ensure_login(connection: Connection, role: Role, max_connections: int) -> None:
    name = sql.Identifier(role.name)
    found = connection.execute(text("SELECT FROM pg_roles WHERE rolname = :name"), {"name": role.name})
    if found.first() is None:
        execute_composed(connection, sql.SQL("CREATE ROLE {}").format(name))
    # Send the hash that the server would store, because the server may log statements.
    driver = connection.connection.driver_connection
    assert driver is not None
    password_hash = driver.pgconn.encrypt_password(
        role.password.get_secret_value().encode(), role.name.encode(), b"scram-sha-256"
    )
    execute_composed(
        connection,
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {}").format(
            name, sql.Literal(password_hash.decode()), sql.Literal(max(1, max_connections))
        ),
    )


def _settings(role: Role, database: str, schema: str) -> Iterator[sql.Composed]:
    """Reset what the role, which may do so, has set for itself."""
    name, here = sql.Identifier(role.name), sql.Identifier(database)
    yield sql.SQL("ALTER ROLE {} RESET ALL").format(name)
    yield sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(name, here)
    values = {setting: sql.Literal(value) for setting, value in ROLE_SETTINGS.items()}
    for setting, value in {**values, "search_path": sql.Identifier(schema)}.items():
        yield sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(
            name, here, sql.Identifier(setting), value
        )


def _grants(role: Role, relations: list[Relation]) -> Iterator[sql.Composed]:
    name = sql.Identifier(role.name)
    for relation in relations:
        identifiers = {"relation": sql.Identifier(relation.name), "role": name}
        yield sql.SQL("REVOKE ALL ON {relation} FROM {role}").format(**identifiers)
        if privilege := _privilege(role.access, relation):
            yield sql.SQL("GRANT {privilege} ON {relation} TO {role}").format(
                privilege=sql.SQL(privilege), **identifiers
            )
    for function in FUNCTIONS:
        is_allowed = function in ALLOWED_FUNCTIONS[role.access]
        template = "GRANT {} TO {}" if is_allowed else "REVOKE {} FROM {}"
        yield sql.SQL(template).format(sql.SQL(f"EXECUTE ON FUNCTION {function}"), name)


def _privilege(access: AccessLevel, relation: Relation) -> str | None:
    if relation.is_view and access is not AccessLevel.WRITER:
        return "SELECT"
    return GRANTS[access].get(relation.name)
