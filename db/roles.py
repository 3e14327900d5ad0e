"""The database roles and their grants.

The owner migrates, the writer inserts, the reader reads views, and the manager also calls the functions that
change something. The evaluator is the alerter's: besides what the reader may, it reads readings, writes
excursions, and settles the e-mails of reports. The analyst is that of the analysis: it reads readings and
writes what it learns and finds. The worker executes jobs: it changes them through functions only.

Their grants are in `db.grants`. `sensorctl setup` repeats them after each migration, so that they cover new
tables and views.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection, text

from db.engine import connect, execute_composed
from db.errors import InvalidData, StoreUnavailable
from db.grants import (
    ANALYST_FUNCTIONS,
    ANALYST_GRANTS,
    EVALUATOR_FUNCTIONS,
    EVALUATOR_GRANTS,
    MANAGER_FUNCTIONS,
    MANAGER_GRANTS,
    READER_FUNCTIONS,
    READER_GRANTS,
    WORKER_FUNCTIONS,
    WORKER_GRANTS,
    WRITER_FUNCTIONS,
    WRITER_GRANTS,
)
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


GRANTS = {
    AccessLevel.WRITER: WRITER_GRANTS,
    AccessLevel.READER: READER_GRANTS,
    AccessLevel.MANAGER: MANAGER_GRANTS,
    AccessLevel.EVALUATOR: EVALUATOR_GRANTS,
    AccessLevel.ANALYST: ANALYST_GRANTS,
    AccessLevel.WORKER: WORKER_GRANTS,
}
ALLOWED_FUNCTIONS = {
    AccessLevel.WRITER: WRITER_FUNCTIONS,
    AccessLevel.READER: READER_FUNCTIONS,
    AccessLevel.MANAGER: (*READER_FUNCTIONS, *MANAGER_FUNCTIONS),
    AccessLevel.EVALUATOR: (*READER_FUNCTIONS, *EVALUATOR_FUNCTIONS),
    AccessLevel.ANALYST: (*READER_FUNCTIONS, *ANALYST_FUNCTIONS),
    AccessLevel.WORKER: (*READER_FUNCTIONS, *WORKER_FUNCTIONS),
}
FUNCTIONS = tuple(dict.fromkeys(chain.from_iterable(ALLOWED_FUNCTIONS.values())))
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
