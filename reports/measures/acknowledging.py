"""Who acknowledged the excursions of a report."""

from collections.abc import Sequence
from dataclasses import replace

from reports.model import Acknowledgement, ReportExcursion


def acknowledge(excursion: ReportExcursion, acknowledgements: Sequence[Acknowledgement]) -> ReportExcursion:
    """Return the excursion with its last acknowledgement, if it has one.

    These are of excursions of the sensor's own limits, in the same direction, that share a time with it: the
    limits of a report may be others, but the event is the same. Those beyond the same threshold come first.
    """
    own = [each for each in acknowledgements if each.kind == excursion.limit.kind and _meet(each, excursion)]
    if not own:
        return excursion
    threshold = excursion.limit.threshold
    last = max(own, key=lambda each: (each.threshold == threshold, each.acknowledged_at))
    return replace(
        excursion,
        acknowledged_by=last.acknowledged_by,
        acknowledged_at=last.acknowledged_at,
        note=last.note,
    )


def _meet(acknowledgement: Acknowledgement, excursion: ReportExcursion) -> bool:
    end = acknowledgement.end
    return acknowledgement.start <= excursion.end and (end is None or excursion.start <= end)
