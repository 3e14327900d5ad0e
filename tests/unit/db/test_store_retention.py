"""The store knows from when on readings are kept, and a database that denies it stops nothing."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from db.errors import PermissionDenied, StoreUnavailable
from db.settings import DatabaseSettings
from db.store import RETENTION_RETRY_SECONDS, Store
from tests.unit.fakes import FakeClock


@pytest.mark.parametrize(
    ("error", "hint"),
    [(PermissionDenied("permission denied"), "run `sensorctl setup`"), (StoreUnavailable("refused"), None)],
)
def test_a_retention_that_cannot_be_read_is_logged_once_a_minute_and_keeps_its_last_value(
    monkeypatch: pytest.MonkeyPatch, error: StoreUnavailable, hint: str | None
) -> None:
    statements: list[str] = []

    def fail(_store: Store, statement: str, _parameters: Any = ()) -> int:
        statements.append(statement)
        raise error

    clock = FakeClock()
    monkeypatch.setattr(Store, "_execute", fail)
    monkeypatch.setattr("db.store.time.monotonic", clock)
    store = Store(DatabaseSettings(), "test")

    with capture_logs() as logs:
        assert [store.retained_since() for _ in range(3)] == [None] * 3
        clock.now += RETENTION_RETRY_SECONDS
        assert store.retained_since() is None

    assert len(statements) == len(logs) == 2
    assert (logs[0]["event"], logs[0]["hint"]) == ("retention unknown", hint)
