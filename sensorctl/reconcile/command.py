"""`sensorctl reconcile`: account for every published reading."""

from datetime import datetime
from typing import Annotated

import typer

from runtime.text import escape_unprintable
from sensorctl.output import JsonOption, console, fail, show, show_json
from sensorctl.reconcile.reconciliation import run_reconciliation
from sensorctl.reconcile.views import conclusion_lines, reconciliation_record, reconciliation_table
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_age

DEFAULT_WAIT_SECONDS = 90.0


def reconcile(
    as_json: JsonOption = False,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_age, metavar="AGE", help="Only readings measured since, such as 1h or 2d."),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for missing readings that may be in flight.")
    ] = DEFAULT_WAIT_SECONDS,
) -> None:
    """Account for every published reading: stored, dead, in flight or lost, per sensor.

    The result is correct while the system runs: missing readings are waited for until they can no longer be
    in flight. The exit code is 1 if readings are lost.
    """
    with console(stderr=True).status("counting") as spinner:
        result = run_reconciliation(
            discover_settings(),
            since=since,
            wait_seconds=wait,
            on_missing=lambda missing: spinner.update(f"waiting for {missing} missing readings"),
        )
    if as_json:
        show_json(reconciliation_record(result))
    else:
        show(reconciliation_table(result))
        for line in conclusion_lines(result):
            print(escape_unprintable(line))
    if not result.balanced:
        fail()
