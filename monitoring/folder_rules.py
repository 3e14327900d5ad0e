"""The rule that finds a reporter that cannot read the folder into which files are dropped."""

from collections.abc import Iterator

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind

DOWN_SINCE_METRIC = "reporter_folder_down_since_timestamp_seconds"


def folder_problems(observation: Observation) -> Iterator[Problem]:
    """Find reporters that could not poll the folder the last time."""
    for name, _, since in observation.failures(DOWN_SINCE_METRIC):
        yield Problem(
            kind=ProblemKind.FOLDER_DOWN,
            subject=name,
            started_at=since,
            message=f"{name} cannot read the WebDAV folder, so files that are dropped there wait.",
            hint="Its log says why: check WEBDAV_URL, WEBDAV_USER, WEBDAV_PASSWORD and WEBDAV_CA_FILE, "
            "and whether the server runs. The files are read once it accepts the requests.",
        )
