"""The states of a supervised process, named as supervisord names them."""

from enum import StrEnum


class ProcessState(StrEnum):
    """The state of a process under the native stack's supervisor."""

    RUNNING = "RUNNING"
    BACKOFF = "BACKOFF"  # it exited and waits for its restart
    FATAL = "FATAL"  # it failed too often, or with a configuration error: it is not restarted
    EXITED = "EXITED"  # it finished its work
    STOPPED = "STOPPED"  # it was stopped on request
