"""Compares computed with stored excursions, so that an excursion keeps its identity."""

from collections.abc import Sequence
from typing import NamedTuple

from limits.model import Excursion

MICROSECOND = 1e-6


class StoredExcursion(NamedTuple):
    """An excursion in the database."""

    excursion_id: int
    excursion: Excursion


class Changes(NamedTuple):
    """What to change in the database."""

    added: list[Excursion]
    updated: list[StoredExcursion]
    removed: list[int]


def reconcile(stored: Sequence[StoredExcursion], computed: Sequence[Excursion]) -> Changes:
    """Give each computed excursion the identity of the stored one that it overlaps most."""
    remaining = list(stored)
    changes = Changes([], [], [])
    for excursion in computed:
        best = max(remaining, key=lambda each: _overlap(each.excursion, excursion), default=None)
        if best is None or _overlap(best.excursion, excursion) < 0:
            changes.added.append(excursion)
            continue
        remaining.remove(best)
        if _differs(best.excursion, excursion):
            changes.updated.append(StoredExcursion(best.excursion_id, excursion))
    changes.removed.extend(each.excursion_id for each in remaining)
    return changes


def _overlap(one: Excursion, other: Excursion) -> float:
    """Return the common seconds; negative without a common time."""
    return min(_end(one), _end(other)) - max(one.started_at, other.started_at) + MICROSECOND


def _end(excursion: Excursion) -> float:
    # An open excursion overlaps an open one, even if all readings that both contain are new.
    return float("inf") if excursion.ended_at is None else excursion.ended_at


def _differs(stored: Excursion, computed: Excursion) -> bool:
    return (
        stored.end_reason != computed.end_reason
        or stored.peak != computed.peak
        or stored.degree_minutes != computed.degree_minutes
        or abs(stored.last_at - computed.last_at) > MICROSECOND
        or abs(stored.started_at - computed.started_at) > MICROSECOND
    )
