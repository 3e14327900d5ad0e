"""No test here sees the variables or the logging of whoever runs it."""

import logging
import sys
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import structlog

from dashboard.settings import DashboardSettings
from messaging.topology import Topology
from pipeline.settings import PipelineSettings
from sensor.settings import SensorSettings
from sensorctl import __main__ as sensorctl_program
from sensorctl.settings import SetupSettings
from service.errors import ConfigurationError
from service.settings import ServiceSettings, load
from tests.unit.consumer_bench import ConsumerBench
from tests.unit.fake_broker import FakeBroker, FakeStream
from tests.unit.fakes import Call, Complaint
from tests.unit.ports import closed_port
from watch.settings import WatchSettings

FIELDS = {
    name.upper()
    for model in (PipelineSettings, SensorSettings, SetupSettings, DashboardSettings, WatchSettings)
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
# Two cores shared with others: how long an example takes says nothing.
hypothesis.settings.register_profile(
    "unit", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS | OTHERS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _patient_clients_and_quick_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server here may take its time to answer and ends at once; a test of a time-out sets its own."""
    monkeypatch.setattr("overview.services.TIMEOUT_SECONDS", 60)
    monkeypatch.setattr("service.probe.TIMEOUT_SECONDS", 60)
    monkeypatch.setattr("service.http.POLL_SECONDS", 0.01)


@pytest.fixture
def complaint(monkeypatch: pytest.MonkeyPatch) -> Complaint:
    """Loads settings from wrong variables; gives the sentences that say so."""

    def complain(model: type[ServiceSettings], **variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError) as caught:
            load(model)
        return str(caught.value)

    return complain


@pytest.fixture
def closed() -> Iterator[int]:
    """A port on which nobody listens."""
    with closed_port() as port:
        yield port


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of a hundredth of their length, so that losses can be tested in moments."""
    monkeypatch.setattr("service.retry.INITIAL_SECONDS", 0.002)
    monkeypatch.setattr("service.retry.JITTER_SECONDS", 0.01)
    monkeypatch.setattr("messaging.consumer.RECONNECT_SECONDS", 0.005)
    monkeypatch.setattr("sensor.delivery.RECONNECT_SECONDS", 0.005)
    monkeypatch.setattr("sensor.delivery.IDLE_SECONDS", 0.01)
    monkeypatch.setattr("sensor.delivery.FINISH_POLL_SECONDS", 0.01)
    monkeypatch.setattr("watch.outlet.IDLE_SECONDS", 0.01)


@pytest.fixture
def make_bench(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> Callable[..., ConsumerBench]:
    """A consumer on a broker in memory that holds these bodies."""

    def make(*bodies: bytes) -> ConsumerBench:
        bench = ConsumerBench(*bodies)
        monkeypatch.setattr("messaging.consumer.LoopConnection", bench.broker.loop_connect)
        return bench

    return make


@pytest.fixture
def sensors_broker(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> FakeBroker:
    """A broker in memory with the queue `heat`, to which sensors connect."""
    broker = FakeBroker()
    Topology("heat").declare(broker.connect("", "").channel())
    monkeypatch.setattr("sensor.delivery.Stream", lambda _url, _name: FakeStream(broker))
    return broker


@pytest.fixture
def operators_broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    """A broker in memory, to which the operator's command connects."""
    broker = FakeBroker()
    monkeypatch.setattr("messaging.operator.connect", broker.connect)
    return broker


@pytest.fixture
def sensorctl(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls it on a stack that the variables name; gives exit code, stdout and stderr."""
    monkeypatch.setenv("POSTGRES_HOST", "127.0.0.1")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sensorctl", *arguments])
        with pytest.raises(SystemExit) as ended:
            sensorctl_program.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call
