"""The process of the service for workflows: serves the API, fires schedules, and relays events."""

import sys
from contextlib import ExitStack, closing
from functools import partial

from db.errors import StoreUnavailable
from db.queries.keys import Keys
from db.queries.statements import Statements
from db.workflows.outbox import Outbox
from db.workflows.planning import Planner
from db.workflows.requests import WorkflowRequests
from db.workflows.schedules import Schedules
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.service_thread import ServiceThread
from runtime.settings import load
from runtime.watchdog import watchdog
from web.auth import Authenticator
from web.keyring import KeyRing
from web.server import serve_http
from workflow_api.resources import open_workflow_resources
from workflows.app import create_workflows_app
from workflows.relay import NAME, Relay
from workflows.scheduler import ReportingStatements, Scheduler
from workflows.settings import WorkflowsSettings
from workflows.telemetry import BROKER, DATABASE, WorkflowsTelemetry

SCHEDULE_INTERVAL_SECONDS = 1.0
# A schedule may request 100,000 jobs, which are stored one by one.
STATEMENT_TIMEOUT_SECONDS = 60.0
WAIT_SECONDS = 60.0
JOIN_SECONDS = 3.0


def main(shutdown: ShutdownSignal) -> None:
    """Run until shutdown."""
    run_workflows(load(WorkflowsSettings), shutdown)


def run_workflows(settings: WorkflowsSettings, shutdown: ShutdownSignal) -> None:
    """Run with these settings until shutdown. A broker or a database that is down does not end it."""
    configure_logging(settings.log_level, settings.log_format)
    health = Health(BROKER, DATABASE)
    telemetry = WorkflowsTelemetry(health)
    with ExitStack() as stack:
        statements = stack.enter_context(
            closing(
                ReportingStatements(
                    settings, telemetry.progress, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
                )
            )
        )
        outbox = stack.enter_context(closing(Statements(settings, "outbox")))
        requests = stack.enter_context(closing(WorkflowRequests(settings, NAME)))
        resources = stack.enter_context(closing(open_workflow_resources(settings)))
        ring = KeyRing(stack.enter_context(closing(Keys(settings))))
        auth = Authenticator(
            ring, telemetry.request_rejected, settings.proxies, settings.workflows_anonymous_view
        )
        app = create_workflows_app(resources, auth=auth, health=health, hosts=settings.hosts)
        relay = Relay(settings, Outbox(outbox), requests, telemetry, shutdown)
        scheduler = Scheduler(Schedules(statements), Planner(statements), telemetry)
        # A statement may wait for a frozen database for longer than a process has to stop.
        threads = [
            ServiceThread("relay", relay.run, shutdown),
            ServiceThread("schedules", partial(fire_schedules, scheduler, telemetry, shutdown), shutdown),
        ]
        port = stack.enter_context(
            serve_http(app, settings.http_host, settings.http_port, resources.stopped.set)
        )
        stack.enter_context(watchdog(health))
        stack.enter_context(ring.refreshing())
        telemetry.serving(port)
        for thread in threads:
            thread.start()
        while not shutdown.wait(WAIT_SECONDS):  # the threads work
            pass
        for thread in threads:
            thread.join(JOIN_SECONDS)
    for thread in threads:
        if thread.error:
            raise thread.error


def fire_schedules(scheduler: Scheduler, telemetry: WorkflowsTelemetry, shutdown: ShutdownSignal) -> None:
    """Fire what is due about once per second, until shutdown."""
    while not shutdown.is_set():
        try:
            scheduler.fire_due()
        except StoreUnavailable as error:
            telemetry.database_down(error)
        else:
            telemetry.database_up()
        telemetry.progress()
        shutdown.wait(SCHEDULE_INTERVAL_SECONDS)


if __name__ == "__main__":
    sys.exit(run(main))
