"""Setup makes users and roles again and again, at once from anywhere, and where it may not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from pika.exceptions import ChannelClosedByBroker
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, event

from db.migrate import upgrade
from db.roles import Role, Task, ensure_roles
from service.settings import SecretStr
from tests.broker import DEAD_QUEUE, RabbitMQ
from tests.database import Postgres
from tests.privileges import BROKER_USERS, PASSWORD, ROLES, Stack, drop, sensorctl, set_up_stack
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture(scope="module")
def stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    with set_up_stack(rabbitmq, postgres) as stack:
        yield stack


def test_setup_sets_a_changed_password_and_takes_away_what_was_granted_beside(
    stack: Stack,
) -> None:
    # given a reader who was granted too much and has another password, and an operator likewise
    reader, operator = stack.name("reader"), stack.name("operator")
    stack.database.rows(f'GRANT ALL ON reading TO "{reader}"')
    stack.database.rows(f"ALTER ROLE \"{reader}\" PASSWORD 'forgotten'")
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    stack.host.server.api("PUT", f"/api/users/{operator}", {"password": "lost", "tags": "administrator"})
    stack.host.server.api("PUT", f"/api/permissions/{stack.host.name}/{operator}", everything)
    # when setup runs again
    assert sensorctl(stack.variables, "setup").returncode == 0
    # then both are as they should be
    with stack.session("reader") as session, pytest.raises(InsufficientPrivilege):
        session.execute("DELETE FROM reading")
    with stack.channel("operator") as channel, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.queue_delete(DEAD_QUEUE)
    assert stack.api("operator", "GET", "/api/whoami")["tags"] in (["monitoring"], "monitoring")


def test_what_a_migration_adds_is_covered(stack: Stack) -> None:
    stack.database.rows("CREATE VIEW added AS SELECT count(*) FROM reading")
    stack.database.rows("CREATE TABLE secret ()")

    assert sensorctl(stack.variables, "setup").returncode == 0

    with stack.session("reader") as session:
        session.execute("SELECT * FROM added")
        with pytest.raises(InsufficientPrivilege):
            session.execute("SELECT * FROM secret")


def test_many_setups_at_once_end_well(postgres: Postgres) -> None:
    role = Role(f"reader-{uuid4().hex[:8]}", SecretStr("x"), Task.READER)
    with postgres.database() as database, ThreadPoolExecutor(6) as pool:
        upgrade(database.settings)
        try:
            for done in [pool.submit(ensure_roles, database.settings, [role]) for _ in range(12)]:
                done.result(DEADLINE_SECONDS)
        finally:
            drop(database, role.name)


def test_an_owner_who_may_not_make_roles_or_users_gets_warnings_and_a_stack(
    stack: Stack, rabbitmq: RabbitMQ, postgres: Postgres
) -> None:
    # given an owner of somebody else's servers
    owner = f"owner-{uuid4().hex[:8]}"
    with postgres.database() as database, rabbitmq.virtual_host("quorum") as host:
        database.rows(f"CREATE ROLE \"{owner}\" LOGIN PASSWORD 'x'")
        database.rows(f'ALTER DATABASE {database.name} OWNER TO "{owner}"')
        with rabbitmq.user_with(host.name, configure=".*", write=".*", read=".*") as url:
            others = Stack(host, database, uuid4().hex[:8])
            login = {"DATABASE_URL": "", "POSTGRES_USER": owner, "POSTGRES_PASSWORD": "x"}
            # when setup is to make roles and users there
            done = sensorctl(
                others.variables | others.database_variables("writer") | login | {"RABBITMQ_URL": url},
                "setup",
            )
        # then it says what it could not do, and did the rest
        assert done.returncode == 0, done.stdout
        assert "no database roles" in done.stdout
        assert "permission denied to create role" in done.stdout
        assert "no broker users" in done.stdout
        assert "topology is declared" in done.stdout
        database.rows(f'REASSIGN OWNED BY "{owner}" TO CURRENT_USER')
        drop(database, owner)


@pytest.mark.parametrize(
    ("variable", "name"), [("RABBITMQ_SENSOR", "sensors"), ("POSTGRES_READER", "sensors")]
)
def test_the_owner_itself_is_not_made_anew_with_fewer_rights(variable: str, name: str) -> None:
    suffix = "PASS" if variable.startswith("RABBITMQ") else "PASSWORD"
    variables = {"RABBITMQ_HOST": "127.0.0.1", f"{variable}_USER": name, f"{variable}_{suffix}": "x"}

    done = sensorctl(variables, "setup")

    assert done.returncode == 78
    assert f"{name} is named twice" in done.stdout


def test_without_passwords_setup_makes_nobody(stack: Stack) -> None:
    before = of_the_usual_names(stack)

    done = sensorctl(stack.host.environment | stack.database.environment, "setup")

    assert done.returncode == 0
    assert of_the_usual_names(stack) == before


def of_the_usual_names(stack: Stack) -> tuple[set[str], set[str]]:
    """Users and roles; other tests make theirs meanwhile, which have names of their own."""
    users = {user["name"] for user in stack.host.server.api("GET", "/api/users")}
    roles = {row["rolname"] for row in stack.database.rows("SELECT rolname FROM pg_roles")}
    return users & set(BROKER_USERS), roles & set(ROLES)


def test_the_password_is_not_in_what_the_database_server_may_log(stack: Stack) -> None:
    said: list[str] = []
    role = Role(stack.name("writer"), SecretStr(PASSWORD), Task.WRITER)

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        ensure_roles(stack.database.settings, [role])
    finally:
        event.remove(Engine, "before_cursor_execute", listen)

    (login,) = (statement for statement in said if statement.startswith("ALTER ROLE"))
    assert "SCRAM-SHA-256$" in login
    assert not any(PASSWORD in statement or "p''a" in statement for statement in said)


def test_connections_outlive_a_setup(stack: Stack) -> None:
    with stack.channel("sensor") as channel:
        assert sensorctl(stack.variables, "setup").returncode == 0
        channel.basic_publish("sensors", "reading.1", b"{}", mandatory=True)


def test_setup_as_the_operator_ends_and_says_whose_work_it_is(stack: Stack) -> None:
    login = stack.broker_variables("operator") | stack.database_variables("reader")

    done = sensorctl(login, "setup")

    assert done.returncode == 69
    assert "ACCESS_REFUSED" in done.stdout
    assert "Setup is the owner's work" in done.stdout
