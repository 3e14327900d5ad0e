"""What is wrong with rows of files, as it is counted: the kinds of problems, not their sentences."""

from enum import StrEnum


class Problem(StrEnum):
    """Why a row of a file is no reading, or one that is stored and counted."""

    DUPLICATE = "duplicate"
    OTHER_TEMPERATURE = "other-temperature"
    OUT_OF_ORDER = "out-of-order"
    UNREAD_TEMPERATURE = "unread-temperature"
    MISSING = "missing"
    SENTINEL = "sentinel"
    IMPOSSIBLE = "impossible"
    IMPLAUSIBLE = "implausible"
    BAD_QUALITY = "bad-quality"
    UNSET_CLOCK = "unset-clock"
    FUTURE = "future"
    SKIPPED_HOUR = "skipped-hour"
    REPEATED_HOUR = "repeated-hour"
    UNDECIDED_HOUR = "undecided-hour"
    MARKER = "marker"
    SUMMARY = "summary"
    OTHER_QUANTITY = "other-quantity"
    PAST_RETENTION = "past-retention"
    EXCLUDED = "excluded"
    NO_DATA = "no-data"
    INVALID = "invalid"

    @property
    def is_stored(self) -> bool:
        """Whether the readings of such rows are stored."""
        return self in _STORED

    @property
    def description(self) -> str:
        """What such rows are, for people, after their number as in `3 rows ...`."""
        return _DESCRIPTIONS[self]


_STORED = {
    Problem.OTHER_TEMPERATURE,
    Problem.OUT_OF_ORDER,
    Problem.UNREAD_TEMPERATURE,
    Problem.REPEATED_HOUR,
}
_DESCRIPTIONS = {
    Problem.DUPLICATE: "with sensor, time and temperature of an earlier row (duplicates, stored once)",
    Problem.OTHER_TEMPERATURE: "with another temperature for sensor and time of an earlier row (both stored)",
    Problem.OUT_OF_ORDER: "out of the order of time (stored)",
    Problem.UNREAD_TEMPERATURE: "with a temperature in another column, which is not read",
    Problem.MISSING: "without a temperature",
    Problem.SENTINEL: "with a number that stands for a missing value or a fault of the sensor",
    Problem.IMPOSSIBLE: "with an impossible temperature",
    Problem.IMPLAUSIBLE: "outside the plausible range",
    Problem.BAD_QUALITY: "that their source marks as bad",
    Problem.UNSET_CLOCK: "with the time of a clock that was never set",
    Problem.FUTURE: "with a time in the future",
    Problem.SKIPPED_HOUR: "in an hour that the clocks skip",
    Problem.REPEATED_HOUR: "in a repeated hour, decided by the order of the rows (stored)",
    Problem.UNDECIDED_HOUR: "in a repeated hour that the order of the rows does not decide",
    Problem.MARKER: "with an event of the logger instead of a temperature",
    Problem.SUMMARY: "that sum up others",
    Problem.OTHER_QUANTITY: "of another quantity than temperature",
    Problem.PAST_RETENTION: "older than the retention",
    Problem.EXCLUDED: "excluded by a condition",
    Problem.NO_DATA: "without data: empty, or above the header",
    Problem.INVALID: "invalid",
}
