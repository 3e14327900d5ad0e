"""Give each test the store of the analysis."""

from collections.abc import Iterator

import pytest

from db.analysis.store import AnalysisStore
from db.roles import AccessLevel
from db.settings import DatabaseSettings
from tests.database import Database, Roles
from tests.waiting import DEADLINE_SECONDS


@pytest.fixture
def settings(database: Database, roles: Roles) -> DatabaseSettings:
    return database.settings_as(roles[AccessLevel.ANALYST])


@pytest.fixture
def store(settings: DatabaseSettings) -> Iterator[AnalysisStore]:
    """The store of the analysis, which keeps its lock also while it waits for transactions of other tests."""
    store = AnalysisStore(settings, DEADLINE_SECONDS)
    yield store
    store.close()
