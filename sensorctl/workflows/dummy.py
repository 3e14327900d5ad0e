"""`sensorctl dummy`: try the parts that run workflows, without any other system."""

from typing import Annotated

import typer

from messaging.management.ping import ALL_WORKERS
from runtime.text import escape_unprintable
from sensorctl.doctor import check_results_table
from sensorctl.output import JsonOption, fail, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_seconds
from sensorctl.workflows.connectivity import LOG_HINT, START_HINT, check_connectivity, seen_workers
from sensorctl.workflows.options import Follow, JsonLinesOption, reader
from sensorctl.workflows.pings import collect, ping_once, ping_table, to_object
from sensorctl.workflows.request import request

app = typer.Typer(
    help="Try workers, jobs, sources and connections, without any other system.", no_args_is_help=True
)

MAX_PINGS = 1_000
MAX_STEPS = 1_000_000


@app.command("ping")
def ping_workers(
    worker: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this worker, as `sensorctl workflow workers` names it."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=MAX_PINGS, help="How many pings.")] = 3,
    timeout: Annotated[
        float, typer.Option(parser=parse_seconds, metavar="SECONDS", help="How long to wait for each answer.")
    ] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Ping the workers through the broker, and show the round-trip time of each.

    The exit code is 1 if a worker that was seen within the last seconds does not answer each ping.
    """
    with reader() as queries:
        seen = [row["name"] for row in seen_workers(queries.workers())]
    expected = seen if worker is None else [worker]
    settings = discover_settings()
    rounds = [ping_once(settings, worker or ALL_WORKERS, timeout, len(expected)) for _ in range(count)]
    rows = collect(rounds, expected)
    if as_json:
        show_json([to_object(row) for row in rows])
    elif rows:
        show(ping_table(rows))
    if not rows:
        fail(f"No worker answered in {timeout:g} s: {START_HINT}.")
    if silent := [row.worker for row in rows if len(row.seconds) < row.sent]:
        fail(escape_unprintable(f"Not every ping was answered by {', '.join(silent)}: {LOG_HINT}."))


@app.command("job")
def simulate_job(
    seconds: Annotated[
        float, typer.Option(parser=parse_seconds, metavar="SECONDS", help="How long it takes.")
    ] = 5.0,
    steps: Annotated[
        int, typer.Option(min=1, max=MAX_STEPS, help="In how many steps, each with a checkpoint.")
    ] = 10,
    fail_after: Annotated[
        int | None, typer.Option(min=0, max=MAX_STEPS, help="Fail after so many steps of each attempt.")
    ] = None,
    exit_after: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_STEPS, help="End its process after so many steps of each attempt."),
    ] = None,
    stall_after: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_STEPS, help="Make no progress after so many steps of each attempt."),
    ] = None,
    follow: Follow = False,
    as_json: JsonLinesOption = False,
) -> None:
    """Request a simulated job that does nothing but take time, and fails, exits or stalls if that is set."""
    spec = {
        "seconds": seconds,
        "steps": steps,
        "fail_after": fail_after,
        "exit_after": exit_after,
        "hang_after": stall_after,
    }
    given = {name: value for name, value in spec.items() if value is not None}
    request("dummy", given, follows=follow, as_json=as_json)


@app.command()
def check(as_json: JsonOption = False) -> None:
    """Check every connection: broker, management, database, services, queues of jobs and workers.

    Each line is ok or comes with a hint. The exit code is 1 if a check fails.
    """
    results = list(check_connectivity(discover_settings()))
    if as_json:
        show_json([result._asdict() for result in results])
    else:
        show(check_results_table(results))
    if any(result.hint for result in results):
        fail()
