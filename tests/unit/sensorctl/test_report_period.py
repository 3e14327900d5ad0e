"""The times of a report's period, in zones whose clocks change at night."""

from datetime import UTC, datetime

import pytest
import typer

from runtime.errors import InvalidInput
from sensorctl.reports.options import build_spec, parse_date_time_or_age, resolve_time


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-11-01", "America/St_Johns", datetime(2026, 11, 1, 2, 30, tzinfo=UTC)),
        ("2026-11-02", "America/St_Johns", datetime(2026, 11, 2, 3, 30, tzinfo=UTC)),
        ("2026-04-24", "Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),  # it starts at 01:00
        ("2019-11-03", "America/Havana", datetime(2019, 11, 3, 4, tzinfo=UTC)),  # its midnight occurs twice
        ("2026-11-01T01:30-02:30", "America/St_Johns", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_date_is_the_start_of_its_day(text: str, zone: str, expected: datetime) -> None:
    assert resolve_time(parse_date_time_or_age(text), zone, "--from") == expected


@pytest.mark.parametrize(
    ("text", "zone", "message"),
    [
        ("2026-11-01T01:30", "America/St_Johns", "occurs twice in America/St_Johns.* -0230 or -0330"),
        ("2019-11-03T00:00", "America/Havana", "occurs twice in America/Havana.* -0400 or -0500"),
        ("2026-04-24T00:00", "Africa/Cairo", r"does not occur in Africa/Cairo.* \+0200 or \+0300"),
    ],
)
def test_a_time_that_is_none_or_two_is_refused_with_its_offsets(text: str, zone: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        resolve_time(parse_date_time_or_age(text), zone, "--from")


def test_a_period_that_ends_before_its_start_is_not_blamed_on_the_sensor() -> None:
    start, end = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)

    with pytest.raises(InvalidInput, match=r"^report: from must be before to$"):
        build_spec({"sensors": ("fridge",), "from": start, "to": end})
