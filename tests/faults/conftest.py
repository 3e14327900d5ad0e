"""The rows come last: they take the longest, and nothing else runs beside them."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything else in its order, then what is in this folder."""
    items.sort(key=lambda item: HERE in item.path.parents)
