"""Faults of the database."""

import time
from contextlib import suppress

import psycopg

from tests.faults.bodies import mixed
from tests.faults.experiment import Experiment
from tests.faults.site import DATABASE, SmallDatabase

# More than the small disk keeps in store.
SEGMENTS = 8
TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name LIKE 'pipeline@%'
"""


def killed(
    x: Experiment,
    *,
    kills: int,
    between: tuple[float, float],
    terminations: int,
    comings: int,
    rate: float = 100,
) -> None:
    """Row 2. The server dies; sessions are terminated in the middle of statements; it comes and goes."""
    x.workers()
    with x.load(rate):
        x.recovered()
        for number in range(kills):
            x.rest(x.chance.uniform(*between))
            x.say(f"kills PostgreSQL, {number + 1} of {kills}")
            x.site.kill(DATABASE)
            x.recovered()
        _terminate(x, terminations)
        for number in range(comings):
            x.say(f"stops and starts PostgreSQL, {number + 1} of {comings}")
            x.site.stop(DATABASE)
            x.site.start(DATABASE)
            x.rest(x.chance.uniform(0, 1.5))
        x.recovered()


def _terminate(x: Experiment, times: int) -> None:
    ended = 0
    for number in range(times):
        x.say(f"terminates sessions, {number + 1} of {times}")
        x.rest(x.chance.uniform(0, 0.2))
        (count,) = x.query(TERMINATE)[0]
        ended += int(str(count))
    x.notes.append(f"{ended} sessions terminated")
    x.recovered()


def away(x: Experiment, *, seconds: float, rate: float = 50) -> None:
    """Row 7. The database is away for long: the backlog waits as Ready, nothing is dead-lettered."""
    x.workers()
    with x.load(rate):
        x.recovered()
        x.site.stop(DATABASE)
        before, deadline = x.ledger.confirmed, time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ready, consumers = x.depth()
            x.say(f"the database is away for {left:.0f} s more; {ready} ready, {consumers} consumers")
            time.sleep(min(left, 5))
        _check_backlog(x, x.ledger.confirmed - before)
        x.site.start(DATABASE)
        x.recovered()


def _check_backlog(x: Experiment, published: int) -> None:
    ready, _ = x.depth()
    held = x.mode.max_unacked * 3
    x.notes.append(f"{ready} of {published} ready while the database was away")
    if ready < published - held - published // 20 or published == 0:
        x.problems.append(f"only {ready} of {published} messages are ready while the database is away")


def full(x: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 8. The database's disk is full; then the broker's memory and disk alarms."""
    small = x.site.small_database()
    if small:
        x.use(small)
    else:
        x.notes.append("disk full not tried: a small disk needs Docker or root")
    x.local_workers()
    with x.load(rate, mixed(0.02)):
        x.recovered()
        if small:
            _fill(x, small, seconds)
        _alarm(x, "memory", ("set_vm_memory_high_watermark", "0.000001"), seconds)
        x.site.rabbitmqctl("set_vm_memory_high_watermark", "0.6")
        x.recovered()
        _alarm(x, "disk", ("set_disk_free_limit", str(10**15)), seconds)
        x.site.rabbitmqctl("set_disk_free_limit", str(50 * 10**6))
        x.recovered()


def _fill(x: Experiment, small: SmallDatabase, seconds: float) -> None:
    """First no table can grow; then, once the log needs a new segment, the server itself goes down."""
    x.say("the database's disk is full")
    small.fill()
    x.rest(seconds / 2)
    x.notes.append(f"{x.depth()[0]} messages ready with the disk full")
    if not x.depth()[0]:
        x.problems.append("readings were stored in spite of the full disk")
    with suppress(psycopg.Error):
        for _ in range(SEGMENTS):
            x.query("SELECT pg_logical_emit_message(false, 'faults', 'x'), pg_switch_wal()")
    x.rest(seconds / 2)
    small.empty()
    x.notes.append(f"disk full: back after {x.recovered():.1f} s")


def _alarm(x: Experiment, name: str, command: tuple[str, ...], seconds: float) -> None:
    x.say(f"the broker's {name} alarm")
    x.site.rabbitmqctl(*command)
    time.sleep(2)
    before = x.ledger.confirmed
    time.sleep(seconds)
    passed = x.ledger.confirmed - before
    x.notes.append(f"{passed} confirms during the {name} alarm")
