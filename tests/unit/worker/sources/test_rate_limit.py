from typing import Any, cast

import pytest

from db.errors import StoreUnavailable
from db.workflows.sources import Sources
from jobs.source import Source
from worker.sources.rate_limit import SharedRateLimit

SOURCE = Source.model_validate(
    {
        "name": "sea",
        "kind": "simulated",
        "sensors": [{"remote": "1", "sensor_id": "1"}],
        "requests_per_minute": 6,
    }
)


class FakeSources:
    """Sources in a database that may be down."""

    def __init__(self) -> None:
        self.is_down = False
        self.deferred: list[tuple[str, float]] = []

    def reserve_request(self, name: str) -> float:
        self._check()
        return 2.5 if name == "sea" else 0

    def defer_requests(self, name: str, seconds: float) -> None:
        self._check()
        self.deferred.append((name, seconds))

    def _check(self) -> None:
        if self.is_down:
            raise StoreUnavailable("down")


def test_the_rate_is_that_of_all_workers() -> None:
    sources = FakeSources()
    limit = SharedRateLimit(cast("Sources", cast("Any", sources)), SOURCE)

    assert [limit.reserve() for _ in range(3)] == [2.5] * 3
    limit.defer(40)
    assert sources.deferred == [("sea", 40)]


def test_without_the_database_it_is_that_of_this_process() -> None:
    sources = FakeSources()
    sources.is_down = True
    limit = SharedRateLimit(cast("Sources", cast("Any", sources)), SOURCE)

    assert limit.reserve() == 0
    assert limit.reserve() == pytest.approx(10, abs=1)
    limit.defer(100)
    assert limit.reserve() == pytest.approx(100, abs=1)
