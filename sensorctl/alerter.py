"""`sensorctl alerter`: run the alerter of the discovered system, or test its receivers."""

import os
import sys
from typing import Annotated

import typer

from alerter.__main__ import run_alerter
from alerter.receivers.testing import send_test_notifications
from alerter.settings import AlerterSettings
from runtime import lifecycle
from runtime.env_file import read_env_file
from runtime.exit_codes import EXIT_UNAVAILABLE
from runtime.services import ALERTER, EVALUATOR
from sensorctl.settings import OPERATOR_LOGINS, discover, names_a_server
from sensorctl.stack_variables import ROOT

ALERTER_LOGINS = OPERATOR_LOGINS | {
    "RABBITMQ_USER": ALERTER.user_variable,
    "RABBITMQ_PASS": ALERTER.password_variable,
    "POSTGRES_USER": EVALUATOR.user_variable,
    "POSTGRES_PASSWORD": EVALUATOR.password_variable,
}
RECEIVER_VARIABLES = (
    "ALERT_WEBHOOK_URL",
    "ALERT_URLS",
    "ALERT_URLS_FILE",
    "ALERT_ROUTES",
    "ALERTER_EXTERNAL_URL",
    "SSL_CERT_FILE",
)
TestOption = Annotated[
    bool,
    typer.Option(
        "--test", help="Send a test notification to each receiver, say what happened for each, and exit."
    ),
]


def alerter(test: TestOption = False) -> None:
    """Run the alerter: notify receivers of the start and the end of each problem, until it is stopped.

    The receivers are the exchange `events`, ALERT_WEBHOOK_URL and ALERT_URLS. Both stacks already run it as a
    service.

    Raises:
        typer.Exit: With code 69 when a receiver did not accept the test notification.
    """
    if not test:
        sys.exit(lifecycle.run(lambda stop: run_alerter(discover_alerter_settings(), stop)))
    failed = False
    for name, error in send_test_notifications(discover_alerter_settings()):
        failed |= error is not None
        print(f"{name}: not accepted: {error}" if error else f"{name}: accepted", flush=True)
    if failed:
        raise typer.Exit(EXIT_UNAVAILABLE)


def discover_alerter_settings() -> AlerterSettings:
    """Load the settings of the alerter, with its own broker user and database role.

    A stack is used with the receivers of `.env`.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    if not names_a_server():
        values = read_env_file(ROOT / ".env", os.environ).values
        for name in RECEIVER_VARIABLES:
            if name in values:
                os.environ.setdefault(
                    name, str(ROOT / values[name]) if _is_path(name, values) else values[name]
                )
    return discover(AlerterSettings, ALERTER_LOGINS)


def _is_path(name: str, values: dict[str, str]) -> bool:
    return name.endswith("_FILE") and bool(values[name])
