"""Log files of bounded size."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

MAX_LOG_BYTES = 10_000_000
TAIL_BYTES = 16_384


def rotate(log: Path, max_bytes: int = MAX_LOG_BYTES) -> None:
    """Move the contents of a log that exceeds the limit to NAME.log.1, which is overwritten.

    Copied and truncated, since its writer keeps the file open; a line that is written in between is lost.
    If it cannot be copied, the log stays as it is.

    Raises:
        OSError: When it cannot be copied: there is no space, or NAME.log.1 is a folder.
    """
    if not log.exists() or log.stat().st_size <= max_bytes:
        return
    copy = log.with_name(f"{log.name}.1")
    try:
        shutil.copyfile(log, copy)
    except OSError:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
        raise
    os.truncate(log, 0)


def tail(log: Path, lines: int = 15, start: int = 0) -> str:
    """Return the last lines of a log, of what was written from the byte `start` on."""
    if not log.exists():
        return f"(no log at {log})"
    size = log.stat().st_size
    start = start if start <= size else 0  # it was rotated since
    with log.open("rb") as file:
        file.seek(max(start, size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(nothing was logged)"
