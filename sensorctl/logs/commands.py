"""`sensorctl logs`: show or summarise the logs of all services."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from readings.ids import sensor_id_forms
from readings.ranges import check_order
from runtime.text import escape_unprintable
from sensorctl.logs.filter import Level, LogFilter
from sensorctl.logs.parser import LogEvent
from sensorctl.logs.reader import UnparsedLines
from sensorctl.logs.sources import discover_sources, file_sources, open_events
from sensorctl.logs.summary import LogSummary
from sensorctl.logs.views import console_line, json_record, summary_record, summary_tables
from sensorctl.output import print_message, show, show_json
from sensorctl.time_options import parse_time_or_age

Values = list[str] | None


def logs(
    files: Annotated[
        Values, typer.Argument(metavar="FILE", help="Log files, or - for standard input.")
    ] = None,
    services: Annotated[
        Values,
        typer.Option(
            "--service",
            help="Only this service; `pipeline` includes pipeline-1, and * is a wildcard. Repeatable.",
        ),
    ] = None,
    level: Annotated[Level, typer.Option(help="Only this level and above.")] = Level.DEBUG,
    events: Annotated[
        Values, typer.Option("--event", help="Only this event, such as 'broker*'. Repeatable.")
    ] = None,
    sensors: Annotated[
        Values, typer.Option("--sensor", help="Only events about this sensor. Repeatable.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_time_or_age, metavar="TIME|AGE", help="Only events from this time on."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=parse_time_or_age, metavar="TIME|AGE", help="Only events before this time."),
    ] = None,
    summary: Annotated[
        bool,
        typer.Option(
            "--summary", help="Count events, warnings, errors and starts, and list the slowest stores."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON Lines; with --summary one object.")
    ] = False,
) -> None:
    """Show the logs of all services in order of time.

    Without a file, the logs of the running system are read, in both formats of LOG_FORMAT. Lines that are not
    events are counted and reported at the end. Times are ISO 8601 (UTC unless they have an offset) or ages
    such as 10m or 2h. To follow: make logs | sensorctl logs -
    """
    check_order(since, until, start_field="since", end_field="until")
    selection = LogFilter(services or (), level, events or (), sensor_id_forms(sensors or ()), since, until)
    sources = (
        file_sources(files)
        if files
        else [source for source in discover_sources() if selection.matches_service(source.service)]
    )
    unparsed = UnparsedLines(selection.matches_service)
    with open_events(sources, unparsed) as all_events:
        selected = filter(selection, all_events)
        if summary:
            _print_summary(selected, unparsed, as_json=as_json)
        else:
            _print_events(selected, as_json=as_json)
    if unparsed.counts:
        counts = ", ".join(f"{number} of {service}" for service, number in unparsed.counts.most_common())
        print_message(
            escape_unprintable(f"Lines that are not events: {counts}. The first: {unparsed.example}")
        )


def _print_events(events: Iterator[LogEvent], *, as_json: bool) -> None:
    for event in events:
        print(json.dumps(json_record(event)) if as_json else console_line(event), flush=True)


def _print_summary(events: Iterator[LogEvent], unparsed: UnparsedLines, *, as_json: bool) -> None:
    summary = LogSummary()
    for event in events:
        summary.add(event)
    if as_json:
        show_json(summary_record(summary, unparsed.counts))
    else:
        for table in summary_tables(summary):
            show(table)
