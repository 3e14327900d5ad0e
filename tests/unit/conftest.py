"""Fixtures of the unit tests, which isolate them from the caller's environment and logging."""

import logging
import os
import sys
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import structlog

from alerter.settings import AlerterSettings
from dashboard.settings import DashboardSettings
from messaging.topology import Topology
from pipeline.settings import PipelineSettings
from runtime.errors import ConfigurationError
from runtime.settings import ServiceSettings, load
from sensor.settings import SensorSettings
from sensorctl import __main__ as sensorctl_program
from sensorctl.settings import SetupSettings
from tests.examples import max_examples
from tests.unit.consumer_harness import ConsumerHarness
from tests.unit.fake_broker import FakeBroker, FakeConfirmPublisher
from tests.unit.fakes import GetSettingsError, RunCommand
from tests.unit.ports import reserve_closed_port

FIELDS = {
    name.upper()
    for model in (PipelineSettings, SensorSettings, SetupSettings, DashboardSettings, AlerterSettings)
    for name in model.model_fields
}
OTHERS = {
    "AMQP_URL",
    "DASHBOARD_HOST_PORT",
    "NATIVE_DIR",
    "MQTT_HOST_PORT",
    "POSTGRES_HOST_PORT",
    "RABBITMQ_HOST_PORT",
    "RABBITMQ_MANAGEMENT_HOST_PORT",
}
CLEARED = {f"{name}{suffix}" for name in FIELDS | OTHERS for suffix in ("", "_FILE")}
# The tests may share few cores with other work, so the duration of an example has no meaning.
hypothesis.settings.register_profile(
    "unit",
    deadline=None,
    max_examples=max_examples(100),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CLEARED.intersection(os.environ):
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _long_client_timeouts_and_quick_shutdowns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give local servers time to respond, and end them at once. A test of a time-out sets its own."""
    monkeypatch.setattr("runtime.probe.TIMEOUT_SECONDS", 60)
    monkeypatch.setattr("runtime.http_server.POLL_SECONDS", 0.01)


@pytest.fixture
def settings_error(monkeypatch: pytest.MonkeyPatch) -> GetSettingsError:
    """Return a function that loads settings from invalid variables and returns the error message."""

    def get_error(model: type[ServiceSettings], **variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError) as caught:
            load(model)
        return str(caught.value)

    return get_error


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Yield a port on which nothing listens."""
    with reserve_closed_port() as port:
        yield port


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the delays between retries, so that connection losses are tested quickly."""
    monkeypatch.setattr("runtime.retry.INITIAL_DELAY_SECONDS", 0.002)
    monkeypatch.setattr("runtime.retry.MAX_JITTER_SECONDS", 0.01)
    monkeypatch.setattr("messaging.consuming.consumer.RECONNECT_SECONDS", 0.005)
    monkeypatch.setattr("messaging.consuming.settling.RETRY_SECONDS", (0.005, 0.01))
    monkeypatch.setattr("sensor.outbox.relay.IDLE_SECONDS", 0.01)
    monkeypatch.setattr("sensor.outbox.relay.FINISH_POLL_SECONDS", 0.01)
    monkeypatch.setattr("alerter.notifier.IDLE_SECONDS", 0.01)


@pytest.fixture
def make_harness(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> Callable[..., ConsumerHarness]:
    """Return a function that makes a consumer on a broker in memory with these bodies in its queue."""

    def make(*bodies: bytes) -> ConsumerHarness:
        harness = ConsumerHarness(*bodies)
        monkeypatch.setattr("messaging.consuming.consumer.Connection", harness.broker.open_connection)
        return harness

    return make


@pytest.fixture
def sensors_broker(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> FakeBroker:
    """Return a broker in memory with the queue `heat`, to which sensors connect."""
    broker = FakeBroker()
    Topology("heat").declare(broker.connect("", "").channel())
    monkeypatch.setattr(
        "sensor.outbox.relay.ConfirmPublisher", lambda _url, _name: FakeConfirmPublisher(broker)
    )
    return broker


@pytest.fixture
def operators_broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    """Return a broker in memory, to which the operator's command connects."""
    broker = FakeBroker()
    monkeypatch.setattr("messaging.management.admin.connect", broker.connect)
    return broker


@pytest.fixture
def sensorctl(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Return a function that runs sensorctl and returns its exit code, stdout and stderr."""
    monkeypatch.setenv("POSTGRES_HOST", "127.0.0.1")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sensorctl", *arguments])
        with pytest.raises(SystemExit) as exited:
            sensorctl_program.main()
        out, err = capsys.readouterr()
        return int(exited.value.code or 0), out, err

    return run
