"""Finds the excursions beyond one limit, from readings in order of `measured_at`."""

from dataclasses import asdict
from typing import Any

from limits.crossing import area_above, crossing, interpolate
from limits.model import EndReason, Excursion, Limit, LimitKind, Reading
from limits.rate import ChangeWindow
from limits.schedule import Piece

NO_PIECE = Piece(0.0, 0.0, active=False)
ALWAYS = Piece(float("-inf"), float("inf"), active=True)


class LimitEvaluation:
    """The state of a limit after the readings so far, and the excursions that ended in them.

    An excursion starts where the value crosses the threshold and is one once it was beyond the threshold for
    as long as the delay. Then it ends where the value has come back by the hysteresis.
    """

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.ended: list[Excursion] = []
        # A low limit is a high limit of the negative values.
        self._sign = -1.0 if limit.kind is LimitKind.LOW else 1.0
        self._level = self._sign * limit.threshold
        self._clear_level = self._level - limit.hysteresis
        self._window = ChangeWindow(limit.window_seconds) if limit.kind is LimitKind.RATE else None
        self._piece = NO_PIECE if limit.schedule else ALWAYS
        self._active = limit.schedule is None
        self._value = 0.0  # of the last reading
        self._episode: Excursion | None = None
        self._confirmed = False

    @property
    def idle(self) -> bool:
        """Whether the value is not beyond the limit, and was not before without coming back."""
        return self._episode is None

    @property
    def started_at(self) -> float | None:
        """When the episode started that is or may become an excursion."""
        return self._episode.started_at if self._episode else None

    @property
    def open(self) -> Excursion | None:
        """The excursion that has not ended yet."""
        return self._episode if self._confirmed else None

    def enter(self, reading: Reading) -> None:
        """Take the first reading, or the first after a gap."""
        self._value = self._measure(reading)
        self._active = self._piece_at(reading.measured_at).active
        if self._active:
            self._start_beyond(reading.measured_at, self._value, reading.temperature)

    def advance(self, before: Reading, reading: Reading) -> None:
        """Take the next reading, `before` which was the last."""
        value0, value1 = self._value, self._measure(reading)
        self._value = value1
        if self._episode is None and value0 <= self._level and value1 <= self._level:
            if self.limit.schedule:
                self._active = self._piece_at(reading.measured_at).active
            return
        t0, t1 = before.measured_at, reading.measured_at
        piece = self._piece_at(t0)
        if t1 < piece.end:
            self._advance_piece(piece, (t0, value0, before.temperature), (t1, value1, reading.temperature))
        else:
            self._advance_pieces(before, value0, reading, value1)

    def interrupt(self, last_at: float) -> None:
        """End the episode as unknown: the next reading follows after a gap."""
        if self._episode:
            self._end(last_at, EndReason.UNKNOWN)
        if self._window:
            self._window.clear()

    def end(self, at: float, reason: EndReason) -> None:
        """End the episode for a reason other than the readings."""
        if self._episode:
            self._end(max(at, self._episode.started_at), reason)

    def dump(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "value": self._value,
            "active": self._active,
            "confirmed": self._confirmed,
            "episode": asdict(self._episode) if self._episode else None,
            "window": self._window.dump() if self._window else None,
        }

    def restore(self, dumped: dict[str, Any]) -> None:
        """Take a state that `dump` returned."""
        self._value, self._active, self._confirmed = dumped["value"], dumped["active"], dumped["confirmed"]
        self._episode = Excursion(**dumped["episode"]) if dumped["episode"] else None
        if self._window and dumped["window"]:
            self._window.restore(dumped["window"])

    def _measure(self, reading: Reading) -> float:
        return self._window.add(reading) if self._window else self._sign * reading.temperature

    def _piece_at(self, at: float) -> Piece:
        if self.limit.schedule and not self._piece.start <= at < self._piece.end:
            self._piece = self.limit.schedule.piece_at(at)
        return self._piece

    def _advance_pieces(self, before: Reading, value0: float, reading: Reading, value1: float) -> None:
        """Advance through the times in which the limit holds and does not hold."""
        (t0, temperature0), (t1, temperature1) = before, reading
        point = (t0, value0, temperature0)
        assert self.limit.schedule
        for piece in self.limit.schedule.pieces(t0, t1):
            end = (
                piece.end,
                interpolate(t0, value0, t1, value1, piece.end),
                interpolate(t0, temperature0, t1, temperature1, piece.end),
            )
            self._advance_piece(piece, point, end)
            point = end
        # The reading itself may be the first at which the limit holds, or no longer holds.
        self._advance_piece(self._piece_at(t1), point, (t1, value1, temperature1))

    def _advance_piece(
        self, piece: Piece, start: tuple[float, float, float], end: tuple[float, float, float]
    ) -> None:
        if piece.active:
            if not self._active:
                self._start_beyond(*start)
            self._advance_line(start, end)
        elif self._episode:
            self._end(start[0], EndReason.SCHEDULE)
        self._active = piece.active

    def _start_beyond(self, at: float, value: float, temperature: float) -> None:
        if value > self._level:
            self._episode = Excursion(at, at, self._sign * value, temperature, at)
            self._confirmed = self.limit.delay_seconds <= 0

    def _advance_line(self, start: tuple[float, float, float], end: tuple[float, float, float]) -> None:
        (t0, value0, _), (t1, value1, temperature1) = start, end
        if self._episode is None:
            if value1 <= self._level:
                return
            at = crossing(t0, value0, t1, value1, self._level)
            self._episode = Excursion(at, at, self._sign * value1, temperature1, t1)
        episode = self._episode
        episode.degree_minutes += area_above(t0, value0, t1, value1, self._level)
        episode.last_at = t1
        if value1 > self._sign * episode.peak:
            episode.peak, episode.peak_temperature, episode.peak_at = self._sign * value1, temperature1, t1
        if not self._confirmed:
            beyond_until = t1 if value1 > self._level else crossing(t0, value0, t1, value1, self._level)
            self._confirmed = beyond_until - episode.started_at >= self.limit.delay_seconds
        if self._confirmed and value1 <= self._clear_level:
            self._end(crossing(t0, value0, t1, value1, self._clear_level), EndReason.RECOVERED)
        elif not self._confirmed and value1 <= self._level:
            self._episode = None

    def _end(self, at: float, reason: EndReason) -> None:
        episode = self._episode
        assert episode
        # Two readings of one time on both sides of the threshold are no excursion.
        if self._confirmed and (at > episode.started_at or reason is not EndReason.RECOVERED):
            episode.ended_at = episode.last_at = at
            episode.end_reason = reason
            self.ended.append(episode)
        self._episode = None
        self._confirmed = False
