"""Sources of readings: reading and changing their definitions, and which of their times were read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.queries.statements import Row, Statements
from runtime.json_values import dump_json

LIST = "SELECT * FROM source WHERE CAST(:name AS text) IS NULL OR name = :name ORDER BY name"
PUT = "SELECT * FROM put_source(:actor, :name, CAST(:fields AS jsonb))"
REMOVE = "SELECT * FROM remove_source(:actor, :name)"
COVERED = """
SELECT lower(period) AS start, upper(period) AS end
FROM source_coverage CROSS JOIN LATERAL unnest(covered) AS period
WHERE source = :name ORDER BY period
"""
RESERVE = "SELECT reserve_source_request(:name) AS seconds"
DEFER = "SELECT defer_source_requests(:name, :seconds)"


class Sources:
    """Reads and changes sources.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read_all(self) -> list[Row]:
        """Return all sources."""
        return self._statements.rows(LIST, name=None)

    def read(self, name: str) -> Row | None:
        """Return a source; None if there is no such source."""
        return self._statements.first(LIST, name=name)

    def put(self, actor: str, name: str, fields: Mapping[str, Any]) -> Row:
        """Create a source, or change the fields that are given, and return it."""
        return self._statements.rows(PUT, actor=actor, name=name, fields=dump_json(dict(fields)))[0]

    def remove(self, actor: str, name: str) -> Row:
        """Remove a source, and return what it was. Its readings stay.

        Raises:
            InvalidInput: When there is no such source, or a schedule or a workflow uses it (`name`).
        """
        return self._statements.rows(REMOVE, actor=actor, name=name)[0]

    def reserve_request(self, name: str) -> float:
        """Take the place of the next request to a source, and return the seconds until it may be sent."""
        return float(self._statements.rows(RESERVE, name=name)[0]["seconds"])

    def defer_requests(self, name: str, seconds: float) -> None:
        """Let no worker send a request to a source for some seconds, an hour at most."""
        self._statements.rows(DEFER, name=name, seconds=seconds)

    def covered(self, name: str) -> list[tuple[datetime, datetime]]:
        """Return the half-open periods of a source that were read completely, in order."""
        return [(row["start"], row["end"]) for row in self._statements.rows(COVERED, name=name)]
