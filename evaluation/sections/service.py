"""The office through the real service, compared with the replay."""

from evaluation.plan import WORK
from evaluation.replay import analyse, by_kind
from evaluation.results import Section
from evaluation.run import Run
from evaluation.running_service import anomalies_of_service
from evaluation.series import office
from runtime.errors import ServiceUnavailable

MICROSECONDS = 6


def measure(run: Run) -> Section:
    """Compare the anomalies in the service's table with those of the replay."""
    section = Section()
    series = office()
    replayed = [anomaly for anomaly in analyse(series) if anomaly.superseded_by is None]
    expected = {(str(each.kind), each.started_at, each.detected_at) for each in replayed}
    (stored,) = run.track([series], "the real service", 1)
    try:
        rows = anomalies_of_service(stored, WORK)
    except ServiceUnavailable as error:
        section.notes = [f"It was not completed: {error}"]
        return section
    found = {
        (
            row["kind"],
            round(row["started_at"].timestamp(), MICROSECONDS),
            round(row["detected_at"].timestamp(), MICROSECONDS),
        )
        for row in rows
    }
    section.add_table(
        "Anomalies of the office",
        [
            ["", "anomalies"],
            ["replay on this page", str(len(expected))],
            ["table of the service", str(len(found))],
            ["the same kind, start and detection in both", str(len(found & expected))],
        ],
    )
    section.figures = {"replayed": len(expected), "stored": len(found), "same": len(found & expected)}
    verdict = "The two are the same." if found == expected else "**The two differ.**"
    section.notes = [f"{verdict} Replay: {by_kind(replayed)}."]
    return section
