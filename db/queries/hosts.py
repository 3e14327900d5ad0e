"""Reads the state of each host of the database, of which one is the primary."""

from typing import NamedTuple

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import database_url, make_interactive_engine
from db.errors import StoreUnavailable
from db.hosts import Address, find_addresses
from db.settings import DatabaseSettings

# Every role may read these.
STATE = """
SELECT pg_is_in_recovery() AS is_standby,
       EXISTS (SELECT FROM pg_stat_wal_receiver) AS is_streaming,
       pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0'
       )::bigint AS position,
       current_setting('synchronous_standby_names') AS synchronous_standbys
"""


class HostState(NamedTuple):
    """A host of the database, or the error that says why its state is not known.

    `position` is how many bytes of the write-ahead log a primary has written, or a standby has applied.
    `is_streaming` says whether a standby receives them. `synchronous_standbys` is the setting
    `synchronous_standby_names`: the standbys that commits wait for.
    """

    address: str
    error: str | None = None
    is_standby: bool = False
    is_streaming: bool = False
    position: int = 0
    synchronous_standbys: str = ""

    @property
    def is_primary(self) -> bool:
        """Whether it accepts writes, unless it is frozen."""
        return self.error is None and not self.is_standby


def read_hosts(settings: DatabaseSettings) -> list[HostState]:
    """Return the state of each host; nothing if there is only one. Each takes a few seconds at most."""
    addresses = find_addresses(database_url(settings))
    return [_read_host(settings, address) for address in addresses] if len(addresses) > 1 else []


def _read_host(settings: DatabaseSettings, address: Address) -> HostState:
    engine = make_interactive_engine(settings, name="hosts", address=address)
    try:
        with translate_errors(), engine.connect() as connection:
            return HostState(str(address), None, *connection.execute(text(STATE)).one())
    except StoreUnavailable as error:
        return HostState(str(address), str(error))
    finally:
        engine.dispose()
