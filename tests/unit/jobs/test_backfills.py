"""Plans of backfills."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobs.backfills import (
    Again,
    BackfillSpec,
    RestSpec,
    SourceHistory,
    backfill_jobs,
    parts,
    plan_backfill,
    plan_gaps,
)
from jobs.spans import Span, union
from runtime.errors import InvalidInput
from tests.unit.jobs.test_spans import HOUR, SPANS, START, hours, span

NOW = START + 1_000 * HOUR


def backfill(first: int = 0, last: int = 24, chunk: float = 6, **fields: Any) -> BackfillSpec:
    return BackfillSpec.model_validate(
        {"source": "home", "from": START + first * HOUR, "to": START + last * HOUR, "chunk": chunk * HOUR}
        | fields
    )


def test_everything_is_fetched_in_chunks_when_nothing_was_before() -> None:
    plan = plan_backfill(backfill(last=20), SourceHistory(), NOW)

    assert plan.chunks == [span(0, 6), span(6, 12), span(12, 18), span(18, 20)]
    assert (plan.covered, plan.active, plan.failed) == ([], [], [])


def test_the_newest_chunk_can_be_the_first() -> None:
    plan = plan_backfill(backfill(last=20, newest_first=True), SourceHistory(), NOW)

    assert plan.chunks == [span(18, 20), span(12, 18), span(6, 12), span(0, 6)]


HISTORY = SourceHistory(covered=[span(0, 8)], active=[span(8, 10)], failed=[span(4, 14)])


@pytest.mark.parametrize(
    ("again", "chunks"),
    [
        ("none", [span(14, 18), span(18, 24)]),
        ("failed", [span(10, 12), span(12, 18), span(18, 24)]),
        ("completed", [span(0, 6), span(6, 8), span(10, 12), span(12, 18), span(18, 24)]),
    ],
)
def test_again_decides_what_is_fetched_again(again: Again, chunks: list[Span]) -> None:
    assert plan_backfill(backfill(again=again), HISTORY, NOW).chunks == chunks


def test_the_plan_says_what_is_left_out() -> None:
    plan = plan_backfill(backfill(first=2, last=12), HISTORY, NOW)

    assert (plan.covered, plan.active, plan.failed) == ([span(2, 8)], [span(8, 10)], [span(10, 12)])
    assert plan.chunks == []


@given(
    SPANS, SPANS, SPANS, st.sampled_from(["none", "failed", "completed"]), st.integers(1, 9), st.booleans()
)
def test_each_hour_is_fetched_once_or_left_out_for_one_reason(
    covered: list[Span], active: list[Span], failed: list[Span], again: Again, chunk: int, newest_first: bool
) -> None:
    history = SourceHistory(covered, active, failed)

    plan = plan_backfill(backfill(5, 35, chunk, again=again, newest_first=newest_first), history, NOW)

    left_out = [*plan.covered, *plan.active, *plan.failed]
    lengths = sum((each.length for each in [*plan.chunks, *left_out]), timedelta())
    assert union([*plan.chunks, *left_out]) == [span(5, 35)]
    assert lengths == 30 * HOUR
    assert not hours(plan.chunks) & hours(active)
    fetched = {"none": hours([*covered, *failed]), "failed": hours(covered), "completed": set()}[again]
    assert not hours(plan.chunks) & fetched
    assert plan.chunks == sorted(plan.chunks, reverse=newest_first)


def test_nothing_after_now_is_planned() -> None:
    assert plan_backfill(backfill(), SourceHistory(), START + 7 * HOUR).chunks == [span(0, 6), span(6, 7)]
    assert plan_backfill(backfill(), SourceHistory(), START).chunks == []


def test_gaps_are_fetched_exactly_unless_a_job_has_still_to_fetch_them() -> None:
    history = SourceHistory(covered=[span(0, 2)], active=[span(5, 6)], failed=[span(8, 9)])

    assert plan_gaps([span(1, 4), span(3, 6), span(8, 12)], history, 3 * HOUR) == [
        span(1, 4),
        span(4, 5),
        span(8, 10),
        span(10, 12),
    ]
    assert plan_gaps([], history, HOUR) == []


def test_too_many_chunks_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2 min cuts this time into more than 10,000 chunks"):
        plan_backfill(backfill(last=1_000, chunk=1 / 30), SourceHistory(), NOW)


def test_the_jobs_of_chunks_have_specs_of_their_kind() -> None:
    jobs = backfill_jobs("home", [span(0, 6)], revise=True)

    assert [job.kind for job in jobs] == ["rest"]
    spec = RestSpec.model_validate(jobs[0].spec)
    assert (spec.start, spec.end, spec.revise, spec.mark) == (*span(0, 6), True, True)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"from": "2025-01-01T00:00:00Z"}, "has one of from and to"),
        ({"from": "2025-01-02T00:00:00Z", "to": "2025-01-02T00:00:00Z"}, "from must be before to"),
        ({"from": "2025-01-01T00:00:00", "to": "2025-01-02T00:00:00Z"}, "timezone"),
        ({"until": "2025-01-02T00:00:00Z"}, "Extra inputs"),
    ],
)
def test_a_spec_that_can_be_read_in_two_ways_is_refused(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RestSpec.model_validate({"source": "home"} | fields)


def test_a_chunk_is_read_in_parts_of_a_day_or_more() -> None:
    assert parts(span(0, 6)) == [span(0, 6)]
    assert parts(span(0, 50)) == [span(0, 24), span(24, 48), span(48, 50)]
    month = parts(span(0, 30 * 24))
    assert (len(month), union(month)) == (8, [span(0, 30 * 24)])
