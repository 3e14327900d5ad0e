"""`sensorctl dead`: list, show, replay, discard, export and import dead letters."""

import math
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Annotated

import typer

from db.queries.audit import REPLAY
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import MAX_REPLAYS, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import to_record
from readings.ids import sensor_id_forms
from runtime.text import quantity
from sensorctl.dead_letters.file import export_messages, import_messages
from sensorctl.dead_letters.operations import Recorder, progress_of, run_discard, run_replay
from sensorctl.dead_letters.views import dead_letters_table, format_dead_letter, format_reasons
from sensorctl.output import JsonOption, fail, print_message, show, show_json
from sensorctl.settings import discover_manager_settings, discover_settings
from sensorctl.time_options import parse_age

# Fetched within a moment, and usually enough to recognise a pattern.
DEFAULT_INSPECTED = 1_000
MIN_RATE, MAX_RATE = 0.01, 1e6
app = typer.Typer(help="Manage messages that could not be stored as a reading.", no_args_is_help=True)


def parse_rate(text: str) -> float:
    """Return a number of messages per second.

    Raises:
        typer.BadParameter: When it is none, NaN included.
    """
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not MIN_RATE <= rate <= MAX_RATE:
        raise typer.BadParameter(f"{text!r} must be a number from {MIN_RATE:g} to {MAX_RATE:g}")
    return rate


Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Only messages with these IDs.")]
Reasons = Annotated[list[str] | None, typer.Option("--reason", help="Only this reason. Repeatable.")]
Sensors = Annotated[list[str] | None, typer.Option("--sensor", help="Only this sensor. Repeatable.")]
OlderThan = Annotated[
    datetime | None,
    typer.Option(parser=parse_age, metavar="AGE", help="Only messages dead for longer, such as 10m or 1d."),
]
NewerThan = Annotated[
    datetime | None,
    typer.Option(parser=parse_age, metavar="AGE", help="Only messages dead for less, such as 10m or 1d."),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Maximum number of messages.")]


@app.command("list")
def list_(
    reasons: Reasons = None,
    sensors: Sensors = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Maximum number of messages to show.")] = 20,
    count_all: Annotated[
        bool, typer.Option("--all", help="Count the whole queue instead of the oldest 1,000 messages.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the oldest dead letters, and count them by reason. They stay in the queue."""
    selection = _selection((), reasons, sensors, older_than, newer_than)
    counts: Counter[str] = Counter()
    shown: list[DeadLetter] = []
    inspected = 0
    with open_dead_letter_queue(discover_settings()) as queue:
        for inspected, letter in enumerate(queue.peek(), start=1):
            if selection(letter):
                counts[letter.reason] += 1
                if len(shown) < limit:
                    shown.append(letter)
            if len(shown) == limit and inspected >= max(DEFAULT_INSPECTED, limit) and not count_all:
                break
        depth = queue.depth
    if as_json:
        show_json([to_record(letter) for letter in shown])
    elif depth == 0:
        print("No dead letters.")
    else:
        scope = "all" if inspected >= depth else f"the oldest {inspected}"
        title = f"{quantity(depth, 'dead letter')}. Selected from {scope}: {format_reasons(counts)}"
        show(dead_letters_table(shown, title))


@app.command("show")
def show_(
    id_: Annotated[str, typer.Argument(metavar="ID", help="ID from `sensorctl dead list`.")],
    as_json: JsonOption = False,
) -> None:
    """Show one dead letter completely, of a body above 64 KiB the start. It stays in the queue."""
    with open_dead_letter_queue(discover_settings()) as queue:
        found = next((letter for letter in queue.peek() if letter.id == id_), None)
    if found is None:
        fail(f"No dead letter has the ID {id_}.")
    if as_json:
        show_json(to_record(found))
    else:
        print(format_dead_letter(found))


@app.command()
def replay(
    ids: Ids = None,
    reasons: Reasons = None,
    sensors: Sensors = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    limit: Limit = None,
    rate: Annotated[
        float | None,
        typer.Option(parser=parse_rate, metavar="NUMBER", help="Maximum number of messages per second."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be replayed.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help=f"Include messages that were replayed {MAX_REPLAYS} times.")
    ] = False,
) -> None:
    """Put dead letters back into the queue.

    A message leaves the dead-letter queue only when the broker has confirmed its copy. A message that is
    dead-lettered again counts its replays, and is skipped after three.
    """
    selection = _selection(ids or (), reasons, sensors, older_than, newer_than)
    settings = discover_manager_settings()
    changes = Recorder(settings, REPLAY, selection)
    operation = Replay(
        selection,
        limit=limit,
        rate=rate,
        force=force,
        progress=progress_of("replay"),
        on_done=changes.add,
    )
    replayed = operation.dry_run(settings) if dry_run else run_replay(settings, operation, changes)
    print(f"{'Would replay' if dry_run else 'Replayed'} {replayed.total()}: {format_reasons(replayed)}.")
    if operation.skipped:
        print_message(
            f"Skipped {operation.skipped}, already replayed {MAX_REPLAYS} times. Use --force to replay them."
        )
    _exit_on_failure(selection, failed=operation.skipped > 0)


@app.command()
def discard(
    ids: Ids = None,
    reasons: Reasons = None,
    sensors: Sensors = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    limit: Limit = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete dead letters permanently, after confirmation. `sensorctl dead export` makes a copy."""
    selection = _selection(ids or (), reasons, sensors, older_than, newer_than)
    discarded = run_discard(discover_manager_settings(), selection, limit, None if yes else _confirm_discard)
    print(f"Discarded {discarded.total()}: {format_reasons(discarded)}.")
    _exit_on_failure(selection, failed=False)


@app.command("export")
def export_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new file, or - for standard output.")],
    reasons: Reasons = None,
    sensors: Sensors = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
) -> None:
    """Write dead letters completely as JSON Lines. They stay in the queue."""
    selection = _selection((), reasons, sensors, older_than, newer_than)
    exported = export_messages(discover_settings(), selection, file)
    print_message(f"Exported {quantity(exported, 'dead letter')}.")


@app.command("import")
def import_(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A file of `sensorctl dead export`, or - for standard input."),
    ],
) -> None:
    """Put exported messages into the dead-letter queue.

    Each is confirmed by the broker. Invalid lines are reported and skipped, and the exit code is then 1.
    """
    imported, invalid = import_messages(discover_settings(), file)
    print_message(f"Imported {quantity(imported, 'dead letter')}.")
    if invalid:
        fail(f"Skipped {quantity(invalid, 'invalid line')}.")


def _selection(
    ids: Collection[str],
    reasons: Collection[str] | None,
    sensors: Collection[str] | None,
    older_than: datetime | None,
    newer_than: datetime | None,
) -> DeadLetterFilter:
    """Return the filter of these options.

    Raises:
        typer.BadParameter: When no age meets both limits.
    """
    if older_than and newer_than and older_than < newer_than:
        raise typer.BadParameter(
            "no message meets both --older-than and --newer-than: --newer-than must be the longer age"
        )
    return DeadLetterFilter(ids, reasons or (), sensor_id_forms(sensors or ()), older_than, newer_than)


def _confirm_discard(reasons: Counter[str]) -> bool:
    letters = quantity(reasons.total(), "dead letter")
    return typer.confirm(f"Delete {letters} permanently ({format_reasons(reasons)})?")


def _exit_on_failure(selection: DeadLetterFilter, *, failed: bool) -> None:
    if missing_ids := selection.missing_ids():
        print_message(f"Not found: {', '.join(missing_ids)}")
    if failed or missing_ids:
        fail()
