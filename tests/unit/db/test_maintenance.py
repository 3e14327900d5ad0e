"""A statement of the maintenance that fails keeps no other from running."""

import pytest

from db.errors import StoreTimeout
from db.maintenance import CONTINUE_CHANGES, INTERVAL_SECONDS, RETRY_SECONDS, STATEMENTS, PartitionMaintenance
from tests.unit.fakes import FakeClock

BROKEN, *OTHERS = *STATEMENTS, CONTINUE_CHANGES


class Server:
    """A server that exceeds its time limit at one statement, and has nothing to do for the others."""

    def __init__(self) -> None:
        self.executed: list[str] = []

    def execute(self, statement: str) -> int:
        self.executed.append(statement)
        if statement == BROKEN:
            raise StoreTimeout("canceling statement due to statement timeout")
        return 0


def test_a_failing_statement_is_retried_later_and_the_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr("db.maintenance.time.monotonic", clock)
    server = Server()
    maintenance = PartitionMaintenance(server.execute)

    # The connection may be lost, so the others wait until a caller has seen the database answer.
    clock.now += INTERVAL_SECONDS
    maintenance.run_if_due()
    assert server.executed == [BROKEN]
    maintenance.run_if_due()
    maintenance.run_if_due()
    assert server.executed == [BROKEN, *OTHERS]

    clock.now += INTERVAL_SECONDS
    maintenance.run_if_due()
    assert server.executed == [BROKEN, *OTHERS * 2]
    clock.now += RETRY_SECONDS - INTERVAL_SECONDS
    maintenance.run_if_due()
    assert server.executed == [BROKEN, *OTHERS * 2, BROKEN]
