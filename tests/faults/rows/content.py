"""What is in the messages."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from statistics import fmean

from tests.faults.bodies import any_dialect, at, good, invalid
from tests.faults.experiment import Experiment
from tests.faults.ledger import Attempt, StoredRow
from tests.faults.load import RefusedByBroker, confirming, connect, publish

SUMMARY = """
SELECT sensor_id, readings, min_temperature, mean_temperature, max_temperature, last_temperature, now()
FROM last_hour_summary
"""
HOUR = timedelta(hours=1)
# Readings so near to the hour's edge are left out, since the view is asked a little later.
EDGE = timedelta(seconds=30)
TOLERANCE = 1e-6


def poison(x: Experiment, *, messages: int) -> None:
    """Row 10. 1 % and 100 % invalid: the dead queue holds exactly these, each with its reason."""
    x.workers()
    for share in (0.01, 1.0):
        x.say(f"{share:.0%} invalid")
        makers = (invalid if x.chance.random() < share else good for _ in range(messages))
        publish_all(x, [make(x.chance, f"poison-{n % 5}") for n, make in enumerate(makers)])


def twice(x: Experiment, *, messages: int) -> None:
    """Row 11. Every message comes twice, and shuffled: table and views equal the oracle's."""
    x.workers()
    made = [any_dialect(x.chance, f"twice-{n % 7}") for n in range(messages)]
    made = [attempt for attempt in made if not _near_the_edge(attempt)]
    doubled = made * 2
    x.chance.shuffle(doubled)
    publish_all(x, doubled)
    check_views(x, [attempt.row for attempt in made if attempt.row])


def clocks(x: Experiment, *, messages: int) -> None:
    """Row 12. Clocks ahead are dead as future-time, clocks behind are stored; the views keep their hour."""
    x.workers()
    now = datetime.now(UTC)
    steps = [timedelta(microseconds=n) for n in range(messages)]  # so that there is a last one
    ahead = [at(now + HOUR + step, x.chance, "ahead", "future-time") for step in steps]
    nearly = [at(now + timedelta(minutes=4) + step, x.chance, "nearly-ahead") for step in steps]
    behind = [at(now - HOUR - EDGE + step, x.chance, "behind") for step in steps]
    within = [at(now - HOUR + 4 * EDGE + step, x.chance, "within") for step in steps]
    made = ahead + nearly + behind + within
    x.chance.shuffle(made)
    publish_all(x, made)
    check_views(x, [attempt.row for attempt in made if attempt.row])


def publish_all(x: Experiment, attempts: list[Attempt]) -> None:
    """Publish one after the other, and wait until the queue is empty."""
    refused = 0
    with closing(connect(x.site.amqp_url)) as connection:
        channel = confirming(connection)
        for number, attempt in enumerate(attempts):
            try:
                publish(channel, x.ledger, attempt)
            except RefusedByBroker:
                refused += 1
                channel = confirming(connection)
            if number % 100 == 0:
                x.say(f"published {number} of {len(attempts)}")
    if refused:
        x.notes.append(f"{refused} messages were too large for the broker itself, which refused them")
    x.until(lambda: x.depth()[0] == 0, 300, "the queue is empty")


def check_views(x: Experiment, rows: list[StoredRow]) -> None:
    """The last hour by the view and by hand."""
    distinct = sorted({row.key: row for row in rows}.values(), key=lambda row: row.sensor_id)
    x.until(lambda: len(x.stored()) == len(distinct), 60, f"{len(distinct)} rows are stored")
    found = {row[0]: row[1:6] for row in x.query(SUMMARY)}
    since = datetime.now(UTC) - HOUR
    expected = {
        sensor: _measures([row for row in group if row.measured_at > since])
        for sensor, group in groupby(distinct, key=lambda row: row.sensor_id)
    }
    expected = {sensor: measures for sensor, measures in expected.items() if measures}
    if found.keys() != expected.keys():
        x.problems.append(f"the view has {sorted(map(str, found))}, not {sorted(expected)}")
    for sensor in found.keys() & expected.keys():
        pairs = zip(found[sensor], expected[str(sensor)], strict=True)
        if any(abs(float(str(view)) - oracle) > TOLERANCE for view, oracle in pairs):
            x.problems.append(f"{sensor}: the view has {found[sensor]}, the oracle {expected[str(sensor)]}")
    x.notes.append(f"the view equals the oracle's for {len(expected)} sensors")


def _measures(rows: list[StoredRow]) -> tuple[float, ...]:
    if not rows:
        return ()
    values = [row.celsius for row in rows]
    last = max(rows, key=lambda row: row.measured_at).celsius
    return len(values), min(values), fmean(values), max(values), last


def _near_the_edge(attempt: Attempt) -> bool:
    assert attempt.row
    age = datetime.now(UTC) - attempt.row.measured_at
    return HOUR - 20 * EDGE < age < HOUR + EDGE
