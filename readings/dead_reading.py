"""A reading of an import that was dead-lettered, and why."""

from typing import NamedTuple
from uuid import UUID


class DeadReading(NamedTuple):
    """A reading that is not stored; `import_id` is the import, or the workflow, that published it."""

    import_id: UUID
    reading_id: UUID
    reason: str
    detail: str
