"""Forecasts: coverage and width of the intervals, and skill over the last value."""

from collections.abc import Sequence

from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting import ACTIVE, STEP, Forecaster
from analysis.forecasting.horizon import FAR
from analysis.forecasting.replay import Score, summarize
from analysis.models.registry import KINDS
from evaluation.bands import Band, constant, previous_day
from evaluation.results import Rows, Section
from evaluation.run import Run
from evaluation.series import Series, motes, office

MIN_FORECASTS = 100
"""With fewer, coverage and skill say nothing."""
CHART_HORIZON = "6h"
CHART_BINS = (150 * 24, 157 * 24)
HORIZONS = (STEP, *FAR)
HEADINGS = ["", "horizon", "forecasts", "coverage", "mean width, K", "MAE, K", "skill over the last value"]
Scores = dict[tuple[str, str], Score]
"""By kind of model and horizon."""


def measure(run: Run) -> Section:
    """Forecast the office and each mote."""
    series = [office(), *motes()]
    section = Section()
    worst: list[tuple[float, str]] = []
    coverages: list[float] = []
    for each in run.track(series, "forecasts", len(series)):
        scores, band = add_table(section, each)
        for horizon in HORIZONS:
            score = scores.get((ACTIVE, horizon.name))
            if score is None or score.forecasts < MIN_FORECASTS:
                continue
            worst.append((score.skill, f"{each.name}, {horizon.name}"))
            if each.name == "office":
                name = _words(horizon.name)
                section.figures[f"coverage office {name}"] = score.coverage
                section.figures[f"skill office {name}"] = score.skill
            else:
                coverages.append(score.coverage)
        if each.name == "office":
            section.curves["band"] = band
    section.figures["coverage motes lowest"] = min(coverages)
    section.figures["coverage motes highest"] = max(coverages)
    section.figures["skill worst"], where = min(worst)
    section.notes = [
        f"The worst skill is that of {where}.",
        f"Fewer than {MIN_FORECASTS} forecasts are shown, but not compared with a target (motes: six hours).",
        "*The active model* is what the service forecasts with, whichever model that was at each time.",
    ]
    return section


def add_table(section: Section, series: Series) -> tuple[Scores, list[list[float]]]:
    """Forecast a series and add the table of it; return the scores, and some half hours for a chart."""
    forecaster, band = _forecast(series)
    scores = {(score.kind, score.horizon): score for score in summarize(forecaster.evaluations())}
    section.add_table(f"Forecasts, {series.name}", [HEADINGS, *_rows(series, scores, forecaster.kinds)])
    return scores, band


def _forecast(series: Series) -> tuple[Forecaster, list[list[float]]]:
    """Forecast a series; return the forecaster and some half hours with what was forecast for them."""
    forecaster = Forecaster(ForecastParameters(), KINDS)
    band: list[list[float]] = []
    for reading in series.readings:
        for closed in forecaster.add(*reading).closed:
            made = closed.forecasts.get(CHART_HORIZON)
            if made is not None:
                band.append([round(number, 3) for number in (closed.bin.latest_at, closed.bin.latest, *made)])
    return forecaster, band[slice(*CHART_BINS)]


def _rows(series: Series, scores: Scores, kinds: Sequence[str]) -> Rows:
    rows: Rows = []
    for horizon in HORIZONS:
        for kind in (ACTIVE, *kinds):
            score = scores.get((kind, horizon.name))
            if score is not None:
                title = "**the active model**" if kind == ACTIVE else f"model {kind}"
                rows.append(_row(title, horizon.name, score))
        for title, band in (("constant band", constant), ("mean of the day before", previous_day)):
            simple = band(series, horizon.seconds)
            if simple.forecasts:
                rows.append(_row(title, horizon.name, simple))
    return rows


def _row(title: str, horizon: str, score: Score | Band) -> list[str]:
    return [
        title,
        _words(horizon),
        f"{score.forecasts:,}",
        f"{score.coverage:.3f}",
        f"{score.width:.2f}",
        f"{score.mae:.3f}",
        f"{score.skill:+.3f}",
    ]


def _words(horizon: str) -> str:
    return "next reading" if horizon == STEP.name else horizon.replace("h", " h")
