"""`sensorctl summary`: the last hour of each sensor."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from db.queries.summary import Summary
from sensorctl.output import (
    JsonOption,
    WatchOption,
    check_watch,
    console,
    print_message,
    safe_text,
    show,
    show_json,
)
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_seconds
from sensorctl.time_shifts import AHEAD_HINT, TIME_SHIFT_HINT, describe_readings_ahead, describe_time_shifts

REFRESH_INTERVAL_SECONDS = 1.0
Row = dict[str, Any]


def summary(
    as_json: JsonOption = False,
    watch: WatchOption = False,
    wait: Annotated[
        float,
        typer.Option(
            parser=parse_seconds,
            metavar="SECONDS",
            help="Seconds to wait for the first reading.",
            show_default=False,
        ),
    ] = 0,
) -> None:
    """Show the last hour of each sensor: readings, minimum, mean, maximum and last value.

    Notes name sensors whose times are hours behind, which are therefore missing from the last hour, and
    readings that are ahead of the clock. With `--json` they are on standard error.

    Raises:
        typer.BadParameter: When --json and --watch are given.
    """
    check_watch(as_json=as_json, watch=watch)
    with closing(Summary(discover_settings())) as source:
        _await_first_reading(source, wait)
        if as_json:
            show_json(source.sensors())
            for line in _describe_wrong_times(source):
                print_message(line)
        elif watch:
            _watch(source)
        else:
            show(summary_table(source.sensors(), source.overall()))
            for line in _describe_wrong_times(source):
                show(safe_text(line))


def _describe_wrong_times(source: Summary) -> Iterator[str]:
    if shifts := source.time_shifts():
        yield f"!! {describe_time_shifts(shifts)}"
        yield f"→ {TIME_SHIFT_HINT}"
    if ahead := source.readings_ahead():
        yield f"!! {describe_readings_ahead(ahead)}"
        yield f"→ {AHEAD_HINT}"


def _await_first_reading(source: Summary, timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not source.sensors() and time.monotonic() < deadline:
        time.sleep(REFRESH_INTERVAL_SECONDS / 2)


def _watch(source: Summary) -> None:
    with Live(console=console(), refresh_per_second=4) as live:
        while True:
            live.update(summary_table(source.sensors(), source.overall()))
            time.sleep(REFRESH_INTERVAL_SECONDS)


def summary_table(sensors: list[Row], overall: Row, now: datetime | None = None) -> Table:
    """Return the last hour: one row per sensor, and a total of several sensors."""
    now = now or datetime.now(UTC)
    table = Table(title="The last hour, °C", title_justify="left", show_footer=len(sensors) > 1)
    table.add_column("sensor", footer="all")
    table.add_column("name")
    table.add_column("location")
    for title, key in (("readings", "readings"), ("min", "min_temperature"), ("mean", "mean_temperature"),
                       ("max", "max_temperature"), ("last", "last_temperature")):  # fmt: skip
        table.add_column(title, footer=_format_number(overall[key]), justify="right")
    table.add_column("measured", footer=_format_age(overall["last_measured_at"], now), justify="right")
    for row in sensors:
        table.add_row(*_summary_cells(row, now))
    return table


def _summary_cells(row: Row, now: datetime) -> Iterable[Text | str]:
    yield from (safe_text(row[key] or "") for key in ("sensor_id", "name", "location"))
    for key in ("readings", "min_temperature", "mean_temperature", "max_temperature", "last_temperature"):
        yield _format_number(row[key])
    yield _format_age(row["last_measured_at"], now)


def _format_number(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _format_age(time: datetime | None, now: datetime) -> str:
    return "" if time is None else f"{max(0.0, (now - time).total_seconds()):.0f} s ago"
