"""Files that are found in the folder for work: each version becomes a workflow once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.queries.statements import Statements
from db.settings import DatabaseSettings
from runtime.json_values import dump_json

REQUEST = """
SELECT request_dropped_file(:path, :version, :names, CAST(:spec AS jsonb), :max_failures) AS workflow_id
"""


class DroppedFiles:
    """Requests workflows for versions of files, with the role of a worker.

    It raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, settings: DatabaseSettings, name: str) -> None:
        self._statements = Statements(settings, name)

    def request(
        self, path: str, version: str, names: Sequence[str], spec: Mapping[str, Any], max_failures: int
    ) -> UUID | None:
        """Request a workflow for a version of a file, and return it.

        None if the version has one, if somebody has requested the file by one of its names, or if a schedule
        or a workflow requests the files of the folder, and says how to read them.
        """
        row = self._statements.rows(
            REQUEST,
            path=path,
            version=version,
            names=list(names),
            spec=dump_json(dict(spec)),
            max_failures=max_failures,
        )[0]
        workflow_id: UUID | None = row["workflow_id"]
        return workflow_id

    def close(self) -> None:
        """Close the connection."""
        self._statements.close()
