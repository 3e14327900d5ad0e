"""The retry policy: which errors are retried, for how long, and with which delays."""

from types import SimpleNamespace

import pytest

from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.retry import (
    INITIAL_DELAY_SECONDS,
    MAX_DELAY_SECONDS,
    MAX_JITTER_SECONDS,
    MAX_RETRY_AFTER_SECONDS,
    retry,
)
from tests.unit.fakes import FakeClock


class TemporarilyDown(ServiceUnavailable):
    """An error that is retried."""


class NotRetried(ServiceUnavailable):
    """An error that `no_retry_on` names."""


class FailingFunction:
    """A function that raises these errors first; it records its calls, delays and failures."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.delays: list[float] = []
        self.failures: list[tuple[str, float]] = []

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def record_failure(self, error: ServiceUnavailable, seconds: float) -> None:
        self.failures.append((str(error), seconds))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock that measures the elapsed time."""
    clock = FakeClock()
    monkeypatch.setattr("tenacity.time", SimpleNamespace(monotonic=clock))
    return clock


def test_it_retries_until_success_and_reports_each_failure_with_its_delay() -> None:
    function = FailingFunction(TemporarilyDown("1"), TemporarilyDown("2"))

    result = retry(sleep=function.delays.append, on_failure=function.record_failure)(function)

    assert (result, function.calls) == ("done", 3)
    assert function.failures == [("1", function.delays[0]), ("2", function.delays[1])]


def test_delays_double_up_to_a_maximum_and_are_jittered() -> None:
    function = FailingFunction(*[TemporarilyDown()] * 40)

    retry(sleep=function.delays.append, on_failure=function.record_failure)(function)

    for number, delay in enumerate(function.delays):
        exponential = min(INITIAL_DELAY_SECONDS * 2**number, MAX_DELAY_SECONDS)
        assert exponential <= delay <= exponential + MAX_JITTER_SECONDS
    assert len(set(function.delays[-20:])) == 20, "many clients would retry in lockstep"


@pytest.mark.parametrize(
    ("requested", "expected"), [(30.0, 30.0), (0.01, INITIAL_DELAY_SECONDS), (1e9, MAX_RETRY_AFTER_SECONDS)]
)
def test_a_delay_that_the_server_asks_for_is_kept(requested: float, expected: float) -> None:
    error = TemporarilyDown()
    error.retry_after = requested
    function = FailingFunction(error)

    retry(sleep=function.delays.append, on_failure=function.record_failure)(function)

    [delay] = function.delays
    assert expected <= delay <= expected + MAX_JITTER_SECONDS


def test_after_the_maximum_time_the_last_error_is_raised(clock: FakeClock) -> None:
    function = FailingFunction(*[TemporarilyDown(str(number)) for number in range(100)])

    def sleep(seconds: float) -> None:
        clock.now += seconds

    with pytest.raises(TemporarilyDown) as caught:
        retry(sleep=sleep, on_failure=function.record_failure, max_elapsed_seconds=60)(function)

    delays = [seconds for _, seconds in function.failures]
    assert str(caught.value) == str(function.calls - 1)
    assert sum(delays[:-1]) < 60 <= sum(delays), "it ends with the first failure after the maximum time"


def test_an_error_in_no_retry_on_is_raised_immediately() -> None:
    function = FailingFunction(TemporarilyDown(), NotRetried("for good"), TemporarilyDown())

    with pytest.raises(NotRetried, match="for good"):
        retry(sleep=function.delays.append, on_failure=function.record_failure, no_retry_on=(NotRetried,))(
            function
        )

    assert function.calls == 2


def test_other_errors_are_not_retried() -> None:
    function = FailingFunction(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        retry(sleep=function.delays.append, on_failure=function.record_failure)(function)

    assert (function.calls, function.failures) == (1, [])


def test_a_sleep_that_raises_ends_the_retries() -> None:
    def stopped(_seconds: float) -> None:
        raise ShutdownRequested

    function = FailingFunction(TemporarilyDown(), TemporarilyDown())

    with pytest.raises(ShutdownRequested):
        retry(sleep=stopped, on_failure=function.record_failure)(function)

    assert function.calls == 1


def test_arguments_are_passed_to_the_function() -> None:
    attempts = retry(sleep=lambda _seconds: None, on_failure=lambda _error, _seconds: None)

    assert attempts(divmod, 7, 2) == (3, 1)
