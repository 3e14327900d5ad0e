"""Give each test a server in place of the management API."""

from collections.abc import Iterator

import pytest

from tests.unit.messaging.management.management_api import Api, serving


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as server:
        yield server
