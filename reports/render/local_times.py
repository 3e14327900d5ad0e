"""Times of a zone as a spreadsheet has them: local, next to their offset from UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reports.samples import MICROSECONDS, to_epoch_us, to_time

DAY_MICROSECONDS = 86_400 * MICROSECONDS
# No zone has changed its offset within a quarter of an hour of UTC since 1972.
BLOCK_MICROSECONDS = 900 * MICROSECONDS
BLOCKS_SINCE = datetime(1973, 1, 1, tzinfo=UTC)
DAY_ZERO_US = to_epoch_us(datetime(1899, 12, 30, tzinfo=UTC))
FIRST_TIME_US = to_epoch_us(datetime(1900, 3, 2, tzinfo=UTC))


class LocalTimes:
    """Converts many times of one zone, and remembers the offsets that it has found."""

    def __init__(self, time_zone: str) -> None:
        """Open the zone.

        Raises:
            ZoneInfoNotFoundError: When there is no such zone.
        """
        self.zone_name = time_zone
        self._zone = ZoneInfo(time_zone)
        self._offsets: dict[int, int] = {}
        self._texts: dict[int, str] = {}
        self._first_block = to_epoch_us(BLOCKS_SINCE) // BLOCK_MICROSECONDS

    def offset_us(self, epoch_us: int) -> int:
        """Return the offset from UTC at a time, in µs."""
        block = epoch_us // BLOCK_MICROSECONDS
        if block < self._first_block:
            return self._find(epoch_us)
        offset = self._offsets.get(block)
        if offset is None:
            offset = self._offsets[block] = self._find(block * BLOCK_MICROSECONDS)
        return offset

    def cell(self, epoch_us: int) -> float | str:
        """Return the local time as the number of a spreadsheet, or as text before March 1900.

        Spreadsheets count days from a calendar that has a 29 February 1900.
        """
        local = epoch_us + self.offset_us(epoch_us)
        return (local - DAY_ZERO_US) / DAY_MICROSECONDS if local >= FIRST_TIME_US else self.iso(epoch_us)

    def offset_text(self, epoch_us: int) -> str:
        """Return the offset as ISO 8601 has it, such as +01:00."""
        offset = self.offset_us(epoch_us)
        text = self._texts.get(offset)
        if text is None:
            text = self._texts[offset] = _format_offset(offset)
        return text

    def offset_of(self, at: datetime) -> str:
        """Return the offset at a time as `offset_text` does."""
        return self.offset_text(to_epoch_us(at))

    def iso(self, epoch_us: int) -> str:
        """Return the local time with its offset as ISO 8601 has it."""
        local = to_time(epoch_us + self.offset_us(epoch_us)).replace(tzinfo=None)
        return f"{local.isoformat()}{self.offset_text(epoch_us)}"

    def _find(self, epoch_us: int) -> int:
        offset = to_time(epoch_us).astimezone(self._zone).utcoffset() or timedelta()
        return offset // timedelta(microseconds=1)


def _format_offset(offset_us: int) -> str:
    sign = "-" if offset_us < 0 else "+"
    minutes, seconds = divmod(abs(offset_us) // MICROSECONDS, 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text
