"""Operate the running system: status, logs, dead letters, import and export, setup."""

import sys
import time

import typer

from alerter.__main__ import run_alerter
from db.errors import StoreUnavailable
from messaging.errors import BrokerUnavailable
from runtime import lifecycle
from runtime.errors import ConfigurationError, ServiceUnavailable
from runtime.lifecycle import EXIT_CONFIGURATION, EXIT_INTERRUPTED, EXIT_UNAVAILABLE
from runtime.logs import configure_logging
from sensorctl.dead_letters import commands as dead_letters
from sensorctl.doctor import doctor
from sensorctl.history import commands as history
from sensorctl.logs.commands import logs
from sensorctl.reconcile.command import reconcile
from sensorctl.settings import discover_alerter_settings, discover_setup_settings
from sensorctl.setup import set_up
from sensorctl.status.command import status
from sensorctl.storage import storage
from sensorctl.summary import summary

HELP = """Operate the running system.

It finds the native stack or the Compose stack on this machine. To use another system, set RABBITMQ_* and
POSTGRES_* variables, or RABBITMQ_URL and DATABASE_URL.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (status, doctor, summary, storage, logs, reconcile):
    app.command()(command)
app.command("import")(history.import_)
app.command("export")(history.export)
app.add_typer(dead_letters.app, name="dead")


@app.command()
def setup() -> None:
    """Set up database and broker: schema, partitions, topology, users, roles and policy.

    It requires the owner's login and can be repeated. With Compose: docker compose run --rm setup
    """
    settings = discover_setup_settings()
    configure_logging(settings.log_level, settings.log_format)
    set_up(settings, time.sleep)


@app.command()
def alerter() -> None:
    """Run the alerter: notify receivers of the start and the end of each problem, until it is stopped.

    The receivers are the exchange `events` and ALERT_WEBHOOK_URL. Both stacks already run it as a service.
    """
    sys.exit(lifecycle.run(lambda stop: run_alerter(discover_alerter_settings(), stop)))


def main() -> None:
    """Run the command; turn errors into a message and an exit code."""
    try:
        app()
    except ConfigurationError as error:
        _exit(str(error), EXIT_CONFIGURATION)
    except ServiceUnavailable as error:
        message = f"{_server_prefix(error)}{error}\nRun `sensorctl doctor` to see what is missing."
        _exit(message, EXIT_UNAVAILABLE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def _server_prefix(error: ServiceUnavailable) -> str:
    """Name the server, since its message often does not."""
    if isinstance(error, BrokerUnavailable):
        return "broker: "
    return "database: " if isinstance(error, StoreUnavailable) else ""


def _exit(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
