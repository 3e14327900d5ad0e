"""A labelled file that is not in the repository, in the same way as the office."""

from evaluation.results import Section
from evaluation.run import Run
from evaluation.sections import forecasts, office
from evaluation.series import Series


def measure(run: Run, series: Series) -> Section:
    """Score the alarms on a file, and the forecasts for it."""
    section = office.score(run, series)
    forecasts.add_table(section, series)
    return section
