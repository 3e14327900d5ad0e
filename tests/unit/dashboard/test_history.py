from dashboard.history import HOUR_SECONDS, STEP_SECONDS, HistoryBuffer
from tests.system_status import MOMENT, healthy_status, outage_status


def test_it_keeps_the_latest_point_of_each_step() -> None:
    history = HistoryBuffer()
    for seconds in range(12):
        history.add(healthy_status(after_seconds=seconds))
    start = int(MOMENT.timestamp()) // STEP_SECONDS * STEP_SECONDS
    offsets = [point.at - start for point in history.history().points]
    assert offsets == [0, STEP_SECONDS, 2 * STEP_SECONDS]


def test_it_spans_an_hour_however_long_the_process_runs() -> None:
    history = HistoryBuffer()
    for step in range(3 * HOUR_SECONDS // STEP_SECONDS):
        history.add(healthy_status(after_seconds=step * STEP_SECONDS))
    points = history.history().points
    assert len(points) == HOUR_SECONDS // STEP_SECONDS
    assert points[-1].at - points[0].at < HOUR_SECONDS


def test_points_older_than_an_hour_are_dropped_even_when_none_followed() -> None:
    history = HistoryBuffer()
    history.add(healthy_status())
    history.add(healthy_status(after_seconds=2 * HOUR_SECONDS))
    assert len(history.history().points) == 1


def test_it_stays_ordered_when_the_clock_is_set_back() -> None:
    history = HistoryBuffer()
    for seconds in (40, 80, 90, 100, 50, 60):
        history.add(healthy_status(after_seconds=seconds))
    at = [point.at for point in history.history().points]
    assert at == sorted(set(at))
    assert len(at) == 3


def test_unknown_values_are_gaps() -> None:
    point = HistoryBuffer().add(outage_status())
    assert (point.ready, point.publish_rate, point.stored_rate) == (None, None, None)
