"""The benchmark's report: tables for people, JSON for programs, pictures that are pictures."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from benchmarks import pictures, report
from benchmarks.__main__ import _plan, _sections
from benchmarks.plan import FULL, QUICK, SECTIONS
from benchmarks.results import Results
from benchmarks.targets import MISSED
from tests.unit.benchmarks.test_figures import results_of_a_whole_run

PNG = b"\x89PNG\r\n\x1a\n"
CIRCUMSTANCES = report.Circumstances(
    seed=7,
    rounds=2,
    site="native",
    machine="2 cores",
    broker="4.1",
    database="17.2",
    queue="quorum",
    quick=False,
)


@pytest.fixture
def results() -> Results:
    """Two rounds of some sections."""
    results = Results()
    for ours, floor in ((500, 600), (540, 600)):
        results.add("single", "project", ours, "this project")
        results.add("single", "floor", floor, "the floor")
    for rate in (100, 10):
        for measure, value in {"cpu consumer": 7, "memory consumer": 60, "p50": 2.5, "p99": 9}.items():
            results.add("load", f"{rate}/{measure}", value)
        results.add("load", f"{rate}/stored", rate)
        results.add("load", f"{rate}/exact", float(rate == 10))
    results.note("Node is not here.")
    return results


def test_a_section_shows_median_spread_and_ratio(results: Results) -> None:
    assert report.section_rows(results, "single") == [
        ["", "median", "lowest to highest", "over the floor", "spread"],
        ["this project", "520", "500 to 540", "0.87", "0.833 to 0.9"],
        ["the floor", "600", "600 to 600", "1.00", "1 to 1"],
    ]


def test_the_load_is_a_line_a_rate_in_the_order_of_the_rates(results: Results) -> None:
    assert report.load_rows(results, report.DELAY_MEASURES) == [
        ["offered a second", "stored a second", "p50, ms", "p99, ms", "summary exact"],
        ["10", "10", "2.5", "9", "yes"],
        ["100", "100", "2.5", "9", "NO"],
    ]


def test_every_target_stands_beside_its_figure_with_a_verdict() -> None:
    results = results_of_a_whole_run()
    results.values["single"]["project"] = [500.0]
    rows = report.target_rows(results)
    times = "\N{MULTIPLICATION SIGN}"
    assert rows[0] == [
        "one consumer at prefetch 1, over the floor", f"≥ 0.9 {times}", f"0.833 {times}", "missed",
    ]  # fmt: skip
    assert [row[-1] for row in rows].count(MISSED) == 3, (
        "0.83 of the floor, 1.85 of FastStream and of the ORM"
    )


def test_the_report_is_written_for_people_and_for_programs(results: Results, tmp_path: Path) -> None:
    drawn = pictures.draw(results, tmp_path / "pictures")
    report.write(results, CIRCUMSTANCES, tmp_path, drawn)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| this project | 520 | 500 to 540 | 0.87 | 0.833 to 0.9 |" in text
    assert "- Node is not here." in text
    assert "2 rounds, seed 7, 2 cores; native: RabbitMQ 4.1 (quorum queue), PostgreSQL 17.2." in text
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert document["values"]["single"]["project"] == [500, 540]
    assert document["circumstances"]["seed"] == 7
    assert document["targets"][0]["verdict"] == MISSED


def test_each_picture_of_the_report_is_there_as_png_and_svg(results: Results, tmp_path: Path) -> None:
    results.add("memory", "consumer/megabytes", 60)
    results.curves["memory/consumer"] = [(0, 50), (1000, 60)]
    results.add("batches", "500", 15_000, "batches of 500")
    results.add("batches", "drain", 30_000)
    results.add("batches", "copy", 60_000)
    drawn = pictures.draw(results, tmp_path / "pictures")
    names = sorted(name.removeprefix("pictures/") for section in drawn.values() for name in section)
    assert names == ["batches", "cpu", "delay", "load-memory", "memory", "single", "throughput"]
    for name in names:
        assert (tmp_path / "pictures" / f"{name}.png").read_bytes().startswith(PNG)
        assert ET.parse(tmp_path / "pictures" / f"{name}.svg").getroot().tag.endswith("svg")


def test_the_same_figures_draw_the_same_picture(results: Results, tmp_path: Path) -> None:
    results.values.pop("load")
    for folder in ("first", "second"):
        pictures.draw(results, tmp_path / folder)
    first, second = ((tmp_path / folder / "single.svg").read_bytes() for folder in ("first", "second"))
    assert first == second


def test_the_terminal_shows_the_targets_last(results: Results) -> None:
    console = Console(record=True, width=200)
    report.show(console, results, CIRCUMSTANCES)
    text = console.export_text()
    assert text.index("One consumer") < text.index("Node is not here.") < text.index("What must be reached")


def test_a_part_of_the_bench_keeps_the_order_of_the_whole() -> None:
    assert _sections("load,single") == ("single", "load")
    assert set(QUICK.sections) <= set(SECTIONS) == set(FULL.sections)


def test_options_change_the_plan_and_nothing_else() -> None:
    class Options:
        quick, sections, rounds, variants, messages = True, ("single",), 3, None, None

    plan = _plan(Options())  # type: ignore[arg-type]  # as argparse gives it
    assert (plan.sections, plan.rounds, plan.messages) == (("single",), 3, QUICK.messages)
