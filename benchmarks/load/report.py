"""The lines during a run, and the report at its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.load.measurements import Measurements, Percentiles, percentiles
from benchmarks.load.options import LoadOptions
from benchmarks.load.stored import StageResult
from runtime.text import quantity

SHARE_OF_RATE = 0.98
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database has of a run: of all readings, and of those that the broker did not confirm.

    `stages` has a result per rate. `error` is set when the database could not be read at the end.
    """

    readings: int = 0
    of_unconfirmed: int = 0
    stages: Sequence[StageResult] = ()
    waited_seconds: float = 0.0
    stored_per_second: float = 0.0
    error: str | None = None

    @property
    def of_confirmed(self) -> int:
        """How many of the confirmed readings are stored."""
        return self.readings - self.of_unconfirmed


def format_seconds(seconds: float) -> str:
    """Format a delay with its unit and two or three digits."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * MILLISECONDS
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"  # noqa: PLR2004


def format_rate(rate: float) -> str:
    """Format a rate, with a decimal only if it is low."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004


def progress_line(passed: float, options: LoadOptions, measurements: Measurements, stored: int) -> str:
    """Return the counts after this many seconds."""
    rate = options.rates[min(int(passed / options.stage_seconds), len(options.rates) - 1)]
    return (
        f"{passed:5.0f} s  {format_rate(rate)}/s  published {measurements.readings():,}  "
        f"confirmed {measurements.confirmed:,}  stored {stored:,}"
    )


def rates_table(options: LoadOptions, measurements: Measurements, stored: Stored) -> Table:
    """Return a row per rate: what was published and stored per second, and the delays."""
    table = Table(title="Per second, and delays (median, 99 %)", title_justify="left")
    table.add_column("rate", justify="right")
    table.add_column("published", justify="right")
    for protocol in options.protocols:
        table.add_column(f"{protocol} confirm", justify="right")
    table.add_column("stored", justify="right")
    table.add_column("measured → stored", justify="right")
    for stage, rate in enumerate(options.rates):
        seconds = options.seconds_at(stage, measurements.seconds)
        if not seconds:
            break
        result = stored.stages[stage] if stored.stages else None
        table.add_row(
            format_rate(rate),
            format_rate(measurements.readings(stage=stage) / seconds),
            *(
                _format_percentiles(percentiles(measurements.confirm_seconds(protocol, stage)))
                for protocol in options.protocols
            ),
            format_rate(result.stored / seconds) if result else "?",
            _format_percentiles(result.delays) if result else "?",
        )
    return table


def messages(options: LoadOptions, measurements: Measurements, stored: Stored) -> Iterator[str]:
    """Yield what was published, whether everything confirmed is stored, and what limited the run."""
    yield _published(options, measurements)
    yield from (f"{reason} ({quantity(count, 'time')})" for reason, count in measurements.failures.items())
    yield _stored(measurements, stored)
    completed = [
        stage
        for stage in range(len(options.rates))
        if options.seconds_at(stage, measurements.seconds) == options.stage_seconds
    ]
    slow = [
        format_rate(options.rates[stage])
        for stage in completed
        if measurements.readings(stage=stage)
        < SHARE_OF_RATE * options.rates[stage] * options.stage_seconds - 1
    ]
    if slow:
        yield (
            f"At {', '.join(slow)} per second, less was published than requested: the broker confirmed more "
            "slowly, a connection was lost, or this process used its whole core."
        )


def everything_is_stored(measurements: Measurements, stored: Stored) -> bool:
    """Return whether every confirmed reading is known to be stored."""
    return stored.error is None and stored.of_confirmed >= measurements.confirmed


def _published(options: LoadOptions, measurements: Measurements) -> str:
    shares = ", ".join(f"{measurements.readings(protocol):,} by {protocol}" for protocol in options.protocols)
    unconfirmed = measurements.readings() - measurements.confirmed
    rest = f", and did not confirm {unconfirmed:,}" if unconfirmed else ""
    return (
        f"Published {measurements.readings():,} readings of {quantity(options.sensors, 'sensor')} "
        f"({shares}); the broker confirmed {measurements.confirmed:,}{rest}."
    )


def _stored(measurements: Measurements, stored: Stored) -> str:
    confirmed = measurements.confirmed
    missing = confirmed - stored.of_confirmed
    after = f"{stored.waited_seconds:.1f} s after publishing ended"
    if stored.error:
        return f"Whether they are stored is unknown: {stored.error}."
    if missing <= 0:
        return f"All {confirmed:,} confirmed readings are stored, {after}."
    if stored.stored_per_second > 0:
        seconds = missing / stored.stored_per_second
        outlook = (
            f"at {format_rate(stored.stored_per_second)} per second, the rest takes another {seconds:.0f} s"
        )
    else:
        outlook = "nothing was stored meanwhile: see `make status`"
    verb = "is" if missing == 1 else "are"
    return (
        f"{stored.of_confirmed:,} of {confirmed:,} confirmed readings are stored {after}. {missing:,} {verb} "
        f"in the queue or dead-lettered; {outlook}."
    )


def _format_percentiles(value: Percentiles | None) -> str:
    return f"{format_seconds(value.p50)}, {format_seconds(value.p99)}" if value else "-"
