"""The versions of the state machines that quorum queues work at, by the broker's metrics.

The management API has only the version that a node supports. A queue works at an older one while any of its
members does not support the newer, or does not answer. RabbitMQ 4.2 and later export it.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

import httpx2

from messaging.settings import BrokerSettings
from runtime.addresses import format_host

PROMETHEUS_PORT = 15692
TIMEOUT_SECONDS = 2.0
METRIC = re.compile(
    r'^rabbitmq_detailed_raft_effective_machine_version\{.*?queue="((?:[^"\\]|\\.)*)".*\} (\d+)', re.MULTILINE
)


def versions_in_use(settings: BrokerSettings, virtual_host: str) -> dict[str, int]:
    """Return the lowest version of each queue; empty if no node answers, as from outside of its network."""
    path = f"/metrics/detailed?family=ra_metrics&vhost={quote(virtual_host, safe='')}"
    return lowest_versions(_metrics(url, path) for url in settings.management_urls)


def lowest_versions(texts: Iterable[str]) -> dict[str, int]:
    """Return the lowest version of each queue in the metrics of several nodes."""
    lowest: dict[str, int] = {}
    for queue, version in (found.groups() for text in texts for found in METRIC.finditer(text)):
        lowest[queue] = min(int(version), lowest.get(queue, int(version)))
    return lowest


def _metrics(management_url: str, path: str) -> str:
    host = format_host(urlsplit(management_url).hostname or "")
    try:
        with httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            response = client.get(f"http://{host}:{PROMETHEUS_PORT}{path}")
    except (httpx2.HTTPError, OSError):
        return ""
    return response.text if response.is_success else ""
