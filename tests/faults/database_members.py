"""The members of the cluster's database, as Patroni reports them."""

import json
from typing import NamedTuple

from tests.faults.cluster import DATABASES, Cluster
from tests.faults.polling import wait_until

ETCD = ("etcd", "etcd-2", "etcd-3")
SMALL = "postgres-2"
DISK = f"{SMALL}-disk"
FILLER = "/var/lib/postgresql/data/filler"
PRIMARY = "Leader"
COMPLETE = {(PRIMARY, "running"), ("Sync Standby", "streaming")}
COMPLETE_SECONDS = 180
ACCEPTS_WRITES = ("psql", "-U", "sensors", "-d", "sensors", "-Atc", "SELECT NOT pg_is_in_recovery()")


class Member(NamedTuple):
    """A row of `patronictl list`."""

    name: str
    role: str
    state: str


class DatabaseMembers:
    """Ask the members of the cluster's database, switch between them, and fill the disk of one."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def primary(self) -> str:
        """Return the service of the primary; empty if there is none."""
        return next((member.name for member in self._list() if member.role == PRIMARY), "")

    def is_complete(self) -> bool:
        """Return whether there is a primary, and a standby that takes over without losing a commit."""
        return {(member.role, member.state) for member in self._list()} == COMPLETE

    def wait_until_complete(self) -> None:
        """Wait until the database is as before the fault, so that its primary may fail."""
        wait_until(self.is_complete, COMPLETE_SECONDS, "the database has a synchronous standby again")

    def switch_over(self) -> None:
        """Make the standby the primary, as an operator does."""
        self._patronictl("switchover", "--force")

    def accepts_writes(self, member: str) -> bool:
        """Return whether the server of this member is up and no standby, even if it is cut off."""
        try:
            return self._cluster.command(*ACCEPTS_WRITES, services=(member,)).strip() == "t"
        except AssertionError:
            return False

    def fill_disk(self) -> None:
        """Write to the disk of the member that has a small one, until it is full."""
        self._cluster.command("sh", "-c", f"cat /dev/zero > {FILLER} || true", services=(DISK,))

    def empty_disk(self) -> None:
        self._cluster.command("rm", FILLER, services=(DISK,))

    def _list(self) -> list[Member]:
        try:
            rows = json.loads(self._patronictl("list", "--format", "json"))
        except AssertionError:  # no member responds
            return []
        return [Member(row["Member"], row["Role"], row["State"]) for row in rows]

    def _patronictl(self, *arguments: str) -> str:
        return self._cluster.command("member", "patronictl", *arguments, services=DATABASES)


def other(member: str) -> str:
    """Return the other member."""
    return next(name for name in DATABASES if name != member)
