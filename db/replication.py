"""Commits that a synchronous standby does not have yet."""

from typing import Any

from db.errors import StoreUnavailable

# Waits like a commit for the synchronous standbys, if there are any. The commit of a reading that is stored
# already may not have waited: PostgreSQL shows it once its wait ended, in whatever way.
AWAIT_STANDBY = """
SELECT pg_logical_emit_message(true, 'sensors', '') WHERE current_setting('synchronous_standby_names') <> ''
"""
# The function of the server that waits. Its warnings have neither an SQLSTATE of their own nor one language.
WAIT_FUNCTION = "SyncRepWaitForLSN"


class ReplicationWarnings:
    """Notices when a commit on a connection succeeded without waiting until a synchronous standby has it.

    The server reports that as a warning, after an administrator cancelled the wait. A failover would lose
    what was committed.
    """

    def __init__(self) -> None:
        self._warning: str | None = None

    def attach(self, driver: Any) -> None:
        """Follow the warnings of this connection of psycopg."""
        self._warning = None
        driver.add_notice_handler(self._note)

    def check(self) -> None:
        """Check the commits so far.

        Raises:
            StoreUnavailable: When one is not on the standby.
        """
        if self._warning:
            raise StoreUnavailable(f"stored here, but not on a standby yet: {self._warning}")

    def _note(self, diagnostic: Any) -> None:
        if diagnostic.source_function == WAIT_FUNCTION:
            self._warning = diagnostic.message_primary
