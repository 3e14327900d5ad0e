"""How a reconciliation looks: a row a sensor, and a verdict."""

from collections import defaultdict
from typing import Any

from rich.table import Table

from sensorctl.reconcile.balance import Run
from sensorctl.reconcile.ranges import size
from sensorctl.reconcile.reconciliation import Reconciliation
from sensorctl.views import safe

MOST_RANGES = 20
NUMBERS = ("runs", "published", "stored", "dead", "on_the_way", "lost")


def sensor_rows(result: Reconciliation) -> list[dict[str, Any]]:
    """The books of each sensor.

    What is missing is lost as soon as less is on its way than is missing, since it is not known which.
    """
    sensors: dict[str, list[Run]] = defaultdict(list)
    for run in result.balance.runs.values():
        sensors[run.key.sensor_id].append(run)
    return [_row(sensor_id, sensors[sensor_id], lost=result.lost > 0) for sensor_id in sorted(sensors)]


def _row(sensor_id: str, runs: list[Run], *, lost: bool) -> dict[str, Any]:
    missing = sum(size(run.missing) for run in runs)
    return {
        "sensor_id": sensor_id,
        "runs": len(runs),
        "published": sum(run.published for run in runs),
        "stored": sum(run.stored for run in runs),
        "dead": sum(run.dead for run in runs),
        "on_the_way": 0 if lost else missing,
        "lost": missing if lost else 0,
    }


def missing_ranges(result: Reconciliation) -> list[dict[str, Any]]:
    """Which sequences are missing."""
    return [
        {"sensor_id": run.key.sensor_id, "run_id": str(run.key.run_id), "first": first, "last": last}
        for run in sorted(result.balance.runs.values(), key=lambda run: run.key)
        for first, last in run.missing
    ]


def as_record(result: Reconciliation) -> dict[str, Any]:
    """Everything, for other programs. `on_the_way` is null when it could not be known in time."""
    return {
        "balanced": result.balanced,
        "missing": result.balance.missing,
        "on_the_way_at_most": result.on_the_way,
        "lost_at_least": result.lost,
        "queue": {"ready": result.flow.ready, "unacked": result.flow.unacked},
        "sensors": sensor_rows(result),
        "missing_ranges": missing_ranges(result),
    }


def balance_table(result: Reconciliation) -> Table:
    """A row a sensor, and one over all."""
    rows = sensor_rows(result)
    table = Table(title="Where every reading is", title_justify="left", show_footer=len(rows) > 1)
    table.add_column("sensor", footer="all")
    for name in NUMBERS:
        total = str(sum(row[name] for row in rows))
        table.add_column(name.replace("_", " "), footer=total, justify="right")
    for row in rows:
        table.add_row(safe(row["sensor_id"]), *(str(row[name]) for name in NUMBERS))
    return table


def verdict(result: Reconciliation) -> list[str]:
    """What follows, in sentences."""
    queue = f"In the queue: {result.flow.ready} ready, {result.flow.unacked} unacked."
    ranges = missing_ranges(result)
    shown = [
        f"  sensor {r['sensor_id']}, run {r['run_id']}: {r['first']} to {r['last']}"
        for r in ranges[:MOST_RANGES]
    ]
    more = [f"  … and {len(ranges) - MOST_RANGES} more ranges"] if len(ranges) > MOST_RANGES else []
    return [queue, _conclusion(result), *shown, *more]


def _conclusion(result: Reconciliation) -> str:
    missing = result.balance.missing
    if missing == 0:
        return "Balanced: every reading is stored or dead."
    if result.on_the_way is None:
        return f"{missing} neither stored nor dead; whether they are on the way needs a longer --wait:"
    if result.lost == 0:
        return f"Balanced: {missing} neither stored nor dead may be on the way:"
    uncertain = f" (at most {result.on_the_way} of them may be on the way)" if result.on_the_way else ""
    return f"LOST: {missing} neither stored nor dead nor in the queue{uncertain}:"
