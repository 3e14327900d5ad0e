"""Operate the running system: status, logs, dead letters, import and export, keys, setup."""

import sys
from typing import ClassVar

import typer

from db.errors import InvalidData, StoreUnavailable
from messaging.errors import BrokerUnavailable
from runtime.command_line import report
from runtime.errors import InvalidInput, ServiceUnavailable
from runtime.exit_codes import EXIT_UNAVAILABLE, EXIT_USAGE
from sensorctl.lazy_group import CommandEntry, LazyGroup

HELP = """Operate the running system.

It finds the native stack or the Compose stack on this machine. To use another system, set RABBITMQ_* and
POSTGRES_* variables, or RABBITMQ_URL and DATABASE_URL.
"""


class Commands(LazyGroup):
    """The commands of sensorctl, in the order of the help. A test compares the lines with the commands."""

    entries: ClassVar[dict[str, CommandEntry]] = {
        "status": CommandEntry(
            "sensorctl.status.command",
            "status",
            "Show services, queue, throughput and sensors, and all problems with a hint.",
        ),
        "doctor": CommandEntry(
            "sensorctl.doctor",
            "doctor",
            "Check variables, broker, nodes, queues, policies, database, backup, schema, clock, consumers.",
        ),
        "summary": CommandEntry(
            "sensorctl.summary",
            "summary",
            "Show the last hour of each sensor: readings, minimum, mean, maximum and last value.",
        ),
        "storage": CommandEntry(
            "sensorctl.storage",
            "storage",
            "Show the rows (estimated) and bytes of each table and each day, and the retention.",
        ),
        "logs": CommandEntry(
            "sensorctl.logs.commands",
            "logs",
            "Show the logs of all services in order of time.",
        ),
        "reconcile": CommandEntry(
            "sensorctl.reconcile.command",
            "reconcile",
            "Account for every published reading: stored, dead, in flight or lost, per sensor.",
        ),
        "import": CommandEntry(
            "sensorctl.history.commands",
            "app",
            "Publish the readings of a file.",
        ),
        "export": CommandEntry(
            "sensorctl.history.export_command",
            "export",
            "Write readings or roll-ups to a file, in order of time.",
        ),
        "dead": CommandEntry(
            "sensorctl.dead_letters.commands",
            "app",
            "Manage messages that could not be stored as a reading.",
        ),
        "sensor": CommandEntry(
            "sensorctl.sensors.commands",
            "app",
            "Name, calibrate, retire and merge sensors.",
        ),
        "key": CommandEntry(
            "sensorctl.keys.commands",
            "app",
            "Manage the keys of the page and the API.",
        ),
        "audit": CommandEntry(
            "sensorctl.audit",
            "app",
            "Show who changed what.",
        ),
        "limit": CommandEntry(
            "sensorctl.limits.commands",
            "app",
            "Manage limits of temperatures.",
        ),
        "excursion": CommandEntry(
            "sensorctl.limits.excursions",
            "app",
            "Show and acknowledge excursions beyond limits.",
        ),
        "silence": CommandEntry(
            "sensorctl.limits.excursions",
            "silences",
            "Manage silences: receivers are not notified of excursions and anomalies.",
        ),
        "anomalies": CommandEntry(
            "sensorctl.analysis.anomalies",
            "app",
            "Show, follow and mark anomalies.",
        ),
        "model": CommandEntry(
            "sensorctl.analysis.models",
            "app",
            "Show, roll back and rebuild the models of sensors.",
        ),
        "forecast": CommandEntry(
            "sensorctl.analysis.forecast",
            "forecast",
            "Show what is expected of a sensor in the next hours, with the 95 % interval.",
        ),
        "evaluate": CommandEntry(
            "sensorctl.analysis.evaluate",
            "evaluate",
            "Show how well each model forecasts: error, that of the last value, skill and coverage.",
        ),
        "workflow": CommandEntry(
            "sensorctl.workflows.commands",
            "app",
            "Request, show and control workflows.",
        ),
        "backfill": CommandEntry(
            "sensorctl.workflows.backfill",
            "backfill",
            "Fetch the history of a source in chunks, without what was fetched before.",
        ),
        "gaps": CommandEntry(
            "sensorctl.workflows.gaps",
            "gaps",
            "Show which times of sources are missing: neither read completely, nor with readings.",
        ),
        "schedule": CommandEntry(
            "sensorctl.workflows.schedules",
            "app",
            "Request workflows at given times.",
        ),
        "source": CommandEntry(
            "sensorctl.workflows.sources",
            "app",
            "Manage other systems from which readings are fetched.",
        ),
        "dummy": CommandEntry(
            "sensorctl.workflows.dummy",
            "app",
            "Try workers, jobs, sources and connections, without any other system.",
        ),
        "report": CommandEntry(
            "sensorctl.reports.commands",
            "app",
            "Make, list, save and verify reports of sensors for a period.",
        ),
        "setup": CommandEntry(
            "sensorctl.setup",
            "setup",
            "Set up database and broker: schema, partitions, topology, users, roles and policy.",
        ),
        "alerter": CommandEntry(
            "sensorctl.alerter",
            "alerter",
            "Run the alerter: notify receivers of the start and the end of each problem, until it is stopped.",  # noqa: E501
        ),
    }


app = typer.Typer(
    cls=Commands,
    callback=lambda: None,  # without one, typer builds no group
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run() -> None:
    """Run the command; exit with a message and a code where it is refused or a server does not answer.

    Raises:
        SystemExit: Always.
    """
    try:
        app()
    except InvalidInput as error:
        sys.exit(report(str(error), EXIT_USAGE))
    except InvalidData as error:  # such as an argument that is not UTF-8
        sys.exit(report(f"The database refuses what was entered: {error}", EXIT_USAGE))
    except ServiceUnavailable as error:
        message = f"{_server_prefix(error)}{error}\nRun `sensorctl doctor` to see what is missing."
        sys.exit(report(message, EXIT_UNAVAILABLE))


def _server_prefix(error: ServiceUnavailable) -> str:
    """Name the server, since its message often does not."""
    if isinstance(error, BrokerUnavailable):
        return "broker: "
    return "database: " if isinstance(error, StoreUnavailable) else ""
