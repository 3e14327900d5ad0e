"""The exit codes of every program of this project."""

import signal

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 69
EXIT_CONFIGURATION = 78
EXIT_INTERRUPTED = 130


def describe_exit(exit_code: int) -> str:
    """Describe how a child process ended; a negative code is the signal that killed it."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:  # most real-time signals have no name
        return f"was killed by signal {-exit_code}"
