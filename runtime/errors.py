"""Errors that decide how a process ends or waits, and the translation of library errors into them."""

from collections.abc import Callable


class ConfigurationError(Exception):
    """A setting is invalid; the message names the variable and the allowed values."""


class ServiceUnavailable(Exception):
    """A required service does not answer now, and may answer later.

    `retry_after` is how many seconds it requires to wait; None if it does not say.
    """

    retry_after: float | None = None


class OutcomeUnknown(ServiceUnavailable):
    """The service may have done what was requested: its response was lost."""


class InvalidInput(Exception):
    """What a user entered is refused, and nothing was changed.

    `field` names what was entered; `message` says why it is refused, and what is accepted.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.message = message
        self.field = field


class ShutdownRequested(Exception):
    """A shutdown was requested while the process was waiting."""


class ErrorTranslator:
    """A context manager that replaces errors raised in its block.

    `translate` returns the replacement, or None to let the original error pass. This is a class because
    every reading passes through several of these blocks, and `contextmanager` would add 10 µs to its 80 µs.
    """

    def __init__(self, translate: Callable[[BaseException], Exception | None]) -> None:
        self._translate = translate

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None and (translated := self._translate(error)) is not None:
            raise translated from error
