"""Log files of bounded size."""

import os
import shutil
from pathlib import Path

LIMIT_BYTES = 10_000_000
TAIL_BYTES = 16_384


def bound(log: Path, limit_bytes: int = LIMIT_BYTES) -> None:
    """Move a log that has grown over the limit to NAME.log.1, in place of the one before it.

    Copied and emptied, since its writer keeps the file open; a line written in between is lost.
    """
    if log.exists() and log.stat().st_size > limit_bytes:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    if not log.exists():
        return f"(no log at {log})"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
