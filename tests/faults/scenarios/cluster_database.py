"""Faults of a database with a synchronous standby, and of etcd, which decides which one is the primary."""

from contextlib import suppress

import psycopg

from tests.faults.database_members import ETCD, SMALL, DatabaseMembers, other
from tests.faults.experiment import Experiment
from tests.faults.polling import wait_until
from tests.faults.scenarios.cluster_broker import cluster_of

FAILURE_SECONDS = 60
# More than the segments that the standby on the small disk has preallocated.
SEGMENTS = 8
NOW = "SELECT clock_timestamp()"
MAX_PAUSE = """
SELECT extract(epoch FROM max(pause)) FROM (
    SELECT received_at - lag(received_at) OVER (ORDER BY received_at) AS pause
    FROM reading WHERE received_at >= %s
) AS pauses
"""


class Fault:
    """The database, its primary before the fault, and for how long nothing was stored."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.cluster = cluster_of(experiment)
        self.database = DatabaseMembers(self.cluster)
        self.primary = ""
        self._started_at: object = None

    def begin(self, progress: str, between: tuple[float, float] = (1, 3)) -> None:
        """Wait until the database is complete, and let the load run for a moment."""
        self.database.wait_until_complete()
        self.experiment.wait_for_recovery()
        self.experiment.run_load_for(self.experiment.random.uniform(*between))
        self.primary = self.database.primary()
        ((self._started_at,),) = self.experiment.query(NOW)
        self.experiment.show_progress(progress)

    @property
    def standby(self) -> str:
        return other(self.primary)

    def pause(self) -> float:
        """Wait until readings are stored again; return the longest time in which none was, in seconds."""
        self.experiment.wait_for_recovery()
        ((seconds,),) = self.experiment.query(MAX_PAUSE, self._started_at)
        return float(str(seconds))

    def note_pause(self, fault: str) -> None:
        """Note for how long nothing was stored."""
        self.experiment.notes.append(f"{fault}: nothing stored for {self.pause():.1f} s")

    def check_primary(self, expected: str) -> None:
        """Record a problem if another member is the primary."""
        if (found := self.database.primary()) != expected:
            self.experiment.problems.append(f"the primary is {found or 'unknown'}, not {expected}")


def primary_killed(
    experiment: Experiment, *, times: int, between: tuple[float, float], rate: float = 100
) -> None:
    """Row 31. In turn the primary stays down until the standby has taken over, and restarts at once."""
    fault = _start(experiment)
    failovers, restarts = [], []
    with experiment.load(rate):
        for number in range(times):
            fault.begin(f"killing the primary, {number + 1} of {times}", between)
            if number % 2:
                fault.cluster.kill(fault.primary)
                restarts.append(fault.pause())
                continue
            with fault.cluster.down(fault.primary):
                failovers.append(fault.pause())
                fault.check_primary(fault.standby)
        fault.database.wait_until_complete()
    experiment.notes.append(f"primary down: nothing stored for {_describe(failovers)}")
    experiment.notes.append(f"primary restarted: nothing stored for {_describe(restarts)}")


def switchover(
    experiment: Experiment, *, times: int, between: tuple[float, float], rate: float = 100
) -> None:
    """Row 32. An operator makes the standby the primary."""
    fault = _start(experiment)
    pauses = []
    with experiment.load(rate):
        for number in range(times):
            fault.begin(f"switching over, {number + 1} of {times}", between)
            fault.database.switch_over()
            pauses.append(fault.pause())
            fault.check_primary(fault.standby)
        fault.database.wait_until_complete()
    experiment.notes.append(f"nothing stored for {_describe(pauses)}")


def standby_down(experiment: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 33. The standby is killed; the primary works alone, and the standby catches up later."""
    fault = _start(experiment)
    with experiment.load(rate):
        fault.begin(f"the standby is down for {seconds:.0f} s")
        with fault.cluster.down(fault.standby):
            experiment.run_load_for(seconds)
            fault.note_pause("standby down")
        fault.database.wait_until_complete()
        fault.check_primary(fault.primary)
        experiment.wait_for_recovery()


def etcd_down(experiment: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 34. One node of etcd is killed, then all are: the primary continues."""
    fault = _start(experiment)
    with experiment.load(rate):
        for number in (1, len(ETCD)):
            fault.begin(f"{number} of {len(ETCD)} nodes of etcd down for {seconds:.0f} s")
            with fault.cluster.down(*experiment.random.sample(ETCD, number)):
                experiment.run_load_for(seconds)
                fault.note_pause(f"{number} of {len(ETCD)} nodes of etcd down")
            fault.database.wait_until_complete()
            fault.check_primary(fault.primary)
        experiment.wait_for_recovery()


def network_cut(experiment: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 35. The network between the members is cut: the standby is alone, then the primary is."""
    fault = _start(experiment)
    with experiment.load(rate):
        fault.begin(f"the standby is cut off for {seconds:.0f} s")
        with fault.cluster.cut_off(fault.standby):
            experiment.run_load_for(seconds)
            fault.note_pause("standby cut off")
        fault.database.wait_until_complete()
        fault.check_primary(fault.primary)

        fault.begin(f"the primary is cut off for {seconds:.0f} s")
        with fault.cluster.cut_off(fault.primary):
            fault.note_pause("primary cut off")
            if fault.database.accepts_writes(fault.primary):
                experiment.problems.append(f"{fault.primary} accepts writes, although it is cut off")
            experiment.run_load_for(seconds)
        fault.database.wait_until_complete()
        fault.check_primary(fault.standby)
        experiment.wait_for_recovery()


def standby_disk_full(experiment: Experiment, *, seconds: float, rate: float = 100) -> None:
    """Row 36. The disk of the standby is full; the primary continues, and the standby catches up later."""
    fault = _start(experiment)
    if fault.database.primary() == SMALL:
        fault.database.switch_over()
    with experiment.load(rate):
        fault.begin(f"the standby's disk is full for {seconds:.0f} s")
        fault.database.fill_disk()
        with suppress(psycopg.Error):
            for _ in range(SEGMENTS):
                experiment.query("SELECT pg_logical_emit_message(false, 'faults', 'x'), pg_switch_wal()")
        wait_until(lambda: not fault.database.is_complete(), FAILURE_SECONDS, "the standby fails")
        experiment.run_load_for(seconds)
        fault.note_pause("the standby's disk full")
        fault.database.empty_disk()
        fault.database.wait_until_complete()
        fault.check_primary(other(SMALL))
        experiment.wait_for_recovery()


def _start(experiment: Experiment) -> Fault:
    """Start the consumers once the database is complete."""
    fault = Fault(experiment)
    fault.database.wait_until_complete()
    experiment.start_workers()
    return fault


def _describe(seconds: list[float]) -> str:
    return f"{min(seconds):.1f} to {max(seconds):.1f} s, {len(seconds)} times" if seconds else "no time"
