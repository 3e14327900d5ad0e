"""The status screen: problems, services, queue, throughput and sensors."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from monitoring.model import (
    Excursion,
    Health,
    OpenAnomalies,
    OpenExcursions,
    Problem,
    Queue,
    Sensor,
    Service,
    SystemStatus,
    Throughput,
)
from runtime.text import format_duration, quantity
from sensorctl.limits.views import format_peak, format_threshold
from sensorctl.output import safe_text

BARS = "▁▂▃▄▅▆▇█"
# A narrower terminal gets half as many bars.
WIDE_COLUMNS, MAX_BARS = 110, 60
MAX_SENSORS, MIN_SENSORS, MAX_PROBLEMS, MAX_EXCURSIONS, MAX_ANOMALIES = 20, 3, 6, 5, 5
COLOURS = {
    Health.READY: "green",
    Health.NOT_READY: "yellow",
    Health.STALLED: "red",
    Health.DOWN: "red",
}
SEVERITY_COLOURS = {"critical": "red", "warning": "yellow"}
NOT_VISIBLE = "not visible from here: docker compose run --rm sensorctl status"
REASON_HEADING = ""
Cell = Text | str


def status_screen(status: SystemStatus, console: Console, *, fit_height: bool = False) -> RenderableType:
    """Return the whole screen; `fit_height` limits the sensors to the lines of the terminal."""
    above = [
        *_problem_lines(status),
        Text(),
        _services_table(status),
        Text(),
        *_queue_lines(status.queue, status.throughput, status.at),
        *_excursion_lines(status.excursions, status.at),
        *_anomaly_lines(status.anomalies, status.at),
        Text(),
    ]
    max_sensors = MAX_SENSORS
    if fit_height:
        used_lines = sum(len(console.render_lines(part)) for part in above)
        # The heading, the line about sensors that are not shown, and one spare line.
        max_sensors = max(MIN_SENSORS, console.height - used_lines - 3)
    bars = MAX_BARS if console.width >= WIDE_COLUMNS else MAX_BARS // 2
    return Group(*above, *_sensors_view(status, max_sensors, bars))


def _problem_lines(status: SystemStatus) -> Iterator[RenderableType]:
    time = f"{status.at:%Y-%m-%d %H:%M:%S} UTC"
    count, excursions = len(status.problems), status.excursions.total if status.excursions else 0
    problems = quantity(count, "problem") if count else "No problems"
    colour = "green" if not (count or excursions) else "red"
    open_excursions = f", {quantity(excursions, 'excursion')} open" if excursions else ""
    yield Text.assemble((f"{problems}{open_excursions}", f"bold {colour}"), f"  {time}")
    for problem in status.problems[:MAX_PROBLEMS]:
        yield _problem_line(problem, status.at)
    if count > MAX_PROBLEMS:
        yield Text(f"… and {count - MAX_PROBLEMS} more: sensorctl status --json", style="dim")


def _problem_line(problem: Problem, now: datetime) -> Text:
    start = "since an unknown time"
    if problem.started_at:
        day = "" if problem.started_at.date() == now.date() else f"{problem.started_at:%Y-%m-%d} "
        start = f"for {_format_age(problem.started_at, now)}, since {day}{problem.started_at:%H:%M:%S}"
    return Text.assemble(
        ("!! ", "bold red"), (str(problem.kind), "bold"), f" {start}. ", safe_text(problem.message), " ",
        ("→ ", "bold"), safe_text(problem.hint),
    )  # fmt: skip


def _services_table(status: SystemStatus) -> RenderableType:
    if not status.services:
        return Text(f"services    {NOT_VISIBLE}", style="dim")
    numbers = ("for", "up", "restarts")
    table = _table("service", "health", *numbers, REASON_HEADING, right=numbers, wrap=REASON_HEADING)
    for service in status.services:
        table.add_row(*_service_cells(service, status.at))
    return table


def _service_cells(service: Service, now: datetime) -> Iterator[Cell]:
    yield safe_text(service.name)
    yield Text(f"● {service.health}", style=COLOURS[service.health])
    yield _format_age(service.health_since, now)
    yield _format_age(service.started_at, now)
    yield "" if service.restarts is None else str(service.restarts)
    yield safe_text(service.reason or "")


def _queue_lines(queue: Queue | None, throughput: Throughput, now: datetime) -> Iterator[Text]:
    if queue is None:
        yield Text("queue       unknown: the management API is not available", style="dim")
    else:
        yield Text.assemble(
            "queue       ", safe_text(queue.name), f": {queue.ready} ready, {queue.unacked} unacked, ",
            (f"{queue.dead_letters} dead", "bold red" if queue.dead_letters else ""),
            f", {quantity(queue.consumers, 'consumer')}",
        )  # fmt: skip
        oldest = (
            f", the oldest message waits for {_format_age(queue.oldest_enqueued_at, now)}"
            if queue.oldest_enqueued_at
            else ""
        )
        yield Text(f"rates       {queue.publish_rate:.1f}/s in, {queue.ack_rate:.1f}/s out{oldest}")
    stored = "unknown" if throughput.stored_rate is None else f"{throughput.stored_rate:.1f}/s"
    latency = "unknown: no sensor's reading in the last seconds"
    if throughput.latency_p50 is not None and throughput.latency_p95 is not None:
        p50, p95 = _format_seconds(throughput.latency_p50), _format_seconds(throughput.latency_p95)
        latency = f"{p50} (median), {p95} (95 %)"
    yield Text(f"stored      {stored}; latency {latency}")


def _excursion_lines(excursions: OpenExcursions | None, now: datetime) -> Iterator[Text]:
    if excursions is None:
        return
    shown = excursions.latest[:MAX_EXCURSIONS]
    more = (
        f", of these {len(shown)}: sensorctl excursion list --open" if excursions.total > len(shown) else ""
    )
    style = "" if excursions.total else "dim"
    yield Text(f"excursions  {excursions.total or 'none'} open{more}", style=style)
    for excursion in shown:
        yield _excursion_line(excursion, now)


def _excursion_line(excursion: Excursion, now: datetime) -> Text:
    limit = format_threshold(excursion.rule, excursion.threshold)
    line = Text.assemble(
        "            ", safe_text(excursion.sensor_id), " ", (limit, SEVERITY_COLOURS[excursion.severity]),
        f" ({excursion.severity}) for {_format_age(excursion.started_at, now)}, "
        f"peak {format_peak(excursion.rule, excursion.peak)}",
    )  # fmt: skip
    return line.append(", acknowledged" if excursion.acknowledged_by else "")


def _anomaly_lines(anomalies: OpenAnomalies | None, now: datetime) -> Iterator[Text]:
    if anomalies is None:
        return
    shown = anomalies.latest[:MAX_ANOMALIES]
    more = f", the latest {len(shown)}: sensorctl anomalies --open" if anomalies.total > len(shown) else ""
    yield Text(f"anomalies   {anomalies.total or 'none'} open{more}", style="" if anomalies.total else "dim")
    for anomaly in shown:
        yield Text.assemble(
            "            ", (safe_text(anomaly.sensor_id)), " ", (anomaly.kind, "yellow"),
            f" for {_format_age(anomaly.started_at, now)}: ", safe_text(anomaly.reason),
        )  # fmt: skip


def _sensors_view(status: SystemStatus, max_sensors: int, bars: int) -> Iterator[RenderableType]:
    sensors = status.sensors
    if sensors is None:
        yield Text("sensors     unknown: the database is not available", style="dim")
        return
    if not sensors:
        yield Text("sensors     no readings yet", style="dim")
        return
    numbers = ("last °C", "age", "min", "mean", "max")
    table = _table("sensor", *numbers, "the last hour", right=numbers, wrap="sensor")
    for sensor in _select_sensors(sensors, max_sensors, status.at):
        table.add_row(*_sensor_cells(sensor, status.at, bars))
    yield table
    if len(sensors) > max_sensors:
        yield Text(f"… and {len(sensors) - max_sensors} more: sensorctl summary", style="dim")


def _select_sensors(sensors: Sequence[Sensor], limit: int, now: datetime) -> list[Sensor]:
    """Return the offline sensors first; if not all fit, the most overdue of the others follow."""

    def missed_intervals(sensor: Sensor) -> float:
        return (now - sensor.last_measured_at).total_seconds() / (sensor.interval_seconds or 60)

    offline = [sensor for sensor in sensors if sensor.offline_since]
    online = [sensor for sensor in sensors if not sensor.offline_since]
    if len(sensors) > limit:
        online.sort(key=missed_intervals, reverse=True)
    return list(chain(sorted(offline, key=lambda s: s.last_measured_at), online))[:limit]


def _sensor_cells(sensor: Sensor, now: datetime, bars: int) -> Iterator[Cell]:
    style = "red" if sensor.offline_since else ""
    name = safe_text(sensor.sensor_id if sensor.name is None else f"{sensor.sensor_id} {sensor.name}")
    name.stylize(style)
    yield name
    yield "" if sensor.last_temperature is None else f"{sensor.last_temperature:.2f}"
    yield Text(_format_age(sensor.last_measured_at, now), style=style)
    for value in (sensor.min_temperature, sensor.mean_temperature, sensor.max_temperature):
        yield "" if value is None else f"{value:.2f}"
    yield sparkline(sensor.minutes, bars)


def sparkline(minutes: Sequence[float | None], bars: int) -> str:
    """Return bars between the minimum and the maximum of the minutes; a gap without readings is a space."""
    width = max(1, len(minutes) // bars)
    means = [_mean(minutes[start : start + width]) for start in range(0, len(minutes), width)]
    known = [value for value in means if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    return "".join(" " if value is None else _bar(value - low, span) for value in means)


def _bar(height: float, span: float) -> str:
    return BARS[round(height / span * (len(BARS) - 1))] if span else BARS[0]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _table(*headings: str, right: Sequence[str], wrap: str) -> Table:
    """Return a table that wraps the column `wrap` on a narrow terminal and never cuts the others."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        justify: JustifyMethod = "right" if heading in right else "left"
        table.add_column(heading, justify=justify, no_wrap=heading != wrap, overflow="fold")
    return table


def _format_age(time: datetime | None, now: datetime) -> str:
    """Return the age; of what has none, nothing."""
    return "" if time is None else format_duration(now - time)


def _format_seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
