"""`sensorctl reconcile`: account for every published reading."""

from datetime import datetime
from typing import Annotated

import typer

from runtime.text import escape_unprintable, quantity
from sensorctl.output import JsonOption, console, fail, print_message, show, show_json
from sensorctl.reconcile.reconciliation import Reconciliation, acknowledge_losses, run_reconciliation
from sensorctl.reconcile.views import (
    conclusion_lines,
    fetched_table,
    reconciliation_record,
    reconciliation_table,
)
from sensorctl.settings import OperatorSettings, discover_settings
from sensorctl.time_options import parse_age, parse_seconds

DEFAULT_WAIT_SECONDS = 90.0
MAX_REASON_CHARACTERS = 500  # as the table has it


def reconcile(
    as_json: JsonOption = False,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_age, metavar="AGE", help="Only readings measured since, such as 1h or 2d."),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            parser=parse_seconds,
            metavar="SECONDS",
            help="Seconds to wait for missing readings that may be in flight.",
        ),
    ] = DEFAULT_WAIT_SECONDS,
    acknowledge: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Record the lost readings as known, with this reason: later runs do not count them as lost.",
        ),
    ] = None,
) -> None:
    """Account for every published reading: stored, dead, in flight or lost, per sensor.

    The result is correct while the system runs: missing readings are waited for until they can no longer be
    in flight. The exit code is 1 if readings are lost that are not acknowledged.

    Raises:
        typer.BadParameter: When the reason is empty or too long.
    """
    if acknowledge is not None and not 1 <= len(acknowledge.strip()) <= MAX_REASON_CHARACTERS:
        raise typer.BadParameter(
            f"--acknowledge requires a reason of 1 to {MAX_REASON_CHARACTERS} characters"
        )
    settings = discover_settings()
    with console(stderr=True).status("counting") as spinner:
        result = run_reconciliation(
            settings,
            since=since,
            wait_seconds=wait,
            on_missing=lambda missing: spinner.update(f"waiting for {missing} missing readings"),
        )
    if as_json:
        show_json(reconciliation_record(result))
    else:
        show(reconciliation_table(result))
        if fetched := fetched_table(result):
            show(fetched)
        for line in conclusion_lines(result):
            print(escape_unprintable(line))
    if acknowledge is not None:
        _acknowledge(settings, result, acknowledge.strip(), quiet=as_json)
    elif not result.balanced:
        fail()


def _acknowledge(settings: OperatorSettings, result: Reconciliation, reason: str, *, quiet: bool) -> None:
    if result.balance.missing and result.in_flight != 0:
        print_message("Acknowledged nothing: the missing readings may be in flight. Run the command again.")
        fail()
    count = acknowledge_losses(settings, result, reason)
    if not quiet:
        print_message(f"Acknowledged {quantity(count, 'lost reading')}." if count else "No reading is lost.")
    if result.unexplained:
        fail("Fetched readings that are not found are not acknowledged: rerun their workflows.")
