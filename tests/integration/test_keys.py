"""`sensorctl key` and `sensorctl audit` with a real database."""

import getpass
import json
import re
import sys
from collections.abc import Callable

import pytest

from runtime.access import KEY_PREFIX, hash_secret
from sensorctl.__main__ import main
from tests.database import Database

Sensorctl = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sensorctl(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sensorctl:
    """Run a command on the database, and return its exit code and its two outputs."""
    monkeypatch.setenv("DATABASE_URL", database.url)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sensorctl", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), *capsys.readouterr()

    return run


def test_a_key_is_shown_once_and_only_its_hash_is_stored(database: Database, sensorctl: Sensorctl) -> None:
    code, key, hint = sensorctl("key", "create", "phone", "--role", "operator")
    key = key.strip()
    assert code == 0
    assert re.fullmatch(KEY_PREFIX + r"[\w-]{43}", key)
    assert "Keep it" in hint
    (row,) = database.query("SELECT * FROM api_key")
    assert (row["name"], row["role"], row["hash"]) == ("phone", "operator", hash_secret(key))
    listed = sensorctl("key", "list")[1] + sensorctl("key", "list", "--json")[1]
    audited = sensorctl("audit", "list")[1] + sensorctl("audit", "list", "--json")[1]
    assert "phone" in listed
    assert key not in listed + audited + json.dumps(database.query("SELECT to_jsonb(api_key) FROM api_key"))


def test_a_revoked_key_stays_in_the_list(sensorctl: Sensorctl) -> None:
    sensorctl("key", "create", "phone", "--role", "viewer")
    code, out, err = sensorctl("key", "revoke", "phone")
    assert (code, out) == (0, "Revoked the key phone.\n")
    assert "No key is valid any more" in err
    (listed,) = json.loads(sensorctl("key", "list", "--json")[1])
    assert listed["revoked_at"] > listed["created_at"]
    assert listed["last_used_at"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "phone", "--role", "admin"), "name: A key named phone exists already."),
        (("create", "", "--role", "admin"), "name: must have at least 1 character"),
        (("create", "x" * 101, "--role", "admin"), "name: must have at most 100 characters"),
        (("create", " x", "--role", "admin"), "name: must neither begin nor end with a space"),
        (("create", "x\ny", "--role", "admin"), "name: must neither begin nor end with a space, nor contain"),
        (("create", "other", "--role", "root"), "'root' is not one of"),
        (("create", "other"), "--role"),
        (("revoke", "tablet"), "name: No key is named tablet."),
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(
    database: Database, sensorctl: Sensorctl, arguments: tuple[str, ...], message: str
) -> None:
    sensorctl("key", "create", "phone", "--role", "viewer")
    code, out, err = sensorctl("key", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert database.query("SELECT count(*) FROM audit") == [{"count": 1}]
    assert database.query("SELECT count(*) FROM api_key") == [{"count": 1}]


def test_changes_are_listed_newest_first_and_selected(sensorctl: Sensorctl) -> None:
    assert sensorctl("audit", "list")[1] == "No changes.\n"
    for name in ("phone", "tablet"):
        sensorctl("key", "create", name, "--role", "viewer")
    sensorctl("key", "revoke", "phone")

    def changes(*options: str) -> list[tuple[str, str]]:
        listed = json.loads(sensorctl("audit", "list", "--json", *options)[1])
        return [(entry["action"], entry["object_id"]) for entry in listed]

    assert changes() == [("revoke", "phone"), ("create", "tablet"), ("create", "phone")]
    assert changes("--object", "phone") == [("revoke", "phone"), ("create", "phone")]
    assert changes("--limit", "1", "--kind", "api-key", "--since", "1h") == [("revoke", "phone")]
    assert changes("--actor", f"sensorctl:{getpass.getuser()}") == changes()
    assert changes("--actor", "key:unknown") == changes("--kind", "sensor") == []
    table = sensorctl("audit", "list")[1]
    revoked = next(line for line in table.splitlines() if "revoke" in line)
    assert "revoked_at: null" in revoked
    assert "viewer" not in revoked, "what stays the same is not shown"
