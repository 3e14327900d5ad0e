"""The analysis keeps its lock while it computes, however many readings a transaction has stored."""

from contextlib import closing

import pytest

from analysis import lock_keeping
from db.analysis.store import AnalysisStore
from db.settings import DatabaseSettings
from tests.database import Database
from tests.integration.analysis.analysing import follow

READINGS = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), 'fridge', now() - n * interval '1 minute', 5 FROM generate_series(1, 45) AS n
"""


class CountingStore(AnalysisStore):
    """Counts the statements that keep the lock."""

    statements = 0

    def keep_lock(self) -> None:
        super().keep_lock()
        self.statements += 1


def test_a_large_transaction_is_analysed_with_statements_in_between(
    database: Database, settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_keeping, "SECONDS_PER_STATEMENT", 0.0)
    database.query("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
    database.query(READINGS)
    database.await_older_transactions()
    with closing(CountingStore(settings)) as store:
        analysed = follow(store)
        while analysed.step():
            pass

    assert store.statements == 45
