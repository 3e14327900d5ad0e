"""The servers of the test run, the distribution of the tests to workers, and no skipped tests in CI."""

import gc
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import is_hypothesis_test
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests import coverage_variables, services
from tests.broker import RabbitMQ
from tests.database import Postgres
from tests.services import Server, ServerUnavailable, Source

# Tests that share an expensive fixture run in one worker. The longest groups start first.
GROUPS = (
    "tests/e2e/compose_stack/",
    "tests/faults/",
    "tests/e2e/native_stack/",
    "tests/integration/dashboard/",
    "tests/integration/test_database_hosts.py",
    "tests/integration/test_backup.py",
    "tests/integration/test_privileges.py",
    "tests/integration/test_setup_rights.py",
    "tests/integration/test_alerts.py",
    "tests/e2e/test_image_secrets.py",
)
# Short tests run last, so that no long test is still running when the other workers are done.
ORDER = (*GROUPS, "tests/e2e/", "tests/integration/", "tests/unit/test_", "")
UNMEASURED = (
    "tests/e2e/",
    "tests/faults/",
    "tests/integration/dashboard/",
    "tests/unit/analysis/forecasting/test_traps.py",
    "tests/unit/analysis/neighbours/test_locations.py",
    "tests/unit/benchmarks/",
    "tests/unit/evaluation/",
)
UNIT_TESTS = Path(__file__).parent / "unit"
# Most tests with servers wait for longer than they compute. The worker after these runs unit tests meanwhile.
WORKERS = 2 * (os.cpu_count() or 1)
UNIT_TEST_WORKER = f"gw{WORKERS}"
SOURCES = pytest.StashKey[dict[str, str]]()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Let processes that tests start measure coverage."""
    coverage_variables.export()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Measure what imports execute in one worker only: it is the same in each, and takes much longer."""
    measuring = Coverage.current()
    if measuring is None or _worker_id(session.config) in (None, "gw0"):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture
def without_garbage_collection() -> Iterator[None]:
    """For tests that recurse up to Python's limit, where finalizers of other tests' objects would fail."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def rabbitmq(pytestconfig: pytest.Config) -> Iterator[RabbitMQ]:
    """A real broker from `services`."""
    with _or_skip("RabbitMQ", services.rabbitmq, pytestconfig) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Postgres]:
    """A real database server from `services`."""
    with _or_skip("PostgreSQL", services.postgres, pytestconfig) as server:
        yield server


@contextmanager
def _or_skip(name: str, source: Source[Server], config: pytest.Config) -> Iterator[Server]:
    try:
        with _recorded(name, source, config) as server:
            yield server
    except ServerUnavailable as reason:
        pytest.skip(f"{name} is unavailable: {reason}")


@contextmanager
def _recorded(name: str, source: Source[Server], config: pytest.Config) -> Iterator[Server]:
    """Start the server, and record its source, or why it is unavailable, for the summary of the run."""
    sources = config.stash.setdefault(SOURCES, {})
    try:
        with source() as server:
            sources[name] = server.source
            yield server
    except ServerUnavailable as reason:
        sources[name] = f"none: {reason}"
        raise


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use two workers per core, and one for unit tests unless these alone are selected."""
    return WORKERS if _needs_no_server(config) else WORKERS + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Start the servers of a run with several workers, which find them in the environment."""
    if _needs_no_server(config):
        return
    servers = ExitStack()
    config.add_cleanup(servers.close)
    with suppress(ServerUnavailable):
        broker = servers.enter_context(_recorded("RabbitMQ", services.rabbitmq, config))
        os.environ["TEST_RABBITMQ_URL"] = broker.url
        os.environ["TEST_RABBITMQ_MANAGEMENT_URL"] = broker.management_url
        os.environ["TEST_RABBITMQ_MQTT_URL"] = broker.mqtt_url
    with suppress(ServerUnavailable):
        database = servers.enter_context(_recorded("PostgreSQL", services.postgres, config))
        os.environ["TEST_DATABASE_URL"] = database.url


def _needs_no_server(config: pytest.Config) -> bool:
    """Return whether only unit tests are selected, by the arguments: nothing is collected yet."""
    paths = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    return all(path.resolve().is_relative_to(UNIT_TESTS) for path in paths)


class Distribution(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Give each worker the next test, group or module of unit tests, in the order of their collection.

    One worker starts with the last, which are unit tests.

    xdist's own `loadgroup` does not work with pytest 9.2: github.com/pytest-dev/pytest-xdist/issues/1386.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/unit/"):
            return nodeid.partition("::")[0]
        return next(filter(nodeid.startswith, GROUPS), nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node.gateway.id == UNIT_TEST_WORKER:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Distribution:
    """Keep groups together and start them first, whatever distribution is requested."""
    config.option.loadscopereorder = False
    return Distribution(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests of a run with several workers by ORDER, and measure no coverage where it costs most."""
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if _is_unmeasured(item):
                item.add_marker("no_cover")
    if _worker_id(config):
        items.sort(key=lambda item: next(n for n, start in enumerate(ORDER) if item.nodeid.startswith(start)))


def _is_unmeasured(item: pytest.Item) -> bool:
    """Return whether a test executes only lines that others cover, and would need twice its processor time.

    These are the tests of whole stacks and with hundreds of examples.
    """
    return item.nodeid.startswith(UNMEASURED) or is_hypothesis_test(getattr(item, "obj", None))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the sources of the servers, and the skipped tests in CI."""
    for name, source in config.stash.get(SOURCES, {}).items():
        terminalreporter.write_line(f"{name}: {source}")
    skipped = _skipped(terminalreporter)
    if skipped and _in_ci():
        terminalreporter.section("skipped tests, which CI does not accept")
        for test in skipped:
            terminalreporter.write_line(test)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI when a test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.exitstatus == pytest.ExitCode.OK and _in_ci() and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _worker_id(config: pytest.Config) -> str | None:
    """Return the name of this worker; None in a run with one process, and in the controller."""
    workerinput: dict[str, str] = getattr(config, "workerinput", {})
    return workerinput.get("workerid")


def _skipped(reporter: pytest.TerminalReporter | None) -> list[str]:
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [report.nodeid for report in reports]


def _in_ci() -> bool:
    return bool(os.environ.get("CI"))
