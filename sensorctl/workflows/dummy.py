"""`sensorctl dummy`: try the parts that run workflows, without any other system."""

from typing import Annotated

import typer

from db.queries.statements import Row
from jobs.source_kinds import SourceKind
from messaging.management.ping import ALL_WORKERS
from runtime.errors import InvalidInput
from runtime.text import escape_unprintable
from sensorctl.actor import current_actor
from sensorctl.checks import check_results_table
from sensorctl.output import JsonOption, fail, print_message, show, show_json
from sensorctl.settings import discover_settings
from sensorctl.time_options import parse_seconds
from sensorctl.workflows.connectivity import check_connectivity
from sensorctl.workflows.options import Follow, JsonLinesOption, reader
from sensorctl.workflows.pings import collect, ping_once, ping_table, to_object
from sensorctl.workflows.request import request
from sensorctl.workflows.sources import define_source, manager
from sensorctl.workflows.workers import LOG_HINT, START_HINT, seen_workers

app = typer.Typer(
    help="Try workers, jobs, sources and connections, without any other system.", no_args_is_help=True
)

MAX_PINGS = 1_000
MAX_STEPS = 1_000_000
MAX_SENSORS = 1_000


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


@app.command("live")
def simulate_source(
    name: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Name of the source, which is set to this.")
    ] = "simulated",
    sensors: Annotated[
        int, typer.Option(min=1, max=MAX_SENSORS, help="How many sensors: NAME-1, NAME-2 and so on.")
    ] = 1,
    rate: Annotated[float, typer.Option(help="Measurements per second of each sensor.")] = 1.0,
    missing: Annotated[float, typer.Option(min=0, max=1, help="Probability that a value is missing.")] = 0.0,
    repeated: Annotated[
        float, typer.Option(min=0, max=1, help="Probability that a value is sent twice.")
    ] = 0.0,
    disconnect_after: Annotated[
        int | None, typer.Option(min=1, help="Number of values after which the connection is lost.")
    ] = None,
    follow: Follow = False,
    as_json: JsonLinesOption = False,
) -> None:
    """Set up a simulated source of live values, with faults if they are set, and request to store its values.

    It runs until its workflow is cancelled. Its sensors are stored like any other.
    """
    options = {"rate": rate, "missing": missing, "repeated": repeated, "disconnect_after": disconnect_after}
    names = [f"{name}-{number + 1}" for number in range(sensors)]
    given = {
        "kind": SourceKind.SIMULATED,
        "sensors": [{"remote": each, "sensor_id": each} for each in names],
        "options": {option: value for option, value in options.items() if value is not None},
    }
    with manager() as sources:
        existing = sources.read(name)
        _require_simulated(name, existing)
        sources.put(current_actor(), name, define_source(name, given, existing))
    print_message("It runs until `sensorctl workflow cancel` with the ID of the workflow stops it.")
    request("live", {"source": name}, follows=follow, as_json=as_json)


def _require_simulated(name: str, existing: Row | None) -> None:
    """Require that a source with this name, if there is one, is simulated.

    Raises:
        InvalidInput: When it is of another kind.
    """
    if existing is not None and existing["kind"] != SourceKind.SIMULATED:
        kind = existing["kind"]
        raise InvalidInput(f"{name} is a source of the kind {kind}: choose another name", "--source")


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
