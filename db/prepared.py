"""Statements that are prepared once per connection, and executed by one call of libpq.

The driver's cursor does the same in fifty calls of Python. They take a tenth of the processor time of a
consumer at prefetch 1 (docs/adr/0003-one-statement.md).
"""

from collections.abc import Sequence
from typing import Any

from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

BINARY = 1


class PreparedStatements:
    """Executes statements that return no rows, in the transaction of the connection."""

    def __init__(self) -> None:
        self._connection: Any = None  # psycopg's type of a connection of libpq has values without None
        self._names: dict[str, bytes] = {}

    def attach(self, driver: Any) -> None:
        """Execute on this connection of psycopg from now on; it has no prepared statement yet."""
        self._connection = driver.pgconn
        self._names.clear()

    def execute(self, statement: str, values: Sequence[bytes | None]) -> int:
        """Execute a statement with values in binary format for $1, $2, …; return how many rows it changed.

        Raises:
            psycopg.Error: The same as from a cursor.
        """
        name = self._names.get(statement) or self._prepare(statement)
        result = self._connection.exec_prepared(name, values, [BINARY] * len(values))
        _check(result)
        return result.command_tuples or 0

    def _prepare(self, statement: str) -> bytes:
        name = f"statement_{len(self._names)}".encode()
        _check(self._connection.prepare(name, statement.encode()))
        self._names[statement] = name
        return name


def _check(result: PGresult) -> None:
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)
