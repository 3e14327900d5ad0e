"""Counts restarts of services between collections."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.services import ServiceReport

# A start time is derived from the uptime and may differ a little between two probes.
TOLERANCE = timedelta(seconds=2)


class RestartCounter:
    """Counts restarts where no supervisor does: a process with a later start time is a restart."""

    def __init__(self) -> None:
        self._started: dict[str, datetime] = {}
        self._restarts: dict[str, int] = {}

    def count(self, reports: list[ServiceReport]) -> list[ServiceReport]:
        """Return the reports with the number of restarts seen; None until there was one."""
        return [self._with_restarts(report) for report in reports]

    def _with_restarts(self, report: ServiceReport) -> ServiceReport:
        service = report.service
        started = service.started_at
        if started is not None:
            previous = self._started.setdefault(service.name, started)
            if started - previous > TOLERANCE:
                self._started[service.name] = started
                self._restarts[service.name] = self._restarts.get(service.name, 0) + 1
        if service.restarts is not None:
            return report
        return replace(report, service=replace(service, restarts=self._restarts.get(service.name)))
