"""The spec of reports, and the periods that it can name."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.kinds import dump_spec, parse_spec, plan_jobs
from jobs.reports import ReportPeriod, ReportSpec, last_period, resolve_period
from jobs.spans import Span
from runtime.errors import InvalidInput

BERLIN, SAO_PAULO, BEIRUT = map(ZoneInfo, ("Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut"))
SPEC: dict[str, Any] = {"sensors": ["fridge"], "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "at", "zone", "start", "end"),
    [
        ("last-day", "2026-11-27T12:00", UTC, "2026-11-26T00:00", "2026-11-27T00:00"),
        # At the time of the request it is the next day there already.
        ("last-day", "2026-11-26T23:30", BERLIN, "2026-11-25T23:00", "2026-11-26T23:00"),
        # Days of 25 and 23 hours.
        ("last-day", "2026-10-26T05:00", BERLIN, "2026-10-24T22:00", "2026-10-25T23:00"),
        ("last-day", "2026-03-30T05:00", BERLIN, "2026-03-28T23:00", "2026-03-29T22:00"),
        ("last-week", "2026-11-27T12:00", UTC, "2026-11-16T00:00", "2026-11-23T00:00"),
        ("last-week", "2026-11-23T00:00", UTC, "2026-11-16T00:00", "2026-11-23T00:00"),
        ("last-month", "2026-11-27T12:00", BERLIN, "2026-09-30T22:00", "2026-10-31T23:00"),
        ("last-month", "2026-01-01T05:00", SAO_PAULO, "2025-12-01T03:00", "2026-01-01T03:00"),
        ("last-month", "2024-03-10T05:00", UTC, "2024-02-01T00:00", "2024-03-01T00:00"),
        # Its clocks are moved forward at midnight: the day starts at 01:00.
        ("last-day", "2026-03-30T05:00", BEIRUT, "2026-03-28T22:00", "2026-03-29T21:00"),
    ],
)
def test_a_period_is_of_whole_days_in_the_zone(
    period: ReportPeriod, at: str, zone: ZoneInfo, start: str, end: str
) -> None:
    assert last_period(period, utc(at), zone) == Span(utc(start), utc(end))


def test_a_report_has_a_fixed_period_or_one_before_the_time_it_is_requested_for() -> None:
    at = utc("2026-11-27T12:00")
    fixed = ReportSpec.model_validate(SPEC)
    moving = ReportSpec.model_validate({"location": "attic", "period": "last-day"})

    assert resolve_period(fixed, at, BERLIN) == Span(utc("2026-10-01"), utc("2026-11-01"))
    assert resolve_period(moving, at, BERLIN) == last_period("last-day", at, BERLIN)


def test_a_report_is_one_job_whose_spec_has_what_was_given() -> None:
    [job] = plan_jobs("report", {"sensors": [" fridge "], "period": "last-month", "formats": ["pdf", "json"]})

    assert (job.kind, job.spec) == (
        "report",
        {
            "sensors": ["fridge"], "period": "last-month", "formats": ["pdf", "json"], "limits": [],
            "recipients": [],
            "keep": False,
        },
    )  # fmt: skip
    assert dump_spec(parse_spec("report", SPEC))["from"] == "2026-10-01T00:00:00Z"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sensors": []}, "names no sensor: give sensors, or a location"),
        ({"sensors": ["a", "a"]}, "contains one twice"),
        ({"sensors": ["a", "\x00"]}, "must not contain control"),
        ({"period": "last-month"}, "give one of them"),
        ({"to": None}, "give from and to, or period"),
        ({"to": "2026-10-01T00:00:00Z"}, "from must be before to"),
        ({"to": "2026-11-01T00:00:00"}, "offset"),
        ({"formats": []}, "formats"),
        ({"formats": ["pdf", "pdf"]}, "contains one twice"),
        ({"formats": ["docx"]}, "pdf"),
        ({"time_zone": "Mars/Olympus"}, "must be a time zone"),
        ({"limits": [{"kind": "rate", "threshold": 1}]}, "high"),
        ({"limits": [{"kind": "high", "threshold": -300}]}, "-273.15"),
        (
            {"limits": [{"kind": "high", "threshold": 2}, {"kind": "low", "threshold": 8}]},
            "the low limit 8 °C must be below the high limit 2 °C",
        ),
        ({"sensors": "a"}, "must be an array"),
        ({"language": "xx"}, "en"),
        ({"sensor": "a"}, "sensor"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_spec("report", SPEC | fields)
    assert message in f"{refused.value} {refused.value.field}"
