"""The retry policy of every process: exponential backoff with jitter while a service is unavailable."""

import random
from collections.abc import Callable

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_delay,
    stop_never,
)

from runtime.errors import ServiceUnavailable

INITIAL_DELAY_SECONDS = 0.2
MAX_DELAY_SECONDS = 10.0
MAX_JITTER_SECONDS = 1.0
MAX_DOUBLINGS = 10
# A server may ask for a longer wait, which is at most this.
MAX_RETRY_AFTER_SECONDS = 600.0


def retry_delay(failures: int, requested_seconds: float = 0) -> float:
    """Return the seconds until the next attempt after this many failures in a row, at least 1.

    It is at least `requested_seconds`. The jitter is added to the maximum delay too, so that many clients do
    not retry in lockstep.
    """
    delay = min(INITIAL_DELAY_SECONDS * 2.0 ** min(failures - 1, MAX_DOUBLINGS), MAX_DELAY_SECONDS)
    return max(delay, requested_seconds) + random.uniform(0, MAX_JITTER_SECONDS)  # noqa: S311 (no secret)


def retry(
    *,
    sleep: Callable[[float], None],
    on_failure: Callable[[ServiceUnavailable, float], None],
    no_retry_on: tuple[type[ServiceUnavailable], ...] = (),
    max_elapsed_seconds: float = 0,
) -> Retrying:
    """Return a callable that runs a function and retries it while it raises ServiceUnavailable.

    The delay is at least the error's `retry_after`. `sleep` waits between attempts and may raise to end them.
    `on_failure` receives each error and the seconds until the next attempt. The last error is raised once
    `max_elapsed_seconds` have passed (0: never), and an error of a type in `no_retry_on` at once.
    """

    def wait(state: RetryCallState) -> float:
        error = _failure(state)
        requested = min((error and error.retry_after) or 0, MAX_RETRY_AFTER_SECONDS)
        return retry_delay(state.attempt_number, requested)

    def before_sleep(state: RetryCallState) -> None:
        if error := _failure(state):
            on_failure(error, state.upcoming_sleep)

    return Retrying(
        retry=retry_if_exception_type(ServiceUnavailable) & retry_if_not_exception_type(no_retry_on),
        wait=wait,
        stop=stop_after_delay(max_elapsed_seconds) if max_elapsed_seconds else stop_never,
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )


def _failure(state: RetryCallState) -> ServiceUnavailable | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, ServiceUnavailable) else None
