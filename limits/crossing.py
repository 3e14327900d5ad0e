"""Straight lines between two readings: where they cross a level, and the area beyond it."""

SECONDS_PER_MINUTE = 60.0


def interpolate(t0: float, y0: float, t1: float, y1: float, at: float) -> float:
    """Return the value at a time between two points."""
    return y0 + (y1 - y0) * ((at - t0) / (t1 - t0))


def crossing(t0: float, y0: float, t1: float, y1: float, level: float) -> float:
    """Return when the line between two points crosses a level that is between their values."""
    return t0 + (t1 - t0) * ((level - y0) / (y1 - y0))


def area_above(t0: float, y0: float, t1: float, y1: float, level: float) -> float:
    """Return the area between the line and a level below it, in value times minutes."""
    above0, above1 = y0 - level, y1 - level
    seconds = t1 - t0
    if above0 <= 0 and above1 <= 0:
        return 0.0
    if above0 >= 0 and above1 >= 0:
        return seconds * (above0 + above1) / 2 / SECONDS_PER_MINUTE
    top = max(above0, above1)
    return seconds * (top / abs(above1 - above0)) * top / 2 / SECONDS_PER_MINUTE
