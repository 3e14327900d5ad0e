"""`sensorctl key`: create, list and revoke keys of the page and the API."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.table import Table

from db.queries.keys import ApiKey, Keys
from runtime.access import NewKey, Role, generate_key, hash_secret
from runtime.text import escape_unprintable
from runtime.validation_messages import to_invalid_input
from sensorctl.actor import current_actor
from sensorctl.output import JsonOption, print_message, safe_text, show, show_json
from sensorctl.settings import discover_manager_settings

app = typer.Typer(help="Manage the keys of the page and the API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the key, which the audit shows.")]


@app.command()
def create(
    name: Name,
    role: Annotated[
        Role,
        typer.Option(
            "--role",
            help="viewer reads; operator also changes sensors and dead letters; admin also manages keys.",
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Create a key and print it. It is shown this once: only its hash is stored."""
    request = _new_key(name, role)
    key = generate_key()
    with _keys() as keys:
        created = keys.create(current_actor(), request.name, request.role, hash_secret(key))
    if as_json:
        show_json(_record(created) | {"key": key})
    else:
        print(key)
        print_message(
            f"Created the key {escape_unprintable(created.name)} with the role {created.role}. Keep it: it "
            "cannot be shown again. Log in to the page with it, or send it as `Authorization: Bearer KEY`."
        )


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show every key: its role, when it was created, used and revoked."""
    with _keys() as keys:
        found = keys.read_all()
    if as_json:
        show_json([_record(key) for key in found])
    elif found:
        show(_table(found))
    else:
        print("No keys: anyone who reaches the page may look, but not change anything.")


@app.command()
def revoke(name: Name, as_json: JsonOption = False) -> None:
    """End a key and everyone's login with it, within seconds."""
    with _keys() as keys:
        revoked = keys.revoke(current_actor(), name)
        is_last = all(key.revoked_at for key in keys.read_all())
    if as_json:
        show_json(_record(revoked))
        return
    print(f"Revoked the key {escape_unprintable(revoked.name)}.")
    if is_last:
        print_message("No key is valid any more: anyone who reaches the page may look again.")


def _new_key(name: str, role: Role) -> NewKey:
    try:
        return NewKey(name=name, role=role)
    except ValidationError as error:
        raise to_invalid_input(error) from None


@contextmanager
def _keys() -> Iterator[Keys]:
    keys = Keys(discover_manager_settings(), "sensorctl")
    try:
        yield keys
    finally:
        keys.close()


def _record(key: ApiKey) -> dict[str, Any]:
    return key._asdict()


def _table(keys: Sequence[ApiKey]) -> Table:
    table = Table(title="Keys (times in UTC)", title_justify="left")
    for heading in ("name", "role", "created", "by", "last used", "revoked"):
        table.add_column(heading)
    for key in keys:
        table.add_row(
            safe_text(key.name),
            key.role,
            _time(key.created_at),
            safe_text(key.created_by),
            _time(key.last_used_at) or "never",
            _time(key.revoked_at),
        )
    return table


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
