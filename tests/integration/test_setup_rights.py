"""Setup of users and roles: repeated, concurrent, and without the required privileges."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from pika.exceptions import ChannelClosedByBroker
from psycopg import OperationalError
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, event

from db.migrate import upgrade
from db.roles import AccessLevel, Role, ensure_roles
from runtime.settings import SecretStr
from tests.broker import DEAD_QUEUE, RabbitMQ
from tests.database import Postgres
from tests.privileges import BROKER_USERS, PASSWORD, ROLES, Stack, drop_role, sensorctl, set_up_stack
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture(scope="module")
def stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    with set_up_stack(rabbitmq, postgres) as stack:
        yield stack


def test_setup_updates_passwords_and_revokes_other_privileges(
    stack: Stack,
) -> None:
    # given a reader and an operator with too many privileges and other passwords
    reader, operator = stack.name("reader"), stack.name("operator")
    stack.database.query(f'GRANT ALL ON reading TO "{reader}"')
    stack.database.query(f"ALTER ROLE \"{reader}\" PASSWORD 'forgotten'")
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    stack.host.server.api("PUT", f"/api/users/{operator}", {"password": "lost", "tags": "administrator"})
    stack.host.server.api("PUT", f"/api/permissions/{stack.host.name}/{operator}", everything)
    # when setup runs again
    assert sensorctl(stack.variables, "setup").returncode == 0
    # then both have their own passwords and privileges
    with stack.session("reader") as session, pytest.raises(InsufficientPrivilege):
        session.execute("DELETE FROM reading")
    with stack.channel("operator") as channel, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.queue_delete(DEAD_QUEUE)
    assert stack.api("operator", "GET", "/api/whoami")["tags"] in (["monitoring"], "monitoring")


def test_setup_resets_what_a_role_has_set_for_itself(stack: Stack) -> None:
    # given a writer that has changed its own defaults and password
    writer = stack.name("writer")
    with stack.session("writer") as session:
        session.execute(f'ALTER ROLE "{writer}" SET default_transaction_read_only = on')
        session.execute(f'ALTER ROLE "{writer}" IN DATABASE {stack.database.name} SET search_path = nowhere')
        session.execute(f"ALTER ROLE \"{writer}\" PASSWORD 'changed'")
    # when setup runs again
    assert sensorctl(stack.variables, "setup").returncode == 0
    # then the role can store readings again
    with stack.session("writer") as session:
        session.execute("INSERT INTO sensor (sensor_id) VALUES ('1') ON CONFLICT DO NOTHING")


def test_no_role_may_take_all_connections(stack: Stack) -> None:
    (limits,) = stack.database.query(
        "SELECT current_setting('max_connections')::integer AS every, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS writer, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS reader, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS manager, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS evaluator, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS analyst, "
        "(SELECT rolconnlimit FROM pg_roles WHERE rolname = %s) AS worker",
        *(stack.name(role) for role in ("writer", "reader", "manager", "evaluator", "analyst", "worker")),
    )  # fmt: skip
    assert 0 < limits["reader"] < limits["writer"]
    assert 0 < limits["manager"] < limits["writer"]
    assert 0 < limits["evaluator"] < limits["writer"]
    assert 0 < limits["analyst"] < limits["writer"]
    assert 0 < limits["worker"] < limits["writer"]
    every = limits.pop("every")
    assert sum(limits.values()) < 0.95 * every

    with ExitStack() as sessions:
        for _ in range(limits["reader"]):
            sessions.enter_context(stack.session("reader"))
        with pytest.raises(OperationalError, match="too many connections for role"):
            sessions.enter_context(stack.session("reader"))


def test_setup_grants_privileges_on_new_objects(stack: Stack) -> None:
    stack.database.query("CREATE VIEW added AS SELECT count(*) FROM reading")
    stack.database.query("CREATE TABLE secret ()")

    assert sensorctl(stack.variables, "setup").returncode == 0

    with stack.session("reader") as session:
        session.execute("SELECT * FROM added")
        with pytest.raises(InsufficientPrivilege):
            session.execute("SELECT * FROM secret")


def test_concurrent_setups_succeed(postgres: Postgres) -> None:
    role = Role(f"reader-{uuid4().hex[:8]}", SecretStr("x"), AccessLevel.READER)
    with postgres.database() as database, ThreadPoolExecutor(6) as pool:
        upgrade(database.settings)
        try:
            for done in [pool.submit(ensure_roles, database.settings, [role]) for _ in range(12)]:
                done.result(DEADLINE_SECONDS)
        finally:
            drop_role(database, role.name)


def test_without_privileges_for_roles_and_users_setup_warns_and_does_the_rest(
    stack: Stack, rabbitmq: RabbitMQ, postgres: Postgres
) -> None:
    # given an owner without administrator privileges
    owner = f"owner-{uuid4().hex[:8]}"
    with postgres.database() as database, rabbitmq.virtual_host("quorum") as host:
        database.query(f"CREATE ROLE \"{owner}\" LOGIN PASSWORD 'x'")
        database.query(f'ALTER DATABASE {database.name} OWNER TO "{owner}"')
        with rabbitmq.user_with_permissions(host.name, configure=".*", write=".*", read=".*") as url:
            others = Stack(host, database, uuid4().hex[:8])
            login = {"DATABASE_URL": "", "POSTGRES_USER": owner, "POSTGRES_PASSWORD": "x"}
            # when setup should create roles and users
            done = sensorctl(
                others.variables | others.database_variables("writer") | login | {"RABBITMQ_URL": url},
                "setup",
            )
        # then it warns about what it could not do, and does the rest
        assert done.returncode == 0, done.stdout
        assert "database roles not created" in done.stdout
        assert "permission denied to create role" in done.stdout
        assert "broker users not created" in done.stdout
        assert "topology is declared" in done.stdout
        database.query(f'REASSIGN OWNED BY "{owner}" TO CURRENT_USER')
        drop_role(database, owner)


@pytest.mark.parametrize(
    ("variable", "name"), [("RABBITMQ_SENSOR", "sensors"), ("POSTGRES_READER", "sensors")]
)
def test_the_owner_cannot_be_one_of_the_roles(variable: str, name: str) -> None:
    suffix = "PASS" if variable.startswith("RABBITMQ") else "PASSWORD"
    variables = {"RABBITMQ_HOST": "127.0.0.1", f"{variable}_USER": name, f"{variable}_{suffix}": "x"}

    done = sensorctl(variables, "setup")

    assert done.returncode == 78
    assert f"{name} is used twice" in done.stdout


def test_without_passwords_setup_creates_no_users_or_roles(stack: Stack) -> None:
    before = default_accounts(stack)

    done = sensorctl(stack.host.environment | stack.database.environment, "setup")

    assert done.returncode == 0
    assert default_accounts(stack) == before


def default_accounts(stack: Stack) -> tuple[set[str], set[str]]:
    """Return the users and roles with default names; concurrent tests use other names."""
    users = {user["name"] for user in stack.host.server.api("GET", "/api/users")}
    roles = {row["rolname"] for row in stack.database.query("SELECT rolname FROM pg_roles")}
    return users & set(BROKER_USERS), roles & set(ROLES)


def test_statements_do_not_contain_the_password(stack: Stack) -> None:
    statements: list[str] = []
    role = Role(stack.name("writer"), SecretStr(PASSWORD), AccessLevel.WRITER)

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        ensure_roles(stack.database.settings, [role])
    finally:
        event.remove(Engine, "before_cursor_execute", listen)

    (login,) = (statement for statement in statements if " PASSWORD " in statement)
    assert "SCRAM-SHA-256$" in login
    assert not any(PASSWORD in statement or "p''a" in statement for statement in statements)


def test_connections_survive_a_setup(stack: Stack) -> None:
    with stack.channel("sensor") as channel:
        assert sensorctl(stack.variables, "setup").returncode == 0
        channel.basic_publish("sensors", "reading.1", b"{}", mandatory=True)


def test_setup_as_the_operator_fails_with_a_hint(stack: Stack) -> None:
    done = sensorctl(stack.broker_variables("operator") | stack.database.environment, "setup")

    assert done.returncode == 69
    assert "ACCESS_REFUSED" in done.stdout
    assert "Setup requires the owner's login" in done.stdout


def test_setup_as_the_reader_fails_with_a_hint(stack: Stack) -> None:
    done = sensorctl(stack.host.environment | stack.database_variables("reader"), "setup")

    assert done.returncode == 69
    assert "permission denied" in done.stdout
    assert "Setup requires the owner's login" in done.stdout
