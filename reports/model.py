"""The document of a report: what was requested, the sensors with their readings, and the figures.

Temperatures are in °C, differences in K, times are aware. A renderer shows what is here and computes nothing.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, PlainSerializer

from readings.times import format_timestamp
from reports.explanations import IntervalSource, Unmeasured
from reports.samples import Samples

Timestamp = Annotated[AwareDatetime, PlainSerializer(format_timestamp)]
Language = Literal["en", "pt"]
LimitKind = Literal["high", "low"]

# What pharmacopoeias assume where the heat of activation of a product is not known.
DEFAULT_HEAT_KJ_PER_MOL = 83.144


class Part:
    """A part of the document. Its JSON has no other fields."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLimit(Part):
    """A limit in °C. A temperature is outside if it is above a high limit or below a low one, not at it."""

    kind: LimitKind
    threshold: float
    source: str  # where it comes from, for people
    is_excursion: bool = False  # the outer limit, up to which the preset allows excursions for some time


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset(Part):
    """Named limits with the publication that they come from."""

    name: str
    title: str
    low: float | None = None
    high: float | None = None
    excursion_low: float | None = None
    excursion_high: float | None = None
    is_frozen: bool = False
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRequest(Part):
    """What was requested: readings measured at `start` or later and before `end`."""

    sensors: tuple[str, ...]
    start: Timestamp
    end: Timestamp
    time_zone: str = "UTC"
    language: Language = "en"
    preset: Preset | None = None
    limits: tuple[ReportLimit, ...] = ()  # in addition to the preset's
    interval_seconds: float | None = None
    heat_kj_per_mol: float = DEFAULT_HEAT_KJ_PER_MOL  # heat of activation, of the mean kinetic temperature
    title: str = ""
    requested_by: str = ""

    def __post_init__(self) -> None:
        # Two times of one zone are subtracted and compared as their clocks show them, across a change too.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError("the period must end after its start")
        if self.heat_kj_per_mol <= 0:
            raise ValueError("the heat of activation must be above 0 kJ/mol")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportCalibration(Part):
    """A calibration that holds in the period: temperature = slope * raw temperature + offset."""

    valid_from: Timestamp
    slope: float
    offset_kelvin: float
    set_at: Timestamp | None = None
    set_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledgement(Part):
    """An excursion of the sensor's limits that a person acknowledged; `end` is None while it lasts."""

    kind: LimitKind
    start: Timestamp
    end: Timestamp | None
    acknowledged_by: str
    acknowledged_at: Timestamp
    note: str | None = None
    threshold: float | None = None  # of the limit


@dataclass(frozen=True, kw_only=True, slots=True)
class SensorFields(Part):
    """A sensor as it is registered, without its readings."""

    sensor_id: str
    name: str | None = None
    location: str | None = None
    serial: str | None = None
    unit: str | None = None  # in which the sensor is shown elsewhere; a report is in °C
    expected_interval_seconds: float | None = None
    is_frozen: bool = False  # the goods are frozen
    calibrations: tuple[ReportCalibration, ...] = ()
    # Those of the sensor, which hold if the request has none; of a SensorReport: those that were applied.
    limits: tuple[ReportLimit, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SensorInput(SensorFields):
    """A sensor with its readings in the period."""

    samples: Samples


@dataclass(frozen=True, kw_only=True, slots=True)
class Extreme(Part):
    """The lowest or highest reading, and when it was measured first."""

    temperature: float
    measured_at: Timestamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside(Part):
    """How long and how far the temperature was outside a limit; `readings` counts those outside."""

    limit: ReportLimit
    seconds: float
    degree_minutes: float
    readings: int
    excursions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportExcursion(Part):
    """A time outside a limit.

    Its start is unknown if the first reading of the period or after a gap was outside; likewise its end.
    Then it lasted at least from `start` to `end`.
    """

    limit: ReportLimit
    start: Timestamp
    end: Timestamp
    is_start_known: bool
    is_end_known: bool
    seconds: float
    peak: float
    peak_at: Timestamp
    degree_minutes: float
    acknowledged_by: str | None = None
    acknowledged_at: Timestamp | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportGap(Part):
    """A time without readings for more than 2.5 usual intervals, also at the period's start or end."""

    start: Timestamp
    end: Timestamp
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SensorReport(SensorFields):
    """The figures of a sensor; None where nothing was measured."""

    interval_seconds: float | None  # usual
    interval_source: IntervalSource | None
    readings: int
    first_measured_at: Timestamp | None
    last_measured_at: Timestamp | None
    measured_seconds: float  # between readings that follow each other without a gap
    coverage: float  # 0 to 1: the part of the period that is in no gap
    minimum: Extreme | None
    maximum: Extreme | None
    mean: float | None  # weighted by time
    standard_deviation: float | None  # around the mean, weighted by time
    mean_kinetic_temperature: float | None  # weighted by time
    mean_kinetic_temperature_of_readings: float | None  # each reading has the same weight
    no_mean_kinetic_temperature: Unmeasured | None
    outside: tuple[Outside, ...]  # one per limit, in the order of `limits`
    excursions: tuple[ReportExcursion, ...]  # by start
    gaps: tuple[ReportGap, ...]
    samples_sha256: str
    samples: Samples


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned(Part):
    """Rows of a file with the same thing wrong, of which not all are left out, and the first 100 lines."""

    reason: str
    count: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Input(Part):
    """What the readings came from: a file, or the database."""

    name: str
    sha256: str | None = None
    bytes: int | None = None
    readings: int
    cleaned: tuple[Cleaned, ...] = ()
    program: str | None = None  # that wrote the file, if its layout shows it
    time_zone: str | None = None  # of the times in it that have no offset


@dataclass(frozen=True, kw_only=True, slots=True)
class Report(Part):
    """A report. `document_sha256` covers its JSON without this field and `made_at`."""

    request: ReportRequest
    made_at: Timestamp
    program_version: str
    inputs: tuple[Input, ...]
    sensors: tuple[SensorReport, ...]
    document_sha256: str
