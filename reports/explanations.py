"""What explains the figures of a report: why one is missing, and where one comes from."""

from enum import StrEnum


class Unmeasured(StrEnum):
    """Why a report has no mean kinetic temperature of a sensor."""

    FROZEN = "frozen"  # the goods are frozen, for which it is not defined
    NO_MEASURED_TIME = "no-measured-time"  # no two readings follow each other without a gap
    ABSOLUTE_ZERO = "absolute-zero"  # a reading is -273.15 °C or less


class IntervalSource(StrEnum):
    """Where the usual interval of a sensor comes from."""

    REQUEST = "request"
    SENSOR = "sensor"  # its expected interval
    MEDIAN = "median"  # of the intervals between the readings of the period
