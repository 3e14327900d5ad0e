"""What a sensor reads from the environment."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, field_validator

from messaging.settings import BrokerSettings
from readings.model import Unit
from readings.payload import MAX_SENSOR_ID_CHARACTERS
from runtime.settings import ServiceSettings

SIMULATED = "simulated"
OFFICE = "office"
REPLAY_PREFIX = "replay:"
LONGEST_FILE_NAME = 100


class SensorSettings(BrokerSettings, ServiceSettings):
    """Times are in seconds, temperatures in °C unless a unit is named."""

    sensor_id: str = Field(default="1", min_length=1, max_length=MAX_SENSOR_ID_CHARACTERS)
    sensor_interval_seconds: float = Field(default=0, ge=0, le=86400, description="0: follows SENSOR_ID")
    sensor_source: str = SIMULATED

    simulated_mean: float = 21.0
    simulated_daily_swing: float = Field(default=3.0, ge=0, description="half of day's highest minus lowest")
    simulated_noise: float = Field(default=0.15, ge=0, description="standard deviation")
    simulated_drift_per_day: float = 0.0
    simulated_seed: int | None = None
    simulated_spike_probability: float = Field(default=0, ge=0, le=1)
    simulated_stuck_probability: float = Field(default=0, ge=0, le=1)
    simulated_dropout_probability: float = Field(default=0, ge=0, le=1)

    replay_time_column: str = "timestamp"
    replay_value_column: str = "value"
    replay_unit: Unit = Unit.CELSIUS
    replay_times: Literal["now", "original"] = "now"
    replay_speed: float = Field(default=0, ge=0, description="0: one reading an interval")
    replay_loop: bool = True

    outbox_path: Path | None = Field(
        default=None, description="unset: a file of this sensor's in the state home"
    )
    outbox_max_readings: int = Field(default=1_000_000, ge=1)
    outbox_sync: Literal["always", "while-disconnected"] = "while-disconnected"
    xdg_state_home: Path | None = None

    @field_validator("sensor_source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        is_file = source.startswith(REPLAY_PREFIX) and source != REPLAY_PREFIX
        if source not in (SIMULATED, OFFICE) and not is_file:
            raise ValueError(f"must be {SIMULATED}, {OFFICE}, or {REPLAY_PREFIX}PATH with a CSV file's path")
        return source

    @field_validator("sensor_id")
    @classmethod
    def _printable(cls, sensor_id: str) -> str:
        if not sensor_id.isprintable() or sensor_id != sensor_id.strip():
            raise ValueError("must not hold control characters or blanks at its ends")
        return sensor_id

    @property
    def interval_seconds(self) -> float:
        """Seconds between two readings: as set, else the number in SENSOR_ID, else 1."""
        number = re.search(r"\d+", self.sensor_id)
        from_id = min(float(number.group()), 86400.0) if number else 1.0
        return self.sensor_interval_seconds or from_id or 1.0

    @property
    def outbox_file(self) -> Path:
        """Where readings wait: as set, else a file of this sensor's in the user's state directory."""
        if self.outbox_path:
            return self.outbox_path.expanduser()
        home = self.xdg_state_home
        state = home if home and home.is_absolute() else Path("~/.local/state").expanduser()
        return state / "sensors" / f"outbox-{_file_name(self.sensor_id)}.sqlite3"

    @property
    def name(self) -> str:
        """This process among its like, in the management UI."""
        return f"sensor-{self.sensor_id}"


def _file_name(sensor_id: str) -> str:
    """A sensor's own part of a file name, whatever its id holds."""
    name = quote(sensor_id, safe="")
    if len(name) <= LONGEST_FILE_NAME:
        return name
    return f"{name[:LONGEST_FILE_NAME]}-{sha256(sensor_id.encode()).hexdigest()[:16]}"
