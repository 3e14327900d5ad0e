"""The errors that decide how a process ends or waits, and how a library's become this project's."""

from collections.abc import Callable


class ConfigurationError(Exception):
    """The environment holds a wrong setting; the message names the variable and what is allowed."""


class ServiceUnavailable(Exception):
    """Something this process needs does not answer now, and may again later."""


class ShutdownRequested(Exception):
    """The process was asked to stop while it waited."""


class Translation:
    """For the length of a block, raises what `meaning` gives for an error inside; None: the error itself.

    A class, since each reading passes through several, and `contextmanager` costs 10 µs of its 80.
    """

    def __init__(self, meaning: Callable[[BaseException], Exception | None]) -> None:
        self._meaning = meaning

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None and (meaning := self._meaning(error)) is not None:
            raise meaning from error
