"""The database roles and their grants: the owner migrates, the writer inserts, the reader reads views.

All grants are here. `sensorctl setup` repeats them after each migration, so that they cover new tables and
views. The writer needs no privilege for tables that triggers write.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection, text

from db.engine import connect
from db.errors import InvalidData, StoreUnavailable
from db.migration_lock import lock_migrations
from db.settings import DatabaseSettings

WRITER_GRANTS = {"reading": "INSERT", "sensor": "INSERT"}
# The reader may also select from every view; a view reads its tables with its owner's privileges.
READER_GRANTS = {"alembic_version": "SELECT", "retention": "SELECT"}
# These functions run as the owner, and take no argument that would let the caller choose what they do.
WRITER_FUNCTIONS = ("create_partitions()", "drop_expired()")
READER_FUNCTIONS = ("last_hour()", "sensor_states()")
FUNCTIONS = (*WRITER_FUNCTIONS, *READER_FUNCTIONS)
OWN_RELATIONS = """
SELECT relname AS name, relkind IN ('v', 'm') AS is_view
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace
  AND relkind IN ('r', 'p', 'v', 'm') AND pg_has_role(relowner, 'USAGE')
ORDER BY relname
"""


class Relation(NamedTuple):
    """A table or a view."""

    name: str
    is_view: bool


class AccessLevel(StrEnum):
    """What a role may do."""

    WRITER = "writer"
    READER = "reader"


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
        with connect(settings, name="roles") as connection:
            connection.execution_options(isolation_level="READ COMMITTED")
            _ensure_all(connection, roles)
    except InvalidData as error:  # setup of another database of this server created the role meanwhile
        raise StoreUnavailable(str(error)) from error


def _ensure_all(connection: Connection, roles: list[Role]) -> None:
    with connection.begin():
        lock_migrations(connection)
        relations = [Relation(*row) for row in connection.execute(text(OWN_RELATIONS))]
        for role in roles:
            _ensure_login(connection, role)
            for statement in _grants(role, relations):
                _execute(connection, statement)


def _ensure_login(connection: Connection, role: Role) -> None:
    name = sql.Identifier(role.name)
    found = connection.execute(text("SELECT FROM pg_roles WHERE rolname = :name"), {"name": role.name})
    if found.first() is None:
        _execute(connection, sql.SQL("CREATE ROLE {}").format(name))
    # Send the hash that the server would store, because the server may log statements.
    driver = connection.connection.driver_connection
    assert driver is not None
    password_hash = driver.pgconn.encrypt_password(
        role.password.get_secret_value().encode(), role.name.encode(), b"scram-sha-256"
    )
    _execute(
        connection,
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password_hash.decode())),
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
    allowed = WRITER_FUNCTIONS if role.access is AccessLevel.WRITER else READER_FUNCTIONS
    for function in FUNCTIONS:
        template = "GRANT {} TO {}" if function in allowed else "REVOKE {} FROM {}"
        yield sql.SQL(template).format(sql.SQL(f"EXECUTE ON FUNCTION {function}"), name)


def _privilege(access: AccessLevel, relation: Relation) -> str | None:
    if access is AccessLevel.WRITER:
        return WRITER_GRANTS.get(relation.name)
    return "SELECT" if relation.is_view else READER_GRANTS.get(relation.name)


def _execute(connection: Connection, statement: sql.Composed) -> None:
    query = statement.as_string(connection.connection.driver_connection)
    # Without parameters, so that a percent sign in a name stays as it is.
    connection.exec_driver_sql(query, execution_options={"no_parameters": True})
