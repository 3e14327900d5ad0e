"""Creation of the source that the settings select."""

from datetime import UTC, datetime
from pathlib import Path

from readings.model import Unit
from sensor.sensor_ids import ALL_COLUMNS
from sensor.settings import OFFICE, REPLAY_PREFIX, SIMULATED, SensorSettings
from sensor.sources.csv_replay import CsvReplay, value_columns
from sensor.sources.measurement import Source
from sensor.sources.simulated import Simulation

# Real temperatures of an office in °F; samples/README.md names their origin.
OFFICE_SAMPLE = Path(__file__).parents[1] / "samples" / "office_temperature.csv"


def make_sources(settings: SensorSettings) -> dict[str, Source]:
    """Create the source of each sensor, as SENSOR_SOURCE and SENSOR_IDS select it.

    Raises:
        ConfigurationError: When the CSV file cannot be read or lacks a column.
    """
    if settings.sensor_ids == (ALL_COLUMNS,):
        path = settings.sensor_source.removeprefix(REPLAY_PREFIX)
        columns = value_columns(path, settings.replay_time_column)
        return {column: _replay(settings, column, value_column=column) for column in columns}
    ids = settings.sensor_ids or (settings.sensor_id,)
    return {sensor_id: _make_source(settings, sensor_id, number) for number, sensor_id in enumerate(ids)}


def _make_source(settings: SensorSettings, sensor_id: str, number: int) -> Source:
    if settings.sensor_source == SIMULATED:
        return _simulation(settings, sensor_id, number)
    if settings.sensor_source == OFFICE:
        return CsvReplay(
            str(OFFICE_SAMPLE),
            unit=Unit.FAHRENHEIT,
            interval_seconds=settings.interval_seconds(sensor_id),
            loop=settings.replay_loop,
        )
    return _replay(settings, sensor_id, value_column=settings.replay_value_column)


def _simulation(settings: SensorSettings, sensor_id: str, number: int) -> Simulation:
    seed = settings.simulated_seed
    return Simulation(
        start=datetime.now(UTC),
        interval_seconds=settings.interval_seconds(sensor_id),
        mean=settings.simulated_mean,
        daily_swing=settings.simulated_daily_swing,
        noise=settings.simulated_noise,
        drift_per_day=settings.simulated_drift_per_day,
        spike_probability=settings.simulated_spike_probability,
        stuck_probability=settings.simulated_stuck_probability,
        dropout_probability=settings.simulated_dropout_probability,
        seed=None if seed is None else seed + number,
    )


def _replay(settings: SensorSettings, sensor_id: str, *, value_column: str) -> CsvReplay:
    return CsvReplay(
        settings.sensor_source.removeprefix(REPLAY_PREFIX),
        time_column=settings.replay_time_column,
        value_column=value_column,
        unit=settings.replay_unit,
        original_times=settings.replay_times == "original",
        interval_seconds=settings.interval_seconds(sensor_id),
        speed=settings.replay_speed,
        loop=settings.replay_loop,
    )
