"""What a failure means that a kind of job did not expect."""

import errno
import os
from typing import Any

from worker.context import JobFailed

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
# What Python says while every folder for temporary files is full.
NO_FOLDER = "No usable temporary directory"


def explain_crash(error: BaseException, log: Any) -> JobFailed:
    """Return the failure of the job, which is tried again; log what only a developer can explain."""
    if _is_full_disk(error):
        folder = os.environ.get("TMPDIR") or "the system's folder for temporary files"
        return JobFailed(
            f"the disk is full in {folder}: free space there, or set TMPDIR to a folder with more of it"
        )
    # Its message may contain what a job must not publish, such as an address with a password.
    log.error("job crashed", exc_info=error)
    return JobFailed(f"the job crashed with {type(error).__name__}; see the worker's log")


def _is_full_disk(error: BaseException | None) -> bool:
    """Return whether this error, or what it was raised for, is a full disk."""
    while error is not None:
        if isinstance(error, OSError) and (error.errno in FULL_DISK or NO_FOLDER in str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
