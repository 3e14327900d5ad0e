"""The page of the evaluation: it is that of the kept figures, and says what is below its target."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evaluation import charts, report, results
from evaluation.__main__ import DATA, PAGE, page, write
from evaluation.plan import FORECASTS, MOTES, OFFICE, RECALL, SPREAD
from evaluation.results import Results, Section
from evaluation.targets import AIM, MET, MISSED, NO_AIM, TARGETS, UNKNOWN, Target
from tests.unit.docs.markdown import ROOT

DOCS = ROOT / "docs"
RENDER = "run: python -m evaluation --render"


@pytest.fixture
def measured() -> Results:
    """Some sections, as a run measures them."""
    recall = Section(conditions="2026-01-02 03:04 UTC, seed 1", figures={"spike": 0.9, "stuck": 0.96})
    recall.add_table("Recall", [["", "spike"], ["**the analysis**", "0.90"]])
    recall.curves = {"kinds": ["spike"], "methods": {"the analysis": [[0.9, 0.85, 0.94]]}}
    band = [[3_600.0 * hour, 20.0, 20.1, 19.0, 21.0] for hour in range(24)]
    return {
        RECALL: recall,
        FORECASTS: Section(figures={"skill worst": -0.01}, curves={"band": band}),
        MOTES: Section(curves={"alarms": {"mote 1": [[1_262_304_100.0, "spike"]]}}),
        OFFICE: Section(curves={"alarms": []}, notes=["Detected: none."]),
        SPREAD: Section(curves={"scores": [1.0, 2.0], "random": [0.0, 5.0, 9.0], "shipped": 3.0}),
        "lab": Section(figures={"score": 12.0}),
    }


def test_results_are_kept_as_json(measured: Results, tmp_path: Path) -> None:
    path = tmp_path / "results.json"

    assert results.read(path) == {}
    results.write(measured, path)

    assert results.read(path) == measured


def test_results_of_another_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"recall": {"shares": 1}}', encoding="utf-8")

    with pytest.raises(ValueError, match="run all sections once"):
        results.read(path)


@pytest.mark.parametrize(
    ("value", "status"), [(None, UNKNOWN), (0.9, MISSED), (0.95, MET), (0.979, MET), (0.98, AIM)]
)
def test_a_figure_is_compared_with_its_target(value: float | None, status: str) -> None:
    target = next(target for target in TARGETS if target.title == "recall of spike")

    assert target.status(value) == status


def test_a_range_has_two_ends() -> None:
    target = Target(title="", section="", figure="", required=(0.93, 0.97), aim=(0.945, 0.955))

    assert [target.status(value) for value in (0.92, 0.94, 0.95, 0.98)] == [MISSED, MET, AIM, MISSED]
    assert target.row({})[1:3] == ["0.93 to 0.97", "0.945 to 0.955"]


def test_an_aim_alone_is_reached_or_not() -> None:
    target = Target(title="", section="", figure="", required=None, aim=(60, float("inf")))

    assert [target.status(value) for value in (59, 60)] == [NO_AIM, AIM]
    assert target.row({})[1:3] == ["", "≥ 60"]


def test_the_report_says_what_is_below_its_target(measured: Results) -> None:
    text = report.verdict(measured)

    assert "- recall of spike (0.900, required ≥ 0.95)" in text
    assert "recall of stuck" not in text.split("Not measured")[0]
    assert "motes: events found, of 2" in text.split("Not measured")[1]


def test_the_report_has_sections_tables_and_notes(measured: Results) -> None:
    text = report.render(measured, {RECALL: ["evaluation/recall.svg"]})

    assert "| recall of spike | ≥ 0.95 | ≥ 0.98 | 0.900 | **below target** |" in text
    assert "**Recall**\n\n|  | spike |\n| --- | ---: |\n| **the analysis** | 0.90 |" in text
    assert "![Recall of injected anomalies](evaluation/recall.svg)" in text
    assert "- Detected: none." in text
    assert "## A labelled file: lab" in text
    assert "- recall: 2026-01-02 03:04 UTC, seed 1" in text
    assert text.index("## Recall") < text.index("## Forecasts") < text.index("## A labelled file")


def test_a_labelled_file_has_no_targets(measured: Results) -> None:
    text = report.render({"lab": measured["lab"]}, {})

    assert "## A labelled file: lab" in text
    assert "## Targets" not in text


def test_page_charts_and_figures_are_written(measured: Results, tmp_path: Path) -> None:
    write(measured, tmp_path)

    assert (tmp_path / PAGE).read_text(encoding="utf-8") == page(measured)
    drawn = [name for names in charts.paths(measured).values() for name in names]
    assert len(drawn) == len(charts.CHARTS)
    assert all(ET.parse(tmp_path / name).getroot() is not None for name in drawn)
    first = tmp_path / charts.paths(measured)[RECALL][0]
    charts.draw({RECALL: measured[RECALL]}, tmp_path)
    assert (tmp_path / first.name).read_bytes() == first.read_bytes(), "the same figures give the same chart"


def test_the_kept_page_is_that_of_the_kept_figures() -> None:
    kept = results.read(DOCS / charts.FOLDER / DATA)

    assert (DOCS / PAGE).read_text(encoding="utf-8") == page(kept), RENDER


def test_the_kept_charts_are_those_of_the_kept_figures() -> None:
    kept = results.read(DOCS / charts.FOLDER / DATA)

    names = {name for names in charts.paths(kept).values() for name in names}
    assert {f"{charts.FOLDER}/{file.name}" for file in (DOCS / charts.FOLDER).glob("*.svg")} == names, RENDER
