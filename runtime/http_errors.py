"""What HTTP clients of this project share."""

from collections.abc import Iterator


def os_error_text(error: BaseException) -> str | None:
    """Return the system's text for the error below a client's error, such as "Connection refused".

    It never contains the URL, which may hold a secret.
    """
    return next(
        (cause.strerror for cause in causes(error) if isinstance(cause, OSError) and cause.strerror), None
    )


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
