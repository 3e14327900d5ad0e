"""Convert values of a source to readings: the same checks as of any message, and a count of what fails."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from readings.errors import DeadLetterReason, InvalidReading
from readings.ids import source_reading_id
from readings.model import Reading
from readings.parsing import ParseContext, parse_fields
from readings.plausible import PlausibleRanges
from readings.times import format_timestamp
from worker.sources.model import Skipped, SourceValue

UNKNOWN_SENSOR = "unknown sensor"


class Invalid(NamedTuple):
    """A value that is no reading: the reason in a word or two, and a message."""

    reason: str
    detail: str


@dataclass(kw_only=True)
class SourceReadings:
    """Converts the values of a source; `skipped` counts by reason what is no reading, `example` is one.

    `sensors` are the IDs of the sensors by their names there. Readings carry `import_id` if they are
    fetched afterwards. A reading older than the retention would be dropped soon, so it is skipped.
    """

    source: str
    sensors: dict[str, str]
    plausible: PlausibleRanges = field(default_factory=PlausibleRanges)
    retained_since: datetime | None = None
    import_id: UUID | None = None
    skipped: Counter[str] = field(default_factory=Counter)
    example: str | None = None

    def convert(self, values: Iterable[SourceValue | Skipped]) -> list[Reading]:
        """Return the readings in the values, in their order."""
        return [reading for value in values if (reading := self.convert_one(value)) is not None]

    def convert_one(self, value: SourceValue | Skipped) -> Reading | None:
        """Return the reading that a value is; None if it is none, which is counted."""
        if isinstance(value, Skipped):
            self.skipped[value.reason] += value.count
            return None
        result = self._check(value)
        if isinstance(result, Reading):
            return result
        self.skipped[result.reason] += 1
        self.example = self.example or result.detail
        return None

    def _check(self, value: SourceValue) -> Reading | Invalid:
        sensor_id = self.sensors.get(value.remote)
        if sensor_id is None:
            return Invalid(UNKNOWN_SENSOR, f"the source has no sensor {value.remote!r}")
        fields = {
            "sensor_id": sensor_id,
            "measured_at": format_timestamp(value.measured_at),
            "temperature": float(value.temperature),
            "unit": value.unit.value,
            "reading_id": str(source_reading_id(self.source, sensor_id, value.measured_at)),
            "import_id": str(self.import_id) if self.import_id else None,
        }
        try:
            reading = parse_fields(fields, ParseContext(UTC, datetime.now(UTC)))
        except InvalidReading as error:
            return Invalid(error.reason.value, error.detail)
        if violation := self.plausible.violation(reading):
            return Invalid(
                DeadLetterReason.IMPLAUSIBLE.value,
                f"temperature is {reading.temperature:.10g} °C, {violation}",
            )
        if self.retained_since is not None and reading.measured_at < self.retained_since:
            return Invalid(
                DeadLetterReason.PAST_RETENTION.value,
                f"measured_at is {reading.measured_at.isoformat()}; readings are kept from "
                f"{self.retained_since.date()} on (RETENTION_DAYS)",
            )
        return reading
