"""`sensorctl logs`: what all services logged, by time, filtered or summed up."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from runtime.text import escape_unprintable
from sensorctl.logs.filter import Level, LogFilter
from sensorctl.logs.lines import LogEvent
from sensorctl.logs.reader import Unread
from sensorctl.logs.sources import events_of, found, named
from sensorctl.logs.summary import LogSummary
from sensorctl.logs.views import console_line, json_record, summary_record, summary_tables
from sensorctl.output import note, show, show_json
from sensorctl.time_options import moment

Names = list[str] | None
Moment = typer.Option(parser=moment, metavar="TIME|AGE")


def logs(
    files: Annotated[
        Names, typer.Argument(metavar="[FILE]...", help="Log files, or - for standard input.")
    ] = None,
    services: Annotated[
        Names, typer.Option("--service", help="Of this one; pipeline is each pipeline-…, * anything.")
    ] = None,
    level: Annotated[Level, typer.Option(help="Of this level and above.")] = Level.DEBUG,
    events: Annotated[Names, typer.Option("--event", help="Of this name, such as 'broker*'.")] = None,
    sensors: Annotated[Names, typer.Option("--sensor", help="About this sensor.")] = None,
    since: Annotated[datetime | None, Moment] = None,
    until: Annotated[datetime | None, Moment] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Events, errors and starts by service; the slowest stores.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines; with --summary one object.")] = False,
) -> None:
    """The structured logs of all services by time: of the running system, or of files.

    Both formats of LOG_FORMAT are read. Lines that are no events are counted, and told at the end. To
    follow: make logs | sensorctl logs -
    """
    chosen = LogFilter(services or (), level, events or (), sensors or (), since, until)
    sources = named(files) if files else [log for log in found() if chosen.of_service(log.service)]
    unread = Unread(chosen.of_service)
    with events_of(sources, unread) as every:
        wanted = filter(chosen, every)
        if summary:
            _sum_up(wanted, unread, as_json=as_json)
        else:
            _print(wanted, as_json=as_json)
    if unread.lines:
        of = ", ".join(f"{number} of {service}" for service, number in unread.lines.most_common())
        note(escape_unprintable(f"Lines that are no events: {of}. The first: {unread.example}"))


def _print(events: Iterator[LogEvent], *, as_json: bool) -> None:
    for event in events:
        print(json.dumps(json_record(event)) if as_json else console_line(event), flush=True)


def _sum_up(events: Iterator[LogEvent], unread: Unread, *, as_json: bool) -> None:
    summary = LogSummary()
    for event in events:
        summary.add(event)
    if as_json:
        show_json(summary_record(summary, unread.lines))
    else:
        for table in summary_tables(summary):
            show(table)
