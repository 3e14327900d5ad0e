"""Invalid, duplicate and badly timed messages."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from statistics import fmean

from tests.faults.bodies import any_format, invalid_message, reading_at, valid_reading
from tests.faults.experiment import Experiment
from tests.faults.ledger import Attempt, StoredRow
from tests.faults.load import RejectedByBroker, confirm_channel, connect, publish

SUMMARY = """
SELECT sensor_id, readings, min_temperature, mean_temperature, max_temperature, last_temperature, now()
FROM last_hour_summary
"""
HOUR = timedelta(hours=1)
# Readings this close to the boundary of the hour are excluded, because the view is queried later.
MARGIN = timedelta(seconds=30)
TOLERANCE = 1e-6


def poison(experiment: Experiment, *, messages: int) -> None:
    """Row 10. The dead-letter queue contains exactly the invalid messages, each with its reason."""
    experiment.start_workers()
    for share in (0.01, 1.0):
        experiment.show_progress(f"{share:.0%} invalid")
        makers = (
            invalid_message if experiment.random.random() < share else valid_reading for _ in range(messages)
        )
        publish_all(experiment, [make(experiment.random, f"poison-{n % 5}") for n, make in enumerate(makers)])


def duplicates(experiment: Experiment, *, messages: int) -> None:
    """Row 11. Every message is published twice, shuffled; the table and the views equal the oracle's."""
    experiment.start_workers()
    attempts = [any_format(experiment.random, f"duplicate-{n % 7}") for n in range(messages)]
    attempts = [attempt for attempt in attempts if not _is_near_boundary(attempt)]
    doubled = attempts * 2
    experiment.random.shuffle(doubled)
    publish_all(experiment, doubled)
    check_views(experiment, [attempt.row for attempt in attempts if attempt.row])


def clock_skew(experiment: Experiment, *, messages: int) -> None:
    """Row 12. Readings ahead of the clock are dead-lettered as future-time, late readings are stored."""
    experiment.start_workers()
    now = datetime.now(UTC)
    steps = [timedelta(microseconds=n) for n in range(messages)]  # so that one reading is the last
    ahead = [reading_at(now + HOUR + step, experiment.random, "ahead", "future-time") for step in steps]
    within_tolerance = [
        reading_at(now + timedelta(minutes=4) + step, experiment.random, "within-tolerance") for step in steps
    ]
    behind = [reading_at(now - HOUR - MARGIN + step, experiment.random, "behind") for step in steps]
    within = [reading_at(now - HOUR + 4 * MARGIN + step, experiment.random, "within") for step in steps]
    attempts = ahead + within_tolerance + behind + within
    experiment.random.shuffle(attempts)
    publish_all(experiment, attempts)
    check_views(experiment, [attempt.row for attempt in attempts if attempt.row])


def publish_all(experiment: Experiment, attempts: list[Attempt]) -> None:
    """Publish the messages in order, and wait until the queue is empty."""
    rejected = 0
    with closing(connect(experiment.environment.amqp_url)) as connection:
        channel = confirm_channel(connection)
        for number, attempt in enumerate(attempts):
            try:
                publish(channel, experiment.ledger, attempt)
            except RejectedByBroker:
                rejected += 1
                channel = confirm_channel(connection)
            if number % 100 == 0:
                experiment.show_progress(f"published {number} of {len(attempts)}")
    if rejected:
        experiment.notes.append(f"{rejected} messages were too large for the broker, which rejected them")
    experiment.wait_until(lambda: experiment.depth()[0] == 0, 300, "the queue is empty")


def check_views(experiment: Experiment, rows: list[StoredRow]) -> None:
    """Compare the view of the last hour with a computation from the rows."""
    distinct = sorted({row.key: row for row in rows}.values(), key=lambda row: row.sensor_id)
    experiment.wait_until(
        lambda: len(experiment.stored()) == len(distinct), 60, f"{len(distinct)} rows are stored"
    )
    actual = {row[0]: row[1:6] for row in experiment.query(SUMMARY)}
    start = datetime.now(UTC) - HOUR
    expected = {
        sensor: _measures([row for row in group if row.measured_at > start])
        for sensor, group in groupby(distinct, key=lambda row: row.sensor_id)
    }
    expected = {sensor: measures for sensor, measures in expected.items() if measures}
    if actual.keys() != expected.keys():
        experiment.problems.append(f"the view has {sorted(map(str, actual))}, not {sorted(expected)}")
    for sensor in actual.keys() & expected.keys():
        pairs = zip(actual[sensor], expected[str(sensor)], strict=True)
        if any(abs(float(str(view)) - oracle) > TOLERANCE for view, oracle in pairs):
            experiment.problems.append(
                f"{sensor}: the view has {actual[sensor]}, the oracle {expected[str(sensor)]}"
            )
    experiment.notes.append(f"the view equals the oracle's for {len(expected)} sensors")


def _measures(rows: list[StoredRow]) -> tuple[float, ...]:
    if not rows:
        return ()
    values = [row.celsius for row in rows]
    last = max(rows, key=lambda row: row.measured_at).celsius
    return len(values), min(values), fmean(values), max(values), last


def _is_near_boundary(attempt: Attempt) -> bool:
    assert attempt.row
    age = datetime.now(UTC) - attempt.row.measured_at
    return HOUR - 20 * MARGIN < age < HOUR + MARGIN
