"""What a service says of itself on its HTTP side."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from monitoring.discovery import Place
from monitoring.model import Health, Service
from runtime.health import Dependency
from runtime.text import escape_unprintable

TIMEOUT_SECONDS = 1.5
LARGEST_ANSWER = 1_000_000
# Without any proxy of the environment: the services are near.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Sample(NamedTuple):
    """A metric's value at one moment."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A service, what it says of its needs (none when it says nothing), and its metrics."""

    service: Service
    needs: Mapping[str, Dependency] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)


class _Livez(BaseModel):
    live: bool
    no_progress_for_seconds: float = 0


class _Readyz(BaseModel):
    ready: bool
    problems: dict[str, str] = {}
    since: dict[str, datetime] = {}

    def needs(self) -> dict[str, Dependency]:
        return {name: Dependency(self.problems.get(name), since) for name, since in self.since.items()}


def ask(place: Place) -> Answer:
    """Ask its three endpoints. Never raises; takes some seconds at most."""
    if place.address is None:
        return _away(place, Health.DOWN, place.why, place.gone_since)
    host, port = place.address
    try:
        livez = _Livez.model_validate_json(_get(host, port, "/livez"))
        readyz = _Readyz.model_validate_json(_get(host, port, "/readyz"))
        samples = _samples(_get(host, port, "/metrics").decode())
    except TimeoutError:
        return _away(place, Health.STALLED, f"it gave no answer in {TIMEOUT_SECONDS} s")
    except (OSError, ValueError, http.client.HTTPException) as error:
        return _away(place, Health.DOWN, f"{host}:{port}: {_words(error)}")
    return _answered(place, livez, readyz, samples)


def _away(place: Place, health: Health, why: str | None, since: datetime | None = None) -> Answer:
    service = Service(name=place.name, health=health, reason=why, health_since=since, restarts=place.restarts)
    return Answer(service=service)


def _answered(place: Place, livez: _Livez, readyz: _Readyz, samples: list[Sample]) -> Answer:
    health, why, since = _health(livez, readyz)
    started = value_of(samples, "process_start_time_seconds")
    service = Service(
        name=place.name,
        health=health,
        reason=why,
        health_since=since,
        started_at=None if started is None else datetime.fromtimestamp(started, UTC),
        restarts=place.restarts,
    )
    return Answer(service=service, needs=readyz.needs(), samples=samples)


def _health(livez: _Livez, readyz: _Readyz) -> tuple[Health, str | None, datetime | None]:
    """The health, why it is so, and since when."""
    quiet = livez.no_progress_for_seconds
    if quiet:
        since = datetime.now(UTC) - timedelta(seconds=quiet)
        return Health.STALLED, f"its loop has made no progress for {quiet:.0f} s", since
    needs = readyz.needs()
    away = {name: need for name, need in needs.items() if need.reason is not None}
    if away:
        why = "; ".join(f"{name}: {escape_unprintable(need.reason or '')}" for name, need in away.items())
        return Health.NOT_READY, why, min(need.since for need in away.values())
    return Health.READY, None, max((need.since for need in needs.values()), default=None)


def value_of(samples: list[Sample], name: str) -> float | None:
    """The value of the metric of this name that has no labels."""
    return next((sample.value for sample in samples if sample.name == name and not sample.labels), None)


def _samples(text: str) -> list[Sample]:
    """Raises ValueError for what is no Prometheus text."""
    return [
        Sample(sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def _get(host: str, port: int, path: str) -> bytes:
    """The body of the answer, whatever its status."""
    try:
        with _DIRECT.open(f"http://{host}:{port}{path}", timeout=TIMEOUT_SECONDS) as answer:
            return bytes(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:  # 503 has a body like 200
        with error:
            return error.read(LARGEST_ANSWER)
    except urllib.error.URLError as error:
        # A process that stands still soon has so many questions before it that no more can be put.
        raise error.reason if isinstance(error.reason, TimeoutError) else error from None


def _words(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return (reason.strerror if isinstance(reason, OSError) else None) or escape_unprintable(str(reason))
