"""The process of a job, as its worker sees it."""

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

from db.workflows.worker_store import ClaimedJob
from runtime.exit_codes import describe_exit
from worker.context import Interruption
from worker.outcome import Outcome
from worker.settings import JobSettings


def process_context(*modules: str) -> ForkServerContext:
    """Start what creates the processes: a server that imports the kinds of jobs in these modules once.

    A new interpreter would take most of a second of CPU for each job.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["worker.child", *modules])
    forkserver.ensure_running()  # otherwise the first job would wait for the imports
    return context


class JobProcess:
    """Runs a job in a process of its own, which ends when this one does."""

    def __init__(
        self,
        context: ForkServerContext,
        settings: JobSettings,
        job: ClaimedJob,
        main: Callable[[ClaimedJob, JobSettings, Connection], None],
    ) -> None:
        """Start the process."""
        self.outcome: Outcome | None = None
        self._is_connected = True
        self._connection, theirs = context.Pipe()
        # A daemon is killed at the exit of this process.
        self._process = context.Process(target=main, args=(job, settings, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def waitables(self) -> list[Any]:
        """Return what becomes ready when it reports or ends, for multiprocessing.connection.wait."""
        return [self._process.sentinel, *([self._connection] if self._is_connected else [])]

    def receive(self) -> bool:
        """Receive the reports that have arrived; return whether there were any."""
        received = False
        try:
            while self._is_connected and self._connection.poll():
                self.outcome = self._connection.recv() or self.outcome
                received = True
        except (EOFError, OSError):
            self._is_connected = False
        return received

    def interrupt(self, reason: Interruption) -> None:
        """Request that the job stops."""
        with suppress(OSError):
            self._connection.send(reason)

    def has_ended(self) -> bool:
        """Return whether the process has ended."""
        return self._process.exitcode is not None

    def describe_exit(self) -> str:
        """Describe how the process ended."""
        return describe_exit(self._process.exitcode or 0)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()

    def close(self) -> None:
        """Release what belongs to a process that has ended."""
        self._connection.close()
        self._process.close()
