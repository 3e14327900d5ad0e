"""`sensorctl alerter`: run the alerter of the discovered system."""

import sys

from alerter.__main__ import run_alerter
from runtime import lifecycle
from sensorctl.settings import discover_alerter_settings


def alerter() -> None:
    """Run the alerter: notify receivers of the start and the end of each problem, until it is stopped.

    The receivers are the exchange `events` and ALERT_WEBHOOK_URL. Both stacks already run it as a service.
    """
    sys.exit(lifecycle.run(lambda stop: run_alerter(discover_alerter_settings(), stop)))
