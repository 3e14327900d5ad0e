"""The cost of one part of a report, in a process of its own: its figures, or the report as a file.

`python -m benchmarks.report_costs xlsx --readings 60000` prints the processor time in seconds and the peak of
memory in MB as JSON. The sensor was read once per minute, with excursions above 8 °C each day, and gaps.
`bare-xlsx` writes the cells of the readings with XlsxWriter alone.
"""

import argparse
import io
import json
import math
import random
import time
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook

from reports.measures.report import make_report
from reports.measures.sensor import measure_sensor
from reports.model import Input, Preset, Report, ReportRequest, SensorInput
from reports.render.csv_report import render_csv
from reports.render.json_report import render_json
from reports.render.pdf import render_pdf
from reports.render.xlsx import render_xlsx
from reports.samples import Samples, to_epoch_us

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MINUTES_PER_DAY = 1_440
GAP_EVERY, GAP_MINUTES = 10_000, 30
PRESET = Preset(name="2-8", title="2 to 8 °C", low=2, high=8, source="a benchmark")
KINDS = ("figures", "json", "csv", "xlsx", "bare-xlsx", "pdf")


class Cost(NamedTuple):
    """What a part took of one processor, and the most memory that the process had."""

    seconds: float
    megabytes: float


def sensor(readings: int) -> SensorInput:
    """Return a sensor with that many readings."""
    noise = random.Random(1)  # noqa: S311 (noise, not a secret)
    minutes = [number + number // GAP_EVERY * GAP_MINUTES for number in range(readings)]
    start, step = to_epoch_us(START), MINUTE // timedelta(microseconds=1)
    times = array("q", (start + minute * step for minute in minutes))
    temperatures = array(
        "d", (5 + 3.1 * math.sin(math.tau * m / MINUTES_PER_DAY) + noise.gauss(0, 0.02) for m in minutes)
    )
    return SensorInput(sensor_id="fridge", name="Fridge", samples=Samples(times, temperatures))


def request(readings: int) -> ReportRequest:
    """Return the request of a report of all readings."""
    minutes = readings + readings // GAP_EVERY * GAP_MINUTES
    return ReportRequest(
        sensors=("fridge",),
        start=START,
        end=START + minutes * MINUTE,
        time_zone="Europe/Lisbon",
        preset=PRESET,
        requested_by="benchmark",
    )


def report(readings: int) -> Report:
    """Return a report of that many readings."""
    sources = [Input(name="database", readings=readings)]
    return make_report(request(readings), [sensor(readings)], sources, START)


def work(kind: str, readings: int) -> Callable[[], object]:
    """Return what is measured, with everything before it done."""
    if kind == "figures":
        return partial(measure_sensor, sensor(readings), request(readings))
    if kind == "bare-xlsx":
        return partial(_write_bare, sensor(readings).samples)
    made = report(readings)
    works: dict[str, Callable[[], object]] = {
        "json": lambda: render_json(made),
        "csv": lambda: render_csv(made, io.StringIO()),
        "xlsx": lambda: render_xlsx(made, io.BytesIO()),
        "pdf": lambda: render_pdf(made),
    }
    return works[kind]


def _write_bare(samples: Samples) -> None:
    with Workbook(io.BytesIO(), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row, (at, temperature) in enumerate(zip(samples.times, samples.temperatures, strict=True)):
            sheet.write_string(row, 0, "fridge")
            sheet.write_number(row, 1, at / 86_400_000_000)
            sheet.write_string(row, 2, "+00:00")
            sheet.write_number(row, 3, temperature)


def measure(kind: str, readings: int) -> Cost:
    """Do the work once."""
    run = work(kind, readings)
    started_at = time.process_time()
    run()
    seconds = time.process_time() - started_at
    return Cost(seconds, _peak_megabytes())


def _peak_megabytes() -> float:
    """Return the peak of resident memory. That of getrusage begins with the memory of the parent."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmHWM"].split()[0]) / 1024


def main() -> None:
    """Measure, and print the cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--readings", type=int, default=60_000)
    options = parser.parse_args()
    print(json.dumps(measure(options.kind, options.readings)._asdict()))


if __name__ == "__main__":
    main()
