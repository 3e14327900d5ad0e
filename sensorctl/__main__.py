"""`sensorctl`: what an operator asks of the running system."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.live import Live

from alerter.__main__ import run_alerter
from db.errors import StoreUnavailable
from db.queries.storage import read_storage
from db.queries.summary import Summary
from messaging.errors import BrokerUnavailable
from monitoring.collector import Collector
from runtime import lifecycle
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.lifecycle import EXIT_CONFIGURATION, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_UNAVAILABLE
from runtime.logs import configure_logging
from runtime.text import escape_unprintable
from sensorctl.dead_letters import commands as dead
from sensorctl.doctor import examine
from sensorctl.history import commands as bulk
from sensorctl.logs.commands import logs
from sensorctl.output import AsJson, console, show, show_json
from sensorctl.reconcile import reconciliation as books
from sensorctl.reconcile.views import as_record, balance_table, verdict
from sensorctl.settings import (
    OperatorSettings,
    discover_alerter_settings,
    discover_settings,
    discover_setup_settings,
)
from sensorctl.setup import set_up
from sensorctl.status.command import settled_look, watch_status
from sensorctl.status.views import screen
from sensorctl.storage import retention_sentence, sizes_table, storage_record
from sensorctl.time_options import moment_ago
from sensorctl.views import findings_table, summary_table

WATCH_SECONDS = 1.0
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(dead.app, name="dead")
app.command("import")(bulk.import_)
app.command("export")(bulk.export)
app.command()(logs)


@app.callback()
def _root() -> None:
    """Finds the running stack by itself, or takes RABBITMQ_* and POSTGRES_* (or *_URL) variables."""


@app.command()
def summary(
    as_json: AsJson = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again each second.")] = False,
    wait: Annotated[float, typer.Option(help="Wait so many seconds for the first reading.")] = 0,
) -> None:
    """The last hour of each sensor: readings, minimum, mean, maximum and the last value."""
    with _summary() as source:
        _await_first(source, wait)
        if as_json:
            show_json(source.sensors())
        elif watch:
            _watch(source)
        else:
            show(summary_table(source.sensors(), source.overall()))


@app.command()
def doctor() -> None:
    """Check variables, broker, queue, database, schema and clock; exit 1 when something is to be done."""
    findings = list(examine(discover_settings()))
    show(findings_table(findings))
    if any(finding.advice for finding in findings):
        raise typer.Exit(EXIT_FAILURE)


@app.command()
def status(
    as_json: AsJson = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again each second.")] = False,
) -> None:
    """Services, queue, sensors, and what is wrong since when; exit 1 when something is to be done."""
    with closing(Collector(discover_settings())) as collector:
        if watch:
            watch_status(collector)
        overview = settled_look(collector)
    if as_json:
        show_json(asdict(overview))
    else:
        show(screen(overview, console()))
    if overview.problems:
        raise typer.Exit(EXIT_FAILURE)


@app.command()
def reconcile(
    as_json: AsJson = False,
    since: Annotated[
        datetime | None,
        typer.Option(parser=moment_ago, metavar="AGE", help="Only what was measured since, such as 1h, 2d."),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Wait so many seconds for what is missing.")] = 90,
) -> None:
    """Balance published = stored + dead + in the queue, per sensor; exit 1 when something is lost.

    Right while the system runs. What is missing is waited for until it cannot be on its way any more.
    """
    with console(stderr=True).status("counting") as status:
        result = books.reconcile(
            discover_settings(),
            since=since,
            wait_seconds=wait,
            tell=lambda missing: status.update(f"{missing} missing: waiting for what is on its way"),
        )
    if as_json:
        show_json(as_record(result))
    else:
        show(balance_table(result))
        for sentence in verdict(result):
            print(escape_unprintable(sentence))
    if not result.balanced:
        raise typer.Exit(EXIT_FAILURE)


@app.command()
def sizes(as_json: AsJson = False) -> None:
    """Rows (estimated) and bytes of each table and of each day, and for how long readings are kept."""
    storage = read_storage(discover_settings())
    if as_json:
        show_json(storage_record(storage))
    else:
        show(sizes_table(storage))
        print(retention_sentence(storage))


@app.command()
def alerter() -> None:
    """Evaluate the system's status every few seconds, and notify receivers of alerts, until it is stopped.

    The receivers are the exchange `events` and ALERT_WEBHOOK_URL. The stacks already run one as a service.
    """
    raise typer.Exit(lifecycle.run(lambda stop: run_alerter(discover_alerter_settings(), stop)))


@app.command()
def setup() -> None:
    """Migrate the database, keep its partitions, declare the topology, make users, roles and a policy.

    It is done as the owner; with Compose: docker compose run --rm setup
    """
    settings = discover_setup_settings()
    configure_logging(settings.log_level, settings.log_format)
    set_up(settings, time.sleep)


def main() -> None:
    """The entry point: errors become a sentence and an exit code."""
    try:
        app()
    except ConfigurationError as error:
        _end(str(error), EXIT_CONFIGURATION)
    except ServiceUnavailable as error:
        _end(f"{_who(error)}{error}\nRun `sensorctl doctor` to see what is missing.", EXIT_UNAVAILABLE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def _who(error: ServiceUnavailable) -> str:
    """Whose answer it is, which the answer itself does not tell."""
    if isinstance(error, BrokerUnavailable):
        return "broker: "
    return "database: " if isinstance(error, StoreUnavailable) else ""


def _end(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)


@contextmanager
def _summary() -> Iterator[Summary]:
    settings: OperatorSettings = discover_settings()
    source = Summary(settings)
    try:
        yield source
    finally:
        source.close()


def _await_first(source: Summary, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not source.sensors() and time.monotonic() < deadline:
        time.sleep(WATCH_SECONDS / 2)


def _watch(source: Summary) -> None:
    with Live(console=console(), refresh_per_second=4) as live:
        while True:
            live.update(summary_table(source.sensors(), source.overall()))
            time.sleep(WATCH_SECONDS)


if __name__ == "__main__":
    main()
