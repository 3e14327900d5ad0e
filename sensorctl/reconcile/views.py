"""A reconciliation as tables of sensors and workflows, a conclusion and a JSON object."""

from collections import defaultdict
from typing import Any

from rich.table import Table

from runtime.text import quantity
from sensorctl.output import safe_text
from sensorctl.reconcile.balance import Run
from sensorctl.reconcile.fetched import FetchedBalance
from sensorctl.reconcile.ranges import size
from sensorctl.reconcile.reconciliation import Reconciliation

MAX_RANGES = 20
ACKNOWLEDGE_HINT = (
    "When the cause is known, `sensorctl reconcile --acknowledge REASON` records these readings: later runs "
    "do not count them as lost."
)
FETCHED_COUNTS = ("published", "stored", "dead", "not_found")
COUNTS = ("runs", "published", "stored", "dead", "in_flight", "acknowledged", "lost")


def sensor_rows(result: Reconciliation) -> list[dict[str, Any]]:
    """Return the counts of each sensor.

    If more is missing than can be in flight, all missing readings count as lost, because it is unknown which
    of them are in flight.
    """
    sensors: dict[str, list[Run]] = defaultdict(list)
    for run in result.balance.runs.values():
        sensors[run.key.sensor_id].append(run)
    return [
        _sensor_row(sensor_id, sensors[sensor_id], is_lost=result.lost > 0) for sensor_id in sorted(sensors)
    ]


def _sensor_row(sensor_id: str, runs: list[Run], *, is_lost: bool) -> dict[str, Any]:
    missing = sum(size(run.missing) for run in runs)
    return {
        "sensor_id": sensor_id,
        "runs": len(runs),
        "published": sum(run.published for run in runs),
        "stored": sum(run.stored for run in runs),
        "dead": sum(run.dead for run in runs),
        "in_flight": 0 if is_lost else missing,
        "acknowledged": sum(run.acknowledged for run in runs),
        "lost": missing if is_lost else 0,
    }


def missing_ranges(result: Reconciliation) -> list[dict[str, Any]]:
    """Return the ranges of missing sequences, by sensor and run."""
    return [
        {"sensor_id": run.key.sensor_id, "run_id": str(run.key.run_id), "first": first, "last": last}
        for run in sorted(result.balance.runs.values(), key=lambda run: run.key)
        for first, last in run.missing
    ]


def excluded_ranges(result: Reconciliation) -> list[dict[str, Any]]:
    """Return the gaps that are no losses, with the reason, by sensor and run."""
    return [
        {
            "sensor_id": run.key.sensor_id,
            "run_id": str(run.key.run_id),
            "first": first,
            "last": last,
            "reason": reason.value,
        }
        for run in sorted(result.balance.runs.values(), key=lambda run: run.key)
        for (first, last), reason in sorted(run.excluded.items())
    ]


def reconciliation_record(result: Reconciliation) -> dict[str, Any]:
    """Return the result as a JSON object; `in_flight_at_most` is null if it could not be determined."""
    return {
        "balanced": result.balanced,
        "missing": result.missing,
        "in_flight_at_most": result.in_flight,
        "lost_at_least": result.lost,
        "queue": {"ready": result.queue.ready, "unacked": result.queue.unacked},
        "sensors": sensor_rows(result),
        "fetched": [_fetched_row(each) for each in result.fetched],
        "missing_ranges": missing_ranges(result),
        "excluded_ranges": excluded_ranges(result),
    }


def reconciliation_table(result: Reconciliation) -> Table:
    """Return one row per sensor, and a total of several sensors."""
    rows = sensor_rows(result)
    table = Table(title="Where every reading is", title_justify="left", show_footer=len(rows) > 1)
    table.add_column("sensor", footer="all")
    for name in COUNTS:
        total = str(sum(row[name] for row in rows))
        table.add_column(name.replace("_", " "), footer=total, justify="right")
    for row in rows:
        table.add_row(safe_text(row["sensor_id"]), *(str(row[name]) for name in COUNTS))
    return table


def fetched_table(result: Reconciliation) -> Table | None:
    """Return one row per workflow that fetched readings; None if there is none."""
    if not result.fetched:
        return None
    table = Table(
        "workflow", "source", title="Where the readings are that workflows fetched", title_justify="left"
    )
    for name in FETCHED_COUNTS:
        table.add_column(name.replace("_", " "), justify="right")
    for row in map(_fetched_row, result.fetched):
        counts = (str(row[name]) for name in FETCHED_COUNTS)
        table.add_row(row["workflow_id"], safe_text(row["source"]), *counts)
    return table


def _fetched_row(balance: FetchedBalance) -> dict[str, Any]:
    return {
        "workflow_id": str(balance.fetched.workflow_id),
        "source": balance.fetched.source,
        "published": balance.fetched.published,
        "stored": balance.fetched.stored,
        "dead": balance.dead,
        "not_found": balance.not_found,
    }


def conclusion_lines(result: Reconciliation) -> list[str]:
    """Return the queue's figures, the conclusion and the missing ranges."""
    queue = f"In the queue: {result.queue.ready} ready, {result.queue.unacked} unacked."
    lines = [queue, _conclusion(result), *_range_lines(missing_ranges(result))]
    if result.lost:
        lines.append(ACKNOWLEDGE_HINT)
    lines += _not_found_lines(result)
    if excluded := excluded_ranges(result):
        lines += ["Not counted, because these are no losses:", *_range_lines(excluded)]
    return lines


def _not_found_lines(result: Reconciliation) -> list[str]:
    return [
        f"  workflow {each.fetched.workflow_id}, source {each.fetched.source}: "
        f"{quantity(each.not_found, 'reading')}, which live values or another workflow may have brought "
        f"first. `sensorctl workflow rerun {each.fetched.workflow_id}` compares each value with what is "
        "stored, and fetches those that are missing."
        for each in result.fetched
        if each.not_found
    ][:MAX_RANGES]


def _range_lines(ranges: list[dict[str, Any]]) -> list[str]:
    shown = [
        f"  sensor {r['sensor_id']}, run {r['run_id']}: {r['first']} to {r['last']}"
        + (f" ({r['reason']})" if "reason" in r else "")
        for r in ranges[:MAX_RANGES]
    ]
    more = [f"  … and {len(ranges) - MAX_RANGES} more ranges"] if len(ranges) > MAX_RANGES else []
    return [*shown, *more]


def _conclusion(result: Reconciliation) -> str:
    missing = result.missing
    if missing == 0:
        return "Balanced: every reading is stored or dead."
    are = "is" if missing == 1 else "are"
    not_accounted = f"{quantity(missing, 'reading')} {are} neither stored nor dead"
    if result.in_flight is None:
        return f"Unknown: {not_accounted}, but may be in flight. Use a longer --wait:"
    if result.balanced:
        return f"Balanced: {not_accounted}, but may be in flight:"
    uncertain = f" (at most {result.in_flight} of them may be in flight)" if result.in_flight else ""
    if not result.lost:
        return f"NOT FOUND: {quantity(missing, 'fetched reading')} {are} not where they should be{uncertain}:"
    return f"LOST: {not_accounted} nor in the queue{uncertain}:"
