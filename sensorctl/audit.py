"""`sensorctl audit`: who changed what."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from db.queries.audit import Audit, AuditEntry, AuditFilter, JsonObject
from sensorctl.output import JsonOption, safe_text, show, show_json
from sensorctl.settings import discover_manager_settings
from sensorctl.time_options import parse_age

app = typer.Typer(help="Show who changed what.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `list` a command of its own while it is the only one."""


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of changes.")] = 50,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_age, metavar="AGE", help="Only changes since, such as 10m or 1d."),
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Only of this actor, such as key:NAME.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as api-key or sensor.")] = None,
    object_id: Annotated[str | None, typer.Option("--object", help="Only of the thing with this ID.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest changes: who made each, when, what it was and what it became."""
    selection = AuditFilter(since=since, actor=actor, object_kind=kind, object_id=object_id)
    with closing(Audit(discover_manager_settings(), "sensorctl")) as audit:
        entries = audit.read(selection, limit)
    if as_json:
        show_json([entry._asdict() for entry in entries])
    elif entries:
        show(_table(entries))
    else:
        print("No changes.")


def _table(entries: Sequence[AuditEntry]) -> Table:
    table = Table(title="Changes, newest first (times in UTC)", title_justify="left")
    for heading in ("at", "actor", "action", "what", "was", "became"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        was, became = _differences(entry.before, entry.after)
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            safe_text(entry.actor),
            safe_text(entry.action),
            safe_text(f"{entry.object_kind} {entry.object_id}".strip()),
            safe_text(was),
            safe_text(became),
        )
    return table


def _differences(before: JsonObject | None, after: JsonObject | None) -> tuple[str, str]:
    """Return both as text, without the fields that have the same value in both."""
    if before is None or after is None:
        return _text(before), _text(after)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    was, became = ({name: side[name] for name in changed if name in side} for side in (before, after))
    return _text(was), _text(became)


def _text(fields: JsonObject | None) -> str:
    if fields is None:
        return ""
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
