"""`sensorctl anomalies`: show, follow and mark anomalies."""

from datetime import datetime
from typing import Annotated, get_args

import typer

from db.queries.anomalies import Anomalies, AnomalyFilter, AnomalyKind, Verdict
from db.queries.statements import Row
from readings.ids import sensor_id_forms
from runtime.text import escape_unprintable
from sensorctl.actor import current_actor
from sensorctl.analysis.follower import AnomalyFollower, follow
from sensorctl.analysis.options import check_past, manager, reader
from sensorctl.analysis.views import anomaly_table
from sensorctl.output import JsonOption, note_if_cut, show, show_json
from sensorctl.time_options import parse_time_or_age

app = typer.Typer(invoke_without_command=True, add_completion=False)

MAX_ANOMALIES = 10_000
MAX_ID = 2**63 - 1
KINDS = ", ".join(get_args(AnomalyKind))
Number = Annotated[
    int, typer.Argument(metavar="ANOMALY", min=1, max=MAX_ID, help="The number of the anomaly.")
]


def parse_kind(text: str) -> str:
    """Return the name of a kind of anomaly.

    Raises:
        typer.BadParameter: When there is none of this name.
    """
    if text not in get_args(AnomalyKind):
        raise typer.BadParameter(f"{text!r} is not one of {KINDS}")
    return text


@app.callback()
def anomalies(
    context: typer.Context,
    sensor: Annotated[
        list[str] | None, typer.Option("--sensor", metavar="ID", help="Of this sensor; can be repeated.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", parser=parse_kind, metavar="KIND", help=f"Of this kind: {KINDS}; can be repeated."
        ),
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only ongoing anomalies.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=parse_time_or_age, metavar="TIME", help="That ended later, or last."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show ongoing anomalies, and what changes, until Ctrl-C.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; with --watch one object per line.")
    ] = False,
) -> None:
    """Show, follow and mark anomalies.

    Without a command it shows them, the ongoing first, with what was expected instead and why.
    """
    if command := context.invoked_subcommand:
        _refuse_options(command, is_given=any((sensor, kind, open_only, since, watch, as_json)))
        return
    check_past(since)
    selection = AnomalyFilter(
        sensors=sensor_id_forms(sensor) if sensor else None,
        kinds=kind or None,
        is_open=open_only or (watch and since is None),
        since=since,
    )
    with reader() as statements:
        source = Anomalies(statements)
        if watch:
            follow(AnomalyFollower(source, selection), as_json=as_json)
        _show(source.read(selection, MAX_ANOMALIES), as_json=as_json)


@app.command()
def mark(
    anomaly_id: Number,
    verdict: Annotated[Verdict, typer.Argument(metavar="VERDICT", help="Whether it is an anomaly.")],
    note: Annotated[str, typer.Option("--note", help="What you know about it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Mark an anomaly as right or wrong: receivers are not notified of it again until it ends."""
    _mark(anomaly_id, verdict, note, as_json=as_json)


@app.command()
def unmark(anomaly_id: Number, as_json: JsonOption = False) -> None:
    """Take the mark of an anomaly back."""
    _mark(anomaly_id, None, "", as_json=as_json)


def _mark(anomaly_id: int, verdict: Verdict | None, note: str, *, as_json: bool) -> None:
    with manager() as statements:
        row = Anomalies(statements).mark(current_actor(), anomaly_id, verdict, note)
    if as_json:
        show_json(row)
        return
    what = escape_unprintable(f"anomaly {anomaly_id}, {row['kind']} of sensor {row['sensor_id']}")
    print(f"Marked {what}, as {verdict}." if verdict else f"Took the mark of {what} back.")


def _refuse_options(command: str, *, is_given: bool) -> None:
    if is_given:
        raise typer.BadParameter(
            f"the options before `{command}` select what is shown: give its own after it"
        )


def _show(rows: list[Row], *, as_json: bool) -> None:
    note_if_cut(rows, MAX_ANOMALIES, "anomalies", "see --sensor, --kind, --open and --since")
    if as_json:
        show_json(rows)
    elif rows:
        show(anomaly_table(rows))
    else:
        print("No anomalies.")
