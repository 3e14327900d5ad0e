"""Trying again: on what, how long, and with which pauses."""

from types import SimpleNamespace

import pytest

from service.errors import ServiceUnavailable, Stopped
from service.retry import INITIAL_SECONDS, JITTER_SECONDS, LONGEST_SECONDS, retrying
from tests.unit.fakes import FakeClock


class Away(ServiceUnavailable):
    """Comes back."""


class Gone(ServiceUnavailable):
    """Does not."""


class Attempts:
    """A function that fails so often, and what was heard of it."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.pauses: list[float] = []
        self.heard: list[tuple[str, float]] = []

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def hear(self, error: ServiceUnavailable, seconds: float) -> None:
        self.heard.append((str(error), seconds))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock by which a limit is kept."""
    clock = FakeClock()
    monkeypatch.setattr("tenacity.time", SimpleNamespace(monotonic=clock))
    return clock


def test_it_tries_until_it_works_and_tells_each_failure_with_its_pause() -> None:
    work = Attempts(Away("1"), Away("2"))

    result = retrying(sleep=work.pauses.append, on_failure=work.hear)(work)

    assert (result, work.calls) == ("done", 3)
    assert work.heard == [("1", work.pauses[0]), ("2", work.pauses[1])]


def test_pauses_double_up_to_a_longest_and_are_jittered() -> None:
    work = Attempts(*[Away()] * 40)

    retrying(sleep=work.pauses.append, on_failure=work.hear)(work)

    for number, pause in enumerate(work.pauses):
        exponential = min(INITIAL_SECONDS * 2**number, LONGEST_SECONDS)
        assert exponential <= pause <= exponential + JITTER_SECONDS
    assert len(set(work.pauses[-20:])) == 20, "many clients would stay in step"


def test_after_the_limit_the_last_error_is_raised(clock: FakeClock) -> None:
    work = Attempts(*[Away(str(number)) for number in range(100)])

    def sleep(seconds: float) -> None:
        clock.now += seconds

    with pytest.raises(Away) as caught:
        retrying(sleep=sleep, on_failure=work.hear, limit_seconds=60)(work)

    pauses = [seconds for _, seconds in work.heard]
    assert str(caught.value) == str(work.calls - 1)
    assert sum(pauses[:-1]) < 60 <= sum(pauses), "it ends with the first failure after the limit"


def test_an_exception_in_unless_ends_it_at_once() -> None:
    work = Attempts(Away(), Gone("for good"), Away())

    with pytest.raises(Gone, match="for good"):
        retrying(sleep=work.pauses.append, on_failure=work.hear, unless=(Gone,))(work)

    assert work.calls == 2


def test_what_is_no_outage_is_not_tried_again() -> None:
    work = Attempts(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        retrying(sleep=work.pauses.append, on_failure=work.hear)(work)

    assert (work.calls, work.heard) == (1, [])


def test_a_sleep_that_raises_ends_it() -> None:
    def stopped(_seconds: float) -> None:
        raise Stopped

    work = Attempts(Away(), Away())

    with pytest.raises(Stopped):
        retrying(sleep=stopped, on_failure=work.hear)(work)

    assert work.calls == 1


def test_arguments_reach_the_work() -> None:
    attempts = retrying(sleep=lambda _seconds: None, on_failure=lambda _error, _seconds: None)

    assert attempts(divmod, 7, 2) == (3, 1)
