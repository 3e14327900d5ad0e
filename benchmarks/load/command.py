"""The command `make load`."""

import signal
import sys
from contextlib import ExitStack, closing
from functools import partial
from itertools import cycle
from uuid import UUID

from benchmarks.load import report
from benchmarks.load.engine import Engine
from benchmarks.load.measurements import Measurements
from benchmarks.load.options import LoadOptions, parse_options
from benchmarks.load.pacing import Pacer
from benchmarks.load.run import Run
from benchmarks.load.sender import Sender, Source
from benchmarks.load.stack import Stack, find_stack
from benchmarks.load.stored import StoredReadings
from db.errors import StoreUnavailable
from native.ports import is_free, listener
from readings.ids import uuid7
from runtime.errors import ConfigurationError
from runtime.exit_codes import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK
from runtime.lifecycle import ShutdownSignal
from sensorctl.output import safe_text, show

# Of the run's ID, in the names of its sensors.
NAME_DIGITS = 6


def load() -> None:
    """Publish, wait until everything is stored, and report; then end the process.

    The exit code is 1 if a confirmed reading is not stored, and 130 after Ctrl-C.
    """
    options = parse_options()
    del sys.argv[1:]  # Locust's page would read them as Locust's options
    if not options.headless:
        _check_port(options.port)
    load_id = uuid7()
    name = f"load-{load_id.hex[-NAME_DIGITS:]}"
    with ExitStack() as resources:
        run = _prepare(options, find_stack(), load_id, name)
        resources.enter_context(closing(run.database))
        if not options.headless:
            show(f"Page: {resources.enter_context(run.engine.page())}")
        show(f"{options.describe()}. Sensors: {name}-1 to {name}-{options.sensors}. Ctrl-C ends it.")
        stop = _stop_signal()
        run.publish(stop)
        show("Waiting until everything is stored; Ctrl-C ends the waiting.")
        stored = run.drain(_stop_signal())
    show(report.rates_table(options, run.measurements, stored))
    for message in report.messages(options, run.measurements, stored):
        show(safe_text(message))
    show(f"The readings stay. To delete them: .venv/bin/sensorctl import undo {load_id}")
    if stop.signal_number == signal.SIGINT:
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(EXIT_OK if report.everything_is_stored(run.measurements, stored) else EXIT_FAILURE)


def _check_port(port: int) -> None:
    if not is_free(port):
        raise ConfigurationError(
            f"Port {port} is in use by {listener(port)}. Stop it, set another port for the page with --port, "
            "or show no page with --headless."
        )


def _stop_signal() -> ShutdownSignal:
    """Return a signal that the next Ctrl-C or SIGTERM sets."""
    stop = ShutdownSignal()
    stop.install_handlers()
    return stop


def _prepare(options: LoadOptions, stack: Stack, load_id: UUID, name: str) -> Run:
    """Connect to the stack, and return what publishes and observes."""
    measurements = Measurements()
    sources = {
        protocol: Source(
            protocol=protocol,
            connect=stack.connector(protocol, name),
            pacer=Pacer([rate * options.share(protocol) for rate in options.rates], options.stage_seconds),
            sensor_ids=cycle(f"{name}-{number}" for number in options.sensor_numbers(protocol)),
            load_id=load_id,
            measurements=measurements,
        )
        for protocol in options.protocols
    }
    engine = Engine(
        options,
        stack.broker_host,
        {protocol: partial(Sender, source) for protocol, source in sources.items()},
    )
    measurements.on_confirm, measurements.on_failure = engine.add_confirm, engine.add_failure
    return Run(
        options=options,
        measurements=measurements,
        pacers=[source.pacer for source in sources.values()],
        engine=engine,
        database=_open_database(options, stack, name),
    )


def _open_database(options: LoadOptions, stack: Stack, name: str) -> StoredReadings:
    database = StoredReadings(stack, f"{name}-", options.stage_seconds, len(options.rates))
    try:
        database.count()
    except StoreUnavailable as error:
        raise ConfigurationError(f"The database cannot be read: {error}. See `make status`.") from None
    return database
