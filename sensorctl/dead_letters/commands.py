"""`sensorctl dead`: what an operator does with messages that could not become a reading."""

from collections import Counter
from datetime import datetime
from typing import Annotated

import typer

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import MAX_REPLAYS, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import to_record
from runtime.lifecycle import EXIT_FAILURE
from sensorctl.dead_letters import file as deadfile
from sensorctl.dead_letters import operations as deadwork
from sensorctl.dead_letters.views import dead_table, reasons_line, whole
from sensorctl.output import AsJson, note, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.time_options import moment_ago

# Fetched in a moment, and enough to see what a bad night was about.
LOOKED_AT = 1_000
app = typer.Typer(help="Messages that could never become a reading.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Those with these IDs only.")]
Reasons = Annotated[list[str] | None, typer.Option("--reason", help="With this reason; may be repeated.")]
Sensors = Annotated[list[str] | None, typer.Option("--sensor", help="Of this sensor; may be repeated.")]
Older = Annotated[
    datetime | None,
    typer.Option("--older-than", parser=moment_ago, metavar="AGE", help="Dead for longer, such as 10m, 1d."),
]
Newer = Annotated[
    datetime | None,
    typer.Option("--newer-than", parser=moment_ago, metavar="AGE", help="Dead for less, such as 10m, 1d."),
]
Limit = Annotated[int | None, typer.Option(min=1, help="How many at most.")]


@app.command("list")
def list_(
    reasons: Reasons = None,
    sensors: Sensors = None,
    older: Older = None,
    newer: Newer = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to show at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Count the whole queue.")] = False,
    as_json: AsJson = False,
) -> None:
    """The oldest dead messages and how many there are of each reason; they stay where they are."""
    selection = DeadLetterFilter((), reasons or (), sensors or (), older, newer)
    counts: Counter[str] = Counter()
    messages: list[DeadLetter] = []
    looked_at = 0
    with open_dead_letter_queue(discover_settings()) as queue:
        for looked_at, message in enumerate(queue.peek(), start=1):
            if selection(message):
                counts[message.reason] += 1
                messages += [message] if len(messages) < limit else []
            if len(messages) == limit and looked_at >= max(LOOKED_AT, limit) and not everything:
                break
        depth = queue.depth
    if as_json:
        show_json([to_record(message) for message in messages])
    elif depth == 0:
        print("No dead messages.")
    else:
        seen = "all" if looked_at >= depth else f"the oldest {looked_at}"
        show(dead_table(messages, f"{depth} dead messages. Selected of {seen}: {reasons_line(counts)}"))


@app.command("show")
def show_(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `sensorctl dead list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """One dead message, whole; it stays where it is."""
    with open_dead_letter_queue(discover_settings()) as queue:
        found = next((message for message in queue.peek() if message.id == id_), None)
    if found is None:
        note(f"No dead message has the ID {id_}.")
        raise typer.Exit(EXIT_FAILURE)
    if as_json:
        show_json(to_record(found))
    else:
        print(whole(found))


@app.command()
def replay(
    ids: Ids = None,
    reasons: Reasons = None,
    sensors: Sensors = None,
    older: Older = None,
    newer: Newer = None,
    limit: Limit = None,
    rate: Annotated[float | None, typer.Option(min=0.01, help="So many a second at most.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be replayed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Even what was replayed three times.")] = False,
) -> None:
    """Put dead messages into the queue again; each leaves the dead queue once the broker has confirmed it.

    What dies again counts its replays, and is refused after the third.
    """
    selection = DeadLetterFilter(ids or (), reasons or (), sensors or (), older, newer)
    follow = deadwork.on_a_bar("replay")
    work = Replay(selection, limit=limit, rate=rate, force=force, progress=follow)
    done = work.dry_run(discover_settings()) if dry_run else deadwork.replay(discover_settings(), work)
    print(f"{'Would replay' if dry_run else 'Replayed'} {done.total()}: {reasons_line(done)}.")
    if work.skipped:
        note(f"Refused {work.skipped}, replayed {MAX_REPLAYS} times already: --force replays them.")
    _end(selection, failed=work.skipped > 0)


@app.command()
def discard(
    ids: Ids = None,
    reasons: Reasons = None,
    sensors: Sensors = None,
    older: Older = None,
    newer: Newer = None,
    limit: Limit = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove dead messages for ever, after asking. `sensorctl dead export` keeps a copy."""
    selection = DeadLetterFilter(ids or (), reasons or (), sensors or (), older, newer)
    settings = discover_settings()
    discarded = deadwork.discard(settings, selection, limit, None if yes else _ask)
    print(f"Discarded {discarded.total()}: {reasons_line(discarded)}.")
    _end(selection, failed=False)


@app.command("export")
def export_(
    file: Annotated[str, typer.Argument(help="A new file, or - for standard output.")],
    reasons: Reasons = None,
    sensors: Sensors = None,
    older: Older = None,
    newer: Newer = None,
) -> None:
    """Write dead messages as JSON lines, whole; they stay where they are."""
    selection = DeadLetterFilter((), reasons or (), sensors or (), older, newer)
    note(f"Exported {deadfile.export(discover_settings(), selection, file)} dead messages.")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="What `export` wrote, or - for standard input.")],
) -> None:
    """Put exported messages into the dead queue, each confirmed. Wrong lines are told and passed over."""
    imported, wrong = deadfile.put_back(discover_settings(), file)
    note(f"Imported {imported} dead messages.")
    if wrong:
        note(f"Wrong lines, not imported: {wrong}.")
        raise typer.Exit(EXIT_FAILURE)


def _ask(reasons: Counter[str]) -> bool:
    return typer.confirm(f"Discard {reasons.total()} dead messages for ever ({reasons_line(reasons)})?")


def _end(selection: DeadLetterFilter, *, failed: bool) -> None:
    if unmet := selection.missing_ids():
        note(f"Not found: {', '.join(unmet)}")
    if failed or unmet:
        raise typer.Exit(EXIT_FAILURE)
