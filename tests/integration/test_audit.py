"""Every change is recorded in `audit`, in the transaction of the change, and stays there."""

import pytest
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

from tests.database import Database

CREATE = "SELECT * FROM create_api_key(%s, %s, %s, sha256(%s::bytea))"


def test_a_key_is_recorded_as_it_was_and_as_it_became(database: Database) -> None:
    (created,) = database.query(CREATE, "sensorctl:me", "phone", "viewer", b"secret")
    (revoked,) = database.query("SELECT * FROM revoke_api_key('key:boss', 'phone')")
    rows = database.query(
        "SELECT actor, action, object_kind, object_id, before, after FROM audit ORDER BY audit_id"
    )
    assert [tuple(row.values())[:4] for row in rows] == [
        ("sensorctl:me", "create", "api-key", "phone"),
        ("key:boss", "revoke", "api-key", "phone"),
    ]
    assert rows[0]["before"] is None
    assert rows[0]["after"] == rows[1]["before"]
    assert rows[1]["before"]["revoked_at"] is None
    assert rows[1]["after"]["revoked_at"]
    assert rows[1]["after"]["created_by"] == created["created_by"] == "sensorctl:me"
    assert revoked["key_id"] == created["key_id"]
    assert "hash" not in rows[0]["after"].keys() | rows[1]["after"].keys()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM audit WHERE false",
    ],
)
def test_not_even_the_owner_changes_or_deletes_a_row(database: Database, statement: str) -> None:
    database.query(CREATE, "sensorctl:me", "phone", "viewer", b"secret")
    with pytest.raises(InsufficientPrivilege, match="cannot be changed or deleted"):
        database.query(statement)
    assert database.query("SELECT actor FROM audit") == [{"actor": "sensorctl:me"}]


@pytest.mark.parametrize(
    ("name", "role", "field", "message"),
    [
        ("phone", "viewer", "name", "A key named phone was revoked. A name is given once"),
        ("tablet", "viewer", "name", "A key named tablet exists already"),
        ("other", "root", "role", "The role must be viewer, operator or admin."),
        ("other", None, "role", "The role must be viewer, operator or admin."),
    ],
)
def test_a_refused_key_changes_nothing(
    database: Database, name: str, role: str | None, field: str, message: str
) -> None:
    for existing in ("phone", "tablet"):
        database.query(CREATE, "sensorctl:me", existing, "viewer", existing.encode())
    database.query("SELECT revoke_api_key('sensorctl:me', 'phone')")
    with pytest.raises(InvalidParameterValue, match=message) as refusal:
        database.query(CREATE, "sensorctl:me", name, role, b"another")
    assert refusal.value.diag.column_name == field
    assert database.query("SELECT count(*) FROM audit") == [{"count": 3}]


def test_a_revoked_key_has_no_sessions_and_opens_none(database: Database) -> None:
    (key,) = database.query(CREATE, "sensorctl:me", "phone", "viewer", b"secret")
    open_session = "SELECT open_session(sha256(%s::bytea), %s, 60) AS expires_at"
    assert database.query(open_session, b"one", key["key_id"])[0]["expires_at"]
    database.query("SELECT revoke_api_key('sensorctl:me', 'phone')")
    assert database.query("SELECT * FROM login_session") == []
    assert database.query(open_session, b"two", key["key_id"]) == [{"expires_at": None}]
    with pytest.raises(InvalidParameterValue, match="revoked already"):
        database.query("SELECT revoke_api_key('sensorctl:me', 'phone')")


def test_sessions_are_bounded_and_expire(database: Database) -> None:
    (key,) = database.query(CREATE, "sensorctl:me", "phone", "viewer", b"secret")
    for number in range(105):
        database.query("SELECT open_session(sha256(%s::bytea), %s, 60)", f"{number}".encode(), key["key_id"])
    assert database.query("SELECT count(*) FROM login_session") == [{"count": 100}]
    database.query("UPDATE login_session SET expires_at = now()")
    database.query("SELECT open_session(sha256('new'), %s, 60)", key["key_id"])
    assert database.query("SELECT count(*) FROM login_session") == [{"count": 1}]
