"""The settings of the sensor."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from messaging.settings import BrokerSettings
from readings.ids import MAX_SENSOR_ID_CHARACTERS, validate_sensor_id
from readings.model import Unit
from runtime.errors import ConfigurationError
from runtime.settings import ServiceSettings
from runtime.tracing_settings import TracingSettings
from sensor.sensor_ids import ALL_COLUMNS, SensorIds

SIMULATED = "simulated"
OFFICE = "office"
REPLAY_PREFIX = "replay:"
MAX_FILE_NAME_CHARACTERS = 100
MAX_APP_ID_BYTES = 255


class SensorSettings(BrokerSettings, TracingSettings, ServiceSettings):
    """The variables that the sensor reads."""

    sensor_id: str = Field(
        default="1", min_length=1, max_length=MAX_SENSOR_ID_CHARACTERS, description="ID of the sensor"
    )
    sensor_ids: SensorIds = Field(
        default=(),
        description=(
            "IDs of several sensors in one process, instead of `SENSOR_ID`: names and ranges, such as "
            f"`cellar,attic,1-1000`, or `{ALL_COLUMNS}` for a sensor per column of the recording"
        ),
    )
    sensor_interval_seconds: float = Field(
        default=0,
        ge=0,
        le=86400,
        description="Seconds between two readings; 0: the number in the sensor's ID, otherwise 1",
    )
    sensor_source: str = Field(
        default=SIMULATED,
        description=(
            "Source of the temperatures: `simulated`, `office`, or `replay:PATH` with the path of a CSV file"
        ),
    )

    simulated_mean: float = Field(default=21.0, description="Mean temperature of the simulated room in °C")
    simulated_daily_swing: float = Field(
        default=3.0,
        ge=0,
        description="Half the difference between the day's highest and lowest temperature, in K",
    )
    simulated_noise: float = Field(default=0.15, ge=0, description="Standard deviation of the noise, in K")
    simulated_drift_per_day: float = Field(default=0.0, description="Drift in K per day")
    simulated_seed: int | None = Field(default=None, description="Seed that makes the simulation repeatable")
    simulated_spike_probability: float = Field(
        default=0, ge=0, le=1, description="Probability per reading of a single outlier"
    )
    simulated_stuck_probability: float = Field(
        default=0, ge=0, le=1, description="Probability per reading that the value repeats 20 times"
    )
    simulated_dropout_probability: float = Field(
        default=0, ge=0, le=1, description="Probability per reading that 20 readings are missing"
    )

    replay_time_column: str = Field(
        default="timestamp", description="Column with the time: its header, or its number from 1"
    )
    replay_value_column: str = Field(
        default="value", description="Column with the temperature: its header, or its number from 1"
    )
    replay_unit: Unit | None = Field(
        default=None, description="Unit of the file; unset: the unit in the column's name, else celsius"
    )
    replay_times: Literal["now", "original"] = Field(
        default="now",
        description="Times of the readings: `now` (when they are replayed), or `original` (as in the file)",
    )
    replay_speed: float = Field(
        default=0,
        ge=0,
        description="Replay speed as a multiple of the recorded speed; 0: one row per interval",
    )
    replay_loop: bool = Field(default=True, description="Whether the replay restarts at the end of the file")
    replay_exit: bool = Field(
        default=True,
        description=(
            "Whether the sensor exits when a replay without `REPLAY_LOOP` has ended and every reading is "
            "confirmed. The image sets `false`: a container that exits would be started again, and with it "
            "the replay"
        ),
    )

    outbox_path: Path | None = Field(
        default=None,
        description=(
            "File that stores readings until the broker confirms them, one per sensor; unset: "
            "`sensors/outbox-SENSOR_ID.sqlite3` in the user's state directory"
        ),
    )
    outbox_max_readings: int = Field(
        default=1_000_000,
        ge=1,
        description="Maximum number of readings in the outbox; a full outbox drops the oldest",
    )
    outbox_sync: Literal["always", "while-disconnected"] = Field(
        default="while-disconnected",
        description=(
            "When each reading is synced to disk (fsync), so that it survives a power failure: "
            "`while-disconnected` (while the broker is down), or `always`"
        ),
    )
    xdg_state_home: Path | None = Field(
        default=None, description="The user's state directory; unset: `~/.local/state`"
    )

    @field_validator("sensor_source")
    @classmethod
    def _require_known_source(cls, source: str) -> str:
        is_file = source.startswith(REPLAY_PREFIX) and source != REPLAY_PREFIX
        if source not in (SIMULATED, OFFICE) and not is_file:
            raise ValueError(f"must be {SIMULATED}, {OFFICE}, or {REPLAY_PREFIX}PATH with a CSV file's path")
        return source

    @field_validator("sensor_id")
    @classmethod
    def _validate_sensor_id(cls, sensor_id: str) -> str:
        if sensor_id != sensor_id.strip():
            raise ValueError("must not contain spaces at its start or end")
        return validate_sensor_id(sensor_id)

    @field_validator("outbox_path")
    @classmethod
    def _require_known_home(cls, path: Path | None) -> Path | None:
        try:
            return path.expanduser() if path else None
        except RuntimeError:
            raise ValueError("begins with ~ and the name of a user who has no home directory") from None

    @model_validator(mode="after")
    def _columns_are_of_a_recording(self) -> Self:
        if self.sensor_ids == (ALL_COLUMNS,) and not self.sensor_source.startswith(REPLAY_PREFIX):
            raise ValueError(
                f"SENSOR_IDS is {ALL_COLUMNS!r}, a sensor per column of a recording, but SENSOR_SOURCE is "
                f"{self.sensor_source}: set it to {REPLAY_PREFIX}PATH, or name the sensors"
            )
        return self

    def interval_seconds(self, sensor_id: str) -> float:
        """Return the seconds between two readings: as set, else the number in the ID, else 1."""
        number = re.search(r"\d+", sensor_id)
        from_id = min(float(number.group()), 86400.0) if number else 1.0
        return self.sensor_interval_seconds or from_id or 1.0

    def shortest_interval_seconds(self, sensor_ids: Iterable[str]) -> float | None:
        """Return the shortest interval of these sensors; None if a recording keeps its own."""
        if self.replay_speed and self.sensor_source.startswith(REPLAY_PREFIX):
            return None
        return min(map(self.interval_seconds, sensor_ids))

    @property
    def outbox_file(self) -> Path:
        """The path of the outbox: as set, else a file per sensor in the user's state directory.

        Raises:
            ConfigurationError: When it is not set, and the user has no home directory.
        """
        if self.outbox_path:
            return self.outbox_path
        home = self.xdg_state_home
        try:
            state = home if home and home.is_absolute() else Path("~/.local/state").expanduser()
        except RuntimeError:
            raise ConfigurationError(
                "OUTBOX_PATH is not set, and this user has no home directory: set it to a file in a "
                "directory that this user can write to"
            ) from None
        return state / "sensors" / f"outbox-{_to_file_name(self._name)}.sqlite3"

    @property
    def sync_always(self) -> bool:
        """Whether each reading is synced to disk even while the broker is up."""
        return self.outbox_sync == "always"

    @property
    def client_name(self) -> str:
        """The name of the connection in the management UI, and the `app_id` of the messages.

        AMQP limits the latter: a message with a longer one is never sent.
        """
        return f"sensor-{self._name}".encode()[:MAX_APP_ID_BYTES].decode(errors="ignore")

    @property
    def _name(self) -> str:
        """The ID, or the first and the last of several, with their number."""
        ids = self.sensor_ids
        if not ids:
            return self.sensor_id
        if ids == (ALL_COLUMNS,):
            return Path(self.sensor_source.removeprefix(REPLAY_PREFIX)).stem[:MAX_SENSOR_ID_CHARACTERS]
        return ids[0] if len(ids) == 1 else f"{ids[0]}-to-{ids[-1]}-{len(ids)}"


def _to_file_name(sensor_id: str) -> str:
    """Convert the ID to a valid part of a file name that is unique to the sensor."""
    name = quote(sensor_id, safe="")
    if len(name) <= MAX_FILE_NAME_CHARACTERS:
        return name
    return f"{name[:MAX_FILE_NAME_CHARACTERS]}-{sha256(sensor_id.encode()).hexdigest()[:16]}"
