"""Probes a service over HTTP: its health, its dependencies and its metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from monitoring.discovery import Target
from monitoring.model import Health, Service
from runtime.health import Dependency
from runtime.http_errors import os_error_text
from runtime.text import escape_unprintable

TIMEOUT_SECONDS = 1.5
MAX_RESPONSE_BYTES = 1_000_000
# What the names of the consumers' metrics begin with, and those of no other service.
CONSUMER_METRICS = "pipeline_"


class Sample(NamedTuple):
    """The value of a metric at one moment."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, kw_only=True)
class ServiceReport:
    """A service with the dependencies and metrics that it reports; both are empty if it does not respond."""

    service: Service
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)

    @property
    def is_consumer(self) -> bool:
        """Whether it is a consumer that responds."""
        return any(sample.name.startswith(CONSUMER_METRICS) for sample in self.samples)


class _Livez(BaseModel):
    live: bool
    no_progress_for_seconds: float = 0


class _Readyz(BaseModel):
    ready: bool
    problems: dict[str, str] = {}
    since: dict[str, datetime] = {}

    def dependencies(self) -> dict[str, Dependency]:
        return {name: Dependency(self.problems.get(name), since) for name, since in self.since.items()}


class ServiceProbe:
    """Requests /livez, /readyz and /metrics of services. Thread-safe."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        # The services are in the same network, so no proxy of the environment applies. No connection is
        # kept: one that a restarted service has closed would look like a service that is down.
        self._client = httpx2.Client(
            trust_env=False,
            timeout=timeout_seconds,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            headers={"Accept-Encoding": "identity"},
        )

    def __call__(self, target: Target) -> ServiceReport:
        """Probe one service. Never raises; takes at most a few seconds."""
        if target.address is None:
            return _unreachable(target, Health.DOWN, target.reason, target.down_since)
        host, port = target.address
        try:
            livez = _Livez.model_validate_json(self._get(host, port, "/livez"))
            readyz = _Readyz.model_validate_json(self._get(host, port, "/readyz"))
            samples = _parse_samples(self._get(host, port, "/metrics").decode())
        except httpx2.TimeoutException:
            return _unreachable(target, Health.STALLED, f"no response in {self._timeout_seconds} s")
        except (httpx2.HTTPError, ValueError) as error:
            reason = os_error_text(error) or escape_unprintable(str(error))
            return _unreachable(target, Health.DOWN, f"{host}:{port}: {reason}")
        return _report(target, livez, readyz, samples)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _get(self, host: str, port: int, path: str) -> bytes:
        """Return the start of the response's body, whatever its status: 503 has a body like 200."""
        body = b""
        with self._client.stream("GET", f"http://{host}:{port}{path}") as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) >= MAX_RESPONSE_BYTES:
                    break
        return body[:MAX_RESPONSE_BYTES]


def _unreachable(
    target: Target, health: Health, reason: str | None, since: datetime | None = None
) -> ServiceReport:
    service = Service(
        name=target.name, health=health, reason=reason, health_since=since, restarts=target.restarts
    )
    return ServiceReport(service=service)


def _report(target: Target, livez: _Livez, readyz: _Readyz, samples: list[Sample]) -> ServiceReport:
    health, reason, since = _health(livez, readyz)
    started = sample_value(samples, "process_start_time_seconds")
    service = Service(
        name=target.name,
        health=health,
        reason=reason,
        health_since=since,
        started_at=None if started is None else datetime.fromtimestamp(started, UTC),
        restarts=target.restarts,
    )
    return ServiceReport(service=service, dependencies=readyz.dependencies(), samples=samples)


def _health(livez: _Livez, readyz: _Readyz) -> tuple[Health, str | None, datetime | None]:
    """Return the health, the reason for it, and when it started."""
    stalled_seconds = livez.no_progress_for_seconds
    if stalled_seconds:
        since = datetime.now(UTC) - timedelta(seconds=stalled_seconds)
        return Health.STALLED, f"its main loop has made no progress for {stalled_seconds:.0f} s", since
    dependencies = readyz.dependencies()
    down = {name: dependency for name, dependency in dependencies.items() if dependency.reason is not None}
    if down:
        reason = "; ".join(
            f"{name}: {escape_unprintable(dependency.reason or '')}" for name, dependency in down.items()
        )
        return Health.NOT_READY, reason, min(dependency.since for dependency in down.values())
    return Health.READY, None, max((dependency.since for dependency in dependencies.values()), default=None)


def sample_value(samples: list[Sample], name: str) -> float | None:
    """Return the value of the metric of this name that has no labels."""
    return next((sample.value for sample in samples if sample.name == name and not sample.labels), None)


def _parse_samples(text: str) -> list[Sample]:
    """Parse the Prometheus text format. Raises ValueError for anything else."""
    return [
        Sample(sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
