"""How the overview looks in a terminal: what is wrong, the services, the queue, the sensors."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from monitoring.model import Health, Problem, Queue, Sensor, Service, SystemStatus, Throughput
from sensorctl.views import safe

BARS = "▁▂▃▄▅▆▇█"
# A terminal of 80 columns has room for half as many.
WIDE, MOST_BARS = 110, 60
MOST_SENSORS, MOST_PROBLEMS = 20, 6
COLOURS = {
    Health.READY: "green",
    Health.NOT_READY: "yellow",
    Health.STALLED: "red",
    Health.DOWN: "red",
}
NOT_VISIBLE = "cannot be seen from here: docker compose run --rm sensorctl status"
WHY = ""  # the heading of a column that tells itself
Cell = Text | str


def screen(overview: SystemStatus, console: Console, *, fit: bool = False) -> RenderableType:
    """Everything at one look; `fit`: no more sensors than the terminal has lines for."""
    above = [
        *_problems(overview),
        Text(),
        _services(overview),
        Text(),
        *_queue(overview.queue, overview.throughput, overview.at),
        Text(),
    ]
    room = MOST_SENSORS
    if fit:
        used = sum(len(console.render_lines(part)) for part in above)
        room = max(3, console.height - used - 3)
    bars = MOST_BARS if console.width >= WIDE else MOST_BARS // 2
    return Group(*above, *_sensors(overview, room, bars))


def _problems(overview: SystemStatus) -> Iterator[RenderableType]:
    moment = f"{overview.at:%Y-%m-%d %H:%M:%S} UTC"
    if not overview.problems:
        yield Text.assemble(("All is well", "bold green"), f"  {moment}")
        return
    number = len(overview.problems)
    title = "1 problem" if number == 1 else f"{number} problems"
    yield Text.assemble((title, "bold red"), f"  {moment}")
    for problem in overview.problems[:MOST_PROBLEMS]:
        yield _problem(problem, overview.at)
    if number > MOST_PROBLEMS:
        yield Text(f"… and {number - MOST_PROBLEMS} more: sensorctl status --json", style="dim")


def _problem(problem: Problem, now: datetime) -> Text:
    since = "since when is not known"
    if problem.started_at:
        day = "" if problem.started_at.date() == now.date() else f"{problem.started_at:%Y-%m-%d} "
        since = f"for {_span(problem.started_at, now)}, since {day}{problem.started_at:%H:%M:%S}"
    return Text.assemble(
        ("!! ", "bold red"), (str(problem.kind), "bold"), f" {since}. ", safe(problem.message), " ",
        ("→ ", "bold"), safe(problem.hint),
    )  # fmt: skip


def _services(overview: SystemStatus) -> RenderableType:
    if not overview.services:
        return Text(f"services    {NOT_VISIBLE}", style="dim")
    numbers = ("for", "up", "restarts")
    table = _table("service", "health", *numbers, WHY, right=numbers, wrap=WHY)
    for service in overview.services:
        table.add_row(*_service_cells(service, overview.at))
    return table


def _service_cells(service: Service, now: datetime) -> Iterator[Cell]:
    yield safe(service.name)
    yield Text(f"● {service.health}", style=COLOURS[service.health])
    yield _span(service.health_since, now)
    yield _span(service.started_at, now)
    yield "" if service.restarts is None else str(service.restarts)
    yield safe(service.reason or "")


def _queue(queue: Queue | None, throughput: Throughput, now: datetime) -> Iterator[Text]:
    if queue is None:
        yield Text("queue       nobody tells its figures", style="dim")
    else:
        yield Text.assemble(
            "queue       ", safe(queue.name), f": {queue.ready} ready, {queue.unacked} unacked, ",
            (f"{queue.dead_letters} dead", "bold red" if queue.dead_letters else ""),
            f", consumers {queue.consumers}",
        )  # fmt: skip
        oldest = (
            f", the oldest waits for {_span(queue.oldest_measured_at, now)}"
            if queue.oldest_measured_at
            else ""
        )
        yield Text(f"rates       {queue.publish_rate:.1f}/s in, {queue.ack_rate:.1f}/s out{oldest}")
    stored = "unknown" if throughput.stored_rate is None else f"{throughput.stored_rate:.1f}/s"
    delay = "none in the last seconds"
    if throughput.latency_p50 is not None and throughput.latency_p95 is not None:
        delay = f"{_short(throughput.latency_p50)} (median), {_short(throughput.latency_p95)} (95 %)"
    yield Text(f"stored      {stored}; delay from measuring to storing: {delay}")


def _sensors(overview: SystemStatus, room: int, bars: int) -> Iterator[RenderableType]:
    sensors = overview.sensors
    if sensors is None:
        yield Text("sensors     the database does not answer", style="dim")
        return
    if not sensors:
        yield Text("sensors     none was heard yet", style="dim")
        return
    numbers = ("last °C", "age", "min", "mean", "max")
    table = _table("sensor", *numbers, "the last hour", right=numbers, wrap="sensor")
    for sensor in _worst_first(sensors, room, overview.at):
        table.add_row(*_sensor_cells(sensor, overview.at, bars))
    yield table
    if len(sensors) > room:
        yield Text(f"… and {len(sensors) - room} more: sensorctl summary", style="dim")


def _worst_first(sensors: Sequence[Sensor], room: int, now: datetime) -> list[Sensor]:
    """The silent ones first; where there is no room for all, then the most overdue."""

    def overdue(sensor: Sensor) -> float:
        return (now - sensor.last_measured_at).total_seconds() / (sensor.interval_seconds or 60)

    silent = [sensor for sensor in sensors if sensor.offline_since]
    others = [sensor for sensor in sensors if not sensor.offline_since]
    if len(sensors) > room:
        others.sort(key=overdue, reverse=True)
    return list(chain(sorted(silent, key=lambda s: s.last_measured_at), others))[:room]


def _sensor_cells(sensor: Sensor, now: datetime, bars: int) -> Iterator[Cell]:
    style = "red" if sensor.offline_since else ""
    name = safe(sensor.sensor_id if sensor.name is None else f"{sensor.sensor_id} {sensor.name}")
    name.stylize(style)
    yield name
    yield f"{sensor.last_temperature:.2f}"
    yield Text(_span(sensor.last_measured_at, now), style=style)
    for value in (sensor.min_temperature, sensor.mean_temperature, sensor.max_temperature):
        yield "" if value is None else f"{value:.2f}"
    yield sparkline(sensor.minutes, bars)


def sparkline(minutes: Sequence[float | None], bars: int) -> str:
    """The hour as bars between its lowest and its highest; a space where nothing was measured."""
    width = max(1, len(minutes) // bars)
    groups = [_mean(minutes[first : first + width]) for first in range(0, len(minutes), width)]
    known = [value for value in groups if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    return "".join(" " if value is None else _bar(value - low, span) for value in groups)


def _bar(height: float, span: float) -> str:
    return BARS[round(height / span * (len(BARS) - 1))] if span else BARS[0]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _table(*headings: str, right: Sequence[str], wrap: str) -> Table:
    """Where a line is too short for all, the column `wrap` gets more lines, and no other is cut."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        justify: JustifyMethod = "right" if heading in right else "left"
        table.add_column(heading, justify=justify, no_wrap=heading != wrap, overflow="fold")
    return table


def _span(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the unit that fits."""
    if moment is None:
        return ""
    seconds = max(0, round((now - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _short(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
