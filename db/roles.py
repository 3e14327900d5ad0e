"""Who may do what in the database: the owner migrates, the writer adds readings, the reader reads views.

All grants are here. `sensorctl setup` makes them anew each time, after the migrations, so that they cover
what a migration added. What a trigger fills for the writer needs no right of the writer's.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Connection, text

from db.engine import connected
from db.errors import InvalidData, StoreUnavailable
from db.migrate import take_turns
from db.settings import DatabaseSettings

WRITER_MAY = {"reading": "INSERT", "sensor": "INSERT"}
# and every view, which reads its tables as their owner
READER_MAY = {"alembic_version": "SELECT", "retention": "SELECT"}
# These work as the owner, and what they do is not the caller's to choose.
WRITER_MAY_CALL = ("keep_partitions()", "drop_expired()")
READER_MAY_CALL = ("last_hour()", "sensor_states()")
FUNCTIONS = (*WRITER_MAY_CALL, *READER_MAY_CALL)
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
    """What a role is for."""

    WRITER = "writer"
    READER = "reader"


class Role(NamedTuple):
    """A role that logs in, as `sensorctl setup` makes it."""

    name: str
    password: SecretStr
    task: AccessLevel


def ensure_roles(settings: DatabaseSettings, roles: list[Role]) -> None:
    """Make each role, or give an existing one this password, with exactly its task's rights.

    Safe to run at once from anywhere. Raises NotPermitted when the owner may not make roles, and
    StoreUnavailable when the database does not answer or another run came between.
    """
    try:
        with connected(settings, name="roles") as connection:
            connection.execution_options(isolation_level="READ COMMITTED")
            _ensure_all(connection, roles)
    except InvalidData as error:  # the role was made in the meantime, for another database of this server
        raise StoreUnavailable(str(error)) from error


def _ensure_all(connection: Connection, roles: list[Role]) -> None:
    with connection.begin():
        take_turns(connection)
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
    # The server's log may hold statements, so it gets what it would store, not the password itself.
    driver = connection.connection.driver_connection
    assert driver is not None
    stored = driver.pgconn.encrypt_password(
        role.password.get_secret_value().encode(), role.name.encode(), b"scram-sha-256"
    )
    _execute(
        connection, sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(stored.decode()))
    )


def _grants(role: Role, relations: list[Relation]) -> Iterator[sql.Composed]:
    name = sql.Identifier(role.name)
    for relation in relations:
        names = {"relation": sql.Identifier(relation.name), "role": name}
        yield sql.SQL("REVOKE ALL ON {relation} FROM {role}").format(**names)
        if privilege := _privilege(role.task, relation):
            yield sql.SQL("GRANT {privilege} ON {relation} TO {role}").format(
                privilege=sql.SQL(privilege), **names
            )
    may_call = WRITER_MAY_CALL if role.task is AccessLevel.WRITER else READER_MAY_CALL
    for function in FUNCTIONS:
        words = "GRANT {} TO {}" if function in may_call else "REVOKE {} FROM {}"
        yield sql.SQL(words).format(sql.SQL(f"EXECUTE ON FUNCTION {function}"), name)


def _privilege(task: AccessLevel, relation: Relation) -> str | None:
    if task is AccessLevel.WRITER:
        return WRITER_MAY.get(relation.name)
    return "SELECT" if relation.is_view else READER_MAY.get(relation.name)


def _execute(connection: Connection, statement: sql.Composed) -> None:
    words = statement.as_string(connection.connection.driver_connection)
    # Without parameters, so that a % in a name stays one.
    connection.exec_driver_sql(words, execution_options={"no_parameters": True})
