"""What the tests of sensorctl share."""

from pathlib import Path

import pytest

from messaging.errors import BrokerUnavailable
from sensorctl.history import importer
from tests.unit.fake_broker import FakeBroker
from tests.unit.sensorctl.doctor_environment import Environment, healthy_environment
from tests.unit.sensorctl.fake_bulk import HISTORY, FakeBulk


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, operators_broker: FakeBroker) -> Environment:
    return healthy_environment(monkeypatch, operators_broker)


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> type[FakeBulk]:
    """Confirms every message, in place of the broker, until a test says otherwise."""
    FakeBulk.published, FakeBulk.allowed = [], 1_000_000
    FakeBulk.error = BrokerUnavailable("Connection refused")
    monkeypatch.setattr(importer, "BulkPublisher", FakeBulk)
    return FakeBulk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of sixty readings."""
    path = tmp_path / "history.csv"
    path.write_text(HISTORY)
    return path
