"""Which pages of the site are generated, and by what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.docs import (
    command_line,
    http_api,
    log_events,
    metrics,
    modules,
    outcomes,
    service_table,
    variables,
)

ROOT = Path(__file__).resolve().parents[2]


def changelog() -> str:
    """Return the changelog, which is kept in the root of the repository."""
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


PAGES: Mapping[str, Callable[[], str]] = {
    "changelog.md": changelog,
    "reference/environment-variables.md": variables.page,
    "reference/command-line.md": command_line.page,
    "reference/services.md": service_table.page,
    "reference/metrics.md": metrics.metrics_page,
    "reference/alerts.md": metrics.alerts_page,
    "reference/http-api.md": http_api.page,
    "reference/exit-codes.md": outcomes.exit_codes_page,
    "reference/dead-letter-reasons.md": outcomes.reasons_page,
    "reference/log-events.md": log_events.page,
    "reference/modules.md": modules.page,
}
