"""Times and ages in options."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from sensorctl.time_options import parse_age, parse_time_or_age


@pytest.mark.parametrize(
    ("age", "seconds"),
    [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1.5h", 5400)],
)
def test_an_age_is_parsed_to_a_time(age: str, seconds: float) -> None:
    before = datetime.now(UTC)

    time = parse_age(age)

    assert before <= time + timedelta(seconds=seconds) <= datetime.now(UTC)


@pytest.mark.parametrize("parse", [parse_age, parse_time_or_age])
@pytest.mark.parametrize("age", ["", "10", "h", "-1h", "1 year", "999999999w", "1e3s"])
def test_an_invalid_age_is_a_usage_error(age: str, parse: type) -> None:
    with pytest.raises(typer.BadParameter, match="is not an age"):
        parse(age)
