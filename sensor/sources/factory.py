"""Creation of the source that the settings select."""

from datetime import UTC, datetime
from pathlib import Path

from readings.model import Unit
from sensor.settings import OFFICE, REPLAY_PREFIX, SIMULATED, SensorSettings
from sensor.sources.csv_replay import CsvReplay
from sensor.sources.measurement import Source
from sensor.sources.simulated import Simulation

# Real temperatures of an office in °F; samples/README.md names their origin.
OFFICE_SAMPLE = Path(__file__).parents[1] / "samples" / "office_temperature.csv"


def make_source(settings: SensorSettings) -> Source:
    """Create the source that SENSOR_SOURCE selects.

    Raises:
        ConfigurationError: When the CSV file cannot be read or lacks a column.
    """
    if settings.sensor_source == SIMULATED:
        return Simulation(
            start=datetime.now(UTC),
            interval_seconds=settings.interval_seconds,
            mean=settings.simulated_mean,
            daily_swing=settings.simulated_daily_swing,
            noise=settings.simulated_noise,
            drift_per_day=settings.simulated_drift_per_day,
            spike_probability=settings.simulated_spike_probability,
            stuck_probability=settings.simulated_stuck_probability,
            dropout_probability=settings.simulated_dropout_probability,
            seed=settings.simulated_seed,
        )
    if settings.sensor_source == OFFICE:
        return CsvReplay(
            str(OFFICE_SAMPLE),
            unit=Unit.FAHRENHEIT,
            interval_seconds=settings.interval_seconds,
            loop=settings.replay_loop,
        )
    return CsvReplay(
        settings.sensor_source.removeprefix(REPLAY_PREFIX),
        time_column=settings.replay_time_column,
        value_column=settings.replay_value_column,
        unit=settings.replay_unit,
        original_times=settings.replay_times == "original",
        interval_seconds=settings.interval_seconds,
        speed=settings.replay_speed,
        loop=settings.replay_loop,
    )
