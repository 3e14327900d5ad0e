"""Since when something has been stored that is not read yet."""

from collections import deque

MAX_SAMPLES = 10_000


class LagMeter:
    """Remembers which transaction was the next one at which time.

    It knows the times of the transactions that it has not passed yet; so the lag is exact to the time between
    two samples, and of an earlier process that to its last checkpoint.
    """

    def __init__(self, position_xid: int, at: float) -> None:
        self._samples = deque([(position_xid + 1, at)])

    def update(self, position_xid: int, next_xid: int, now: float) -> float | None:
        """Return since when there have been transactions after the position; None if there are none."""
        samples = self._samples
        if next_xid <= position_xid:
            samples.clear()
            return None
        if next_xid > (samples[-1][0] if samples else position_xid):
            if len(samples) >= MAX_SAMPLES:
                samples.pop()  # it is far behind: the first samples matter
            samples.append((next_xid, now))
        while samples and samples[0][0] <= position_xid:
            samples.popleft()
        return samples[0][1] if samples else None
