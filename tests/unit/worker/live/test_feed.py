from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.worker.live.world import (
    SENSORS,
    SETTLE_SECONDS,
    START,
    STEP,
    FakePublisher,
    World,
    WorldJob,
)
from worker.context import Covered, JobInterrupted
from worker.live.feed import LiveFeed
from worker.live.progress import LiveProgress
from worker.source_readings import SourceReadings
from worker.sources.model import SourceRefused

MAX_JOBS = 200
REPORTS_OF_FIRST_JOB = 5


def run_job(
    job: WorldJob,
    world: World,
    publisher: FakePublisher,
    cursor: datetime | None = None,
    *,
    history: bool = True,
    seconds: float | None = None,
) -> None:
    readings = SourceReadings(source="home", sensors=SENSORS)
    progress = LiveProgress(job, "home", cursor, readings.skipped, job.clock)
    feed = LiveFeed(
        job,
        world,
        world.history if history else None,
        publisher,
        readings,
        progress,
        settle_seconds=SETTLE_SECONDS,
        now=world.now,
        clock=job.clock,
    )
    feed.run(seconds)


def run_to_the_end(world: World, publisher: FakePublisher, *, history: bool = True) -> WorldJob:
    job = WorldJob(world)
    with pytest.raises(SourceRefused):
        run_job(job, world, publisher, history=history)
    return job


def union(covered: list[Covered]) -> list[tuple[int, int]]:
    """Return the periods as numbers of steps, those that meet as one."""
    periods: list[tuple[int, int]] = []
    for period in sorted(covered, key=lambda item: item.start):
        start, end = ((time - START) // STEP for time in (period.start, period.end))
        if periods and start <= periods[-1][1]:
            periods[-1] = (periods[-1][0], max(end, periods[-1][1]))
        else:
            periods.append((start, end))
    return periods


cuts = st.lists(st.integers(0, 12), max_size=6)
outages = st.integers(0, 4)


# Within a minute of what a clock that is right, or one that is a measurement ahead, would say.
skews = st.sampled_from([-50, 0, 50, STEP.seconds + 50])


@given(cuts, outages, st.booleans(), st.booleans(), skews)
def test_history_and_live_values_together_are_everything_once(
    lengths: list[int],
    outage: int,
    repeats: bool,
    disorder: bool,
    skew: int,
) -> None:
    world = World(lengths, outage, repeats=repeats, disorder=disorder, skew=skew)
    publisher = FakePublisher()
    job = run_to_the_end(world, publisher)
    assert sorted(publisher.temperatures) == [float(index) for index in range(world.measured)]
    assert union(job.covered) == [(0, world.measured)]
    assert job.done == world.measured


@given(cuts, outages)
def test_jobs_that_are_interrupted_anywhere_publish_everything_together(
    lengths: list[int], outage: int
) -> None:
    world, publisher = World(lengths, outage), FakePublisher()
    cursor: datetime | None = None
    covered: list[Covered] = []
    for reports in range(REPORTS_OF_FIRST_JOB, MAX_JOBS):
        job = WorldJob(world, interrupt_after=reports)
        try:
            run_job(job, world, publisher, cursor)
        except SourceRefused:
            break
        except JobInterrupted:
            pass
        finally:
            covered += job.covered
        cursor = max((period.end for period in covered), default=None)
    else:
        pytest.fail("the jobs make no progress")
    first = union(covered)[0][0] if covered else world.measured
    assert set(publisher.temperatures) >= set(map(float, range(first, world.measured)))
    assert [period for period in union(covered) if period[0] < period[1]] in ([], [(first, world.measured)])


@given(cuts, outages)
def test_without_history_the_time_without_a_connection_is_not_covered(
    lengths: list[int], outage: int
) -> None:
    world, publisher = World(lengths, outage), FakePublisher()
    job = run_to_the_end(world, publisher, history=False)
    expected = [index for first, last in world.connections for index in range(first, last)]
    assert publisher.temperatures == list(map(float, expected))
    covered = [index for start, end in union(job.covered) for index in range(start, end)]
    assert covered == expected


def test_repeated_and_skipped_values_are_counted_and_counts_continue() -> None:
    world, publisher = World([4, 2], 1, repeats=True), FakePublisher()
    job = run_to_the_end(world, publisher)
    counts = job.saved[-1]["counts"]
    assert counts == {
        "published": 8,
        "repeated": counts["repeated"],
        "disconnections": 2,
        "skipped": {"unavailable": 6},
    }
    skipped: Counter[str] = Counter()
    progress = LiveProgress(job, "home", None, skipped)
    assert (progress.counts["disconnections"], skipped["unavailable"]) == (2, 6)


def test_a_value_of_an_unknown_sensor_is_counted_and_not_published() -> None:
    world, publisher = World([3], 0), FakePublisher()
    job = WorldJob(world)
    readings = SourceReadings(source="home", sensors={})
    progress = LiveProgress(job, "home", None, readings.skipped, job.clock)
    feed = LiveFeed(job, world, None, publisher, readings, progress, now=world.now, clock=job.clock)
    with pytest.raises(SourceRefused):
        feed.run()
    assert publisher.published == []
    assert job.saved[-1]["counts"]["skipped"] == {"unknown sensor": 3}


def test_each_failure_is_waited_for_longer_and_the_reason_is_reported() -> None:
    world = World([0] * 8, 0)
    job = run_to_the_end(world, FakePublisher())
    waits = [float(message.split()[-2]) for message in job.messages if "next attempt" in message]
    assert any("no connection: the connection broke; next attempt in" in text for text in job.messages)
    assert len(waits) >= 8
    assert waits[0] <= 2 < waits[-1] <= 60
