"""What `sensorctl doctor` says about several hosts of the database."""

from collections.abc import Iterator, Sequence

from db.queries.hosts import HostState
from monitoring.database_hosts import SEVERAL_PRIMARIES_HINT, STANDBY_HINT, standby_problem

NO_PRIMARY_HINT = "wait for the failover, or promote a standby: no host accepts writes"


def describe_hosts(hosts: Sequence[HostState]) -> Iterator[str]:
    """Describe each host: its role, what commits wait for, and how far a standby is behind."""
    primary = next((host for host in hosts if host.is_primary), None)
    for host in hosts:
        if host.error:
            yield f"{host.address} does not respond: {host.error}"
        elif host.is_primary:
            waits_for = host.synchronous_standbys or "no standby, so a failover may lose the last of them"
            yield f"{host.address} is the primary, commits wait for {waits_for}"
        elif host.is_streaming and primary:
            yield f"{host.address} is a standby, {max(0, primary.position - host.position)} bytes behind"
        else:
            yield f"{host.address} is a standby that receives nothing"


def hosts_hint(hosts: Sequence[HostState]) -> str | None:
    """Return what to do if the hosts are not one primary and standbys that could take its place."""
    primaries = [host for host in hosts if host.is_primary]
    if not hosts:
        return None
    if not primaries:
        return NO_PRIMARY_HINT
    if len(primaries) > 1:
        return SEVERAL_PRIMARIES_HINT
    return STANDBY_HINT if any(standby_problem(host, primaries[0]) for host in hosts) else None
