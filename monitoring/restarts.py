"""How often services were started anew while somebody looked."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.services import Answer

# Starting times are calculated from the uptime, and may differ a little from look to look.
SAME = timedelta(seconds=2)


class RestartCounter:
    """Counts where no supervisor does: a process that started later than the last one of its name."""

    def __init__(self) -> None:
        self._started: dict[str, datetime] = {}
        self._restarts: dict[str, int] = {}

    def counted(self, answers: list[Answer]) -> list[Answer]:
        """The answers, with the restarts that were seen; None as long as there was none."""
        return [self._with_restarts(answer) for answer in answers]

    def _with_restarts(self, answer: Answer) -> Answer:
        service = answer.service
        started = service.started_at
        if started is not None:
            before = self._started.setdefault(service.name, started)
            if started - before > SAME:
                self._started[service.name] = started
                self._restarts[service.name] = self._restarts.get(service.name, 0) + 1
        if service.restarts is not None:
            return answer
        return replace(answer, service=replace(service, restarts=self._restarts.get(service.name)))
