"""The benchmark's report: tables, JSON and charts."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from benchmarks import pictures, report, section_tables
from benchmarks.options import make_plan, parse_sections
from benchmarks.plan import FULL, QUICK, SECTIONS
from benchmarks.results import Results
from benchmarks.target import MISSED
from tests.unit.benchmarks.test_figures import results_of_a_full_run

METADATA = report.RunMetadata(
    started_at="2026-01-02 03:04",
    seed=7,
    rounds=2,
    environment="native",
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
    for ours, baseline in ((500, 600), (540, 600)):
        results.add("single", "project", ours, "this project")
        results.add("single", "baseline", baseline, "the baseline")
    for rate in (100, 10):
        for measure, value in {"cpu consumer": 7, "memory consumer": 60, "p50": 2.5, "p99": 9}.items():
            results.add("load", f"{rate}/{measure}", value)
        results.add("load", f"{rate}/stored", rate)
        results.add("load", f"{rate}/exact", float(rate == 10))
    results.add_note("single", "Node.js is not installed.")
    results.conditions["single"] = results.conditions["load"] = METADATA.describe()
    return results


def test_a_section_shows_median_range_and_ratio(results: Results) -> None:
    assert section_tables.section_rows(results, "single") == [
        ["", "median", "range", "relative to the baseline", "range"],
        ["this project", "520", "500 to 540", "0.87", "0.833 to 0.9"],
        ["the baseline", "600", "600 to 600", "1.00", "1 to 1"],
    ]


def test_the_load_table_has_a_row_per_rate_in_ascending_order(results: Results) -> None:
    assert section_tables.load_rows(results, section_tables.LATENCY_MEASURES) == [
        ["offered per second", "stored per second", "p50, ms", "p99, ms", "summary exact"],
        ["10", "10", "2.5", "9", "yes"],
        ["100", "100", "2.5", "9", "NO"],
    ]


def test_every_target_is_shown_with_its_figure_and_status() -> None:
    results = results_of_a_full_run()
    results.values["single"]["project"] = [500.0]
    rows = report.target_rows(results)
    times = "\N{MULTIPLICATION SIGN}"
    assert rows[0] == [
        "one consumer at prefetch 1, relative to the baseline", f"≥ 0.9 {times}", f"0.833 {times}", "missed",
    ]  # fmt: skip
    assert [row[-1] for row in rows].count(MISSED) == 4, (
        "0.83 of the baseline, 1.85 of FastStream and of the ORM consumer, 0.69 of the serial bound"
    )


def test_the_report_is_written_as_markdown_and_as_json(results: Results, tmp_path: Path) -> None:
    drawn = pictures.draw(results, tmp_path / "pictures")
    report.write(results, tmp_path, drawn)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| this project | 520 | 500 to 540 | 0.87 | 0.833 to 0.9 |" in text
    assert "![Throughput against load, one consumer at prefetch 1](pictures/throughput.svg)" in text
    assert "- single: Node.js is not installed." in text
    assert "2 rounds, seed 7, 2 cores; native: RabbitMQ 4.1 (quorum queue), PostgreSQL 17.2." in text
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert document["values"]["single"]["project"] == [500, 540]
    assert document["conditions"]["load"] == METADATA.describe()
    assert document["targets"][0]["status"] == MISSED


def test_a_report_is_read_as_it_was_written(results: Results, tmp_path: Path) -> None:
    results.curves["memory/consumer"] = [(0.0, 50.0)]
    report.write(results, tmp_path, {})
    assert json.loads(report.as_json(report.read(tmp_path))) == json.loads(report.as_json(results))
    assert report.read(tmp_path / "nothing") == Results()


def test_a_section_that_was_measured_again_replaces_all_of_it_and_nothing_else(results: Results) -> None:
    newer = Results()
    newer.add("single", "project", 700, "this project")
    newer.conditions["single"] = "another day"

    results.replace("single", newer)

    assert results.values["single"] == {"project": [700]}
    assert results.title("single", "baseline") == "baseline"
    assert results.notes == {}
    assert results.rounds("load", "10/stored") == [10]
    assert report.condition_lines(results) == [f"load: {METADATA.describe()}", "single: another day"]


def test_each_chart_of_the_report_is_an_svg_file(results: Results, tmp_path: Path) -> None:
    results.add("memory", "consumer/megabytes", 60)
    results.curves["memory/consumer"] = [(0, 50), (1000, 60)]
    results.add("batches", "500", 15_000, "batches of 500")
    results.add("batches", "drain", 30_000)
    results.add("batches", "copy", 60_000)
    drawn = pictures.draw(results, tmp_path / "pictures")
    names = sorted(Path(name).stem for section in drawn.values() for name in section)
    assert names == ["batches", "cpu", "latency", "load-memory", "memory", "single", "throughput"]
    for name in names:
        assert ET.parse(tmp_path / "pictures" / f"{name}.svg").getroot().tag.endswith("svg")


def test_the_same_figures_give_the_same_chart(results: Results, tmp_path: Path) -> None:
    results.values.pop("load")
    for folder in ("first", "second"):
        pictures.draw(results, tmp_path / folder)
    first, second = ((tmp_path / folder / "single.svg").read_bytes() for folder in ("first", "second"))
    assert first == second


def test_the_terminal_shows_the_targets_last(results: Results) -> None:
    console = Console(record=True, width=200)
    report.show(console, results)
    text = console.export_text()
    assert text.index("One consumer") < text.index("Node.js is not installed.") < text.index("Targets")


def test_selected_sections_keep_their_order() -> None:
    assert parse_sections("load,single") == ("single", "load")
    assert set(QUICK.sections) <= set(SECTIONS) == set(FULL.sections)


def test_options_change_the_selected_fields_of_the_plan_only() -> None:
    class Options:
        quick, sections, rounds, contenders, messages = True, ("single",), 3, None, None

    plan = make_plan(Options())  # type: ignore[arg-type]  # a stand-in for argparse.Namespace
    assert (plan.sections, plan.rounds, plan.messages) == (("single",), 3, QUICK.messages)
