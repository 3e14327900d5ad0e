"""One way to try again: exponential backoff with jitter, on what may come back."""

from collections.abc import Callable

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_delay,
    stop_never,
    wait_exponential,
    wait_random,
)

from runtime.errors import ServiceUnavailable

INITIAL_SECONDS = 0.2
LONGEST_SECONDS = 10.0
JITTER_SECONDS = 1.0


def retrying(
    *,
    sleep: Callable[[float], None],
    on_failure: Callable[[ServiceUnavailable, float], None],
    unless: tuple[type[ServiceUnavailable], ...] = (),
    limit_seconds: float = 0,
) -> Retrying:
    """Retry while ServiceUnavailable is raised, for `limit_seconds` in all (0: for ever); then raise it.

    Errors of the types in `unless` end it at once. `sleep` waits between attempts and may raise to end
    them; `on_failure` hears of each failure and of the seconds until the next attempt.
    """

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ServiceUnavailable):
            on_failure(error, state.upcoming_sleep)

    return Retrying(
        retry=retry_if_exception_type(ServiceUnavailable) & retry_if_not_exception_type(unless),
        # The jitter comes on top of the longest wait too, so that many clients do not stay in step.
        wait=wait_exponential(multiplier=INITIAL_SECONDS, max=LONGEST_SECONDS)
        + wait_random(0, JITTER_SECONDS),
        stop=stop_after_delay(limit_seconds) if limit_seconds else stop_never,
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )
