"""`sensorctl backfill`: which chunks are requested, and what is left out."""

import json
from datetime import timedelta
from typing import Any

import pytest

from runtime.exit_codes import EXIT_USAGE
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.workflows.fakes import ACTOR, FakeHistory, FakeWorkflows
from tests.unit.sensorctl.workflows.rows import AT, WORKFLOW_ID

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THREE_DAYS = ("--from", "2026-11-20", "--to", "2026-11-23", "--chunk", "1d")


@pytest.mark.usefixtures("history")
def test_each_chunk_is_a_job(sensorctl: RunCommand, workflows: FakeWorkflows) -> None:
    code, out, err = sensorctl(
        "backfill", "attic", *THREE_DAYS, "--newest-first", "--max-running", "2", "--revise"
    )

    assert (code, err) == (0, "3 chunks of 3 d to fetch.\n")
    assert out.startswith(f"Requested workflow {WORKFLOW_ID}.")
    [(actor, kind, spec, jobs, options)] = workflows.requests
    assert (actor, kind, spec["source"], options.max_running) == (ACTOR, "backfill", "attic", 2)
    assert [job.spec["from"][:10] for job in jobs] == ["2026-11-22", "2026-11-21", "2026-11-20"]
    assert {job.spec["revise"] for job in jobs} == {True}


def test_a_dry_run_shows_the_chunks_and_what_is_left_out(
    sensorctl: RunCommand, workflows: FakeWorkflows, history: FakeHistory
) -> None:
    history.covered = [{"start": AT - 7 * DAY - DAY / 2, "end": AT - 6 * DAY - DAY / 2}]
    history.chunks = [
        {"state": "failed", "start": "2026-11-21T00:00:00+00:00", "end": "2026-11-21T12:00:00+00:00"},
        {"state": "ready", "start": "2026-11-22T00:00:00+00:00", "end": "2026-11-22T06:00:00+00:00"},
    ]

    code, out, err = sensorctl("backfill", "attic", *THREE_DAYS, "--dry-run")

    assert (code, workflows.requests) == (0, [])
    assert "2026-11-21 12:00:00 │ 2026-11-22 00:00:00 │ 12 h" in " ".join(out.split())
    assert err == (
        "2 chunks of 30 h to fetch; 24 h were fetched before (--again completed fetches them again); 6 h are "
        "fetched by jobs that have not ended; 12 h could not be fetched before (--again failed tries them "
        "again). Nothing was requested.\n"
    )


@pytest.mark.usefixtures("history")
def test_a_dry_run_as_json_has_the_times_of_the_chunks(sensorctl: RunCommand) -> None:
    plan = json.loads(sensorctl("backfill", "attic", *THREE_DAYS, "--dry-run", "--json")[1])

    assert plan["chunks"][0] == {"from": "2026-11-20T00:00:00+00:00", "to": "2026-11-21T00:00:00+00:00"}
    assert (len(plan["chunks"]), plan["covered"]) == (3, [])


def test_what_was_fetched_is_not_requested_again(
    sensorctl: RunCommand, workflows: FakeWorkflows, history: FakeHistory
) -> None:
    history.covered = [{"start": AT - 30 * DAY, "end": AT}]

    code, _, err = sensorctl("backfill", "attic", *THREE_DAYS)

    assert (code, workflows.requests) == (0, [])
    assert err.startswith("Nothing to fetch; 3 d were fetched before")
    sensorctl("backfill", "attic", *THREE_DAYS, "--again", "completed")
    assert len(workflows.requests[0][3]) == 3


def test_many_chunks_are_shortened(sensorctl: RunCommand, history: FakeHistory) -> None:
    del history

    _, out, err = sensorctl("backfill", "attic", "--from", "2026-01-01", "--chunk", "1d", "--dry-run")

    assert "and 231 more" in out
    assert err.startswith("331 chunks of 330 d to fetch.")


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["attic"], "--from: is missing"),
        (["attic", *THREE_DAYS, "--min-length", "2h"], "--min-length: has a meaning with --gaps only"),
        (["attic", "--gaps", "--revise"], "--revise: has no meaning with --gaps"),
        (["attic", "--gaps", "--again", "failed"], "--again: has no meaning with --gaps"),
        (["cellar", *THREE_DAYS], "there is no source cellar"),
        (["attic", "--from", "2026-11-23", "--to", "2026-11-20"], "from must be before to"),
        (["attic", *THREE_DAYS[:-1], "daily"], "'daily' is not a length of time"),
        (["attic", "--from", "2025-11-23", "--chunk", "1m"], "choose longer chunks"),
    ],
)
def test_what_cannot_be_fetched_is_refused(
    sensorctl: RunCommand, workflows: FakeWorkflows, arguments: list[str], message: str
) -> None:
    code, _, err = sensorctl("backfill", *arguments)

    assert (code, workflows.requests) == (EXIT_USAGE, [])
    assert message in err


def present(*hours: tuple[int, int]) -> list[dict[str, Any]]:
    """Return that readings are close together from and to these hours before the present."""
    return [{"tolerance": HOUR, "start": AT - start * HOUR, "end": AT - end * HOUR} for start, end in hours]


def test_exactly_the_gaps_are_requested(
    sensorctl: RunCommand, workflows: FakeWorkflows, history: FakeHistory
) -> None:
    history.present = present((48, 40), (30, 0))

    code, _, err = sensorctl("backfill", "attic", "--gaps", "--min-length", "2h", "--max-running", "1")

    assert (code, err) == (0, "1 chunk of 10 h to fetch.\n")
    [(_, kind, _, [job], options)] = workflows.requests
    assert (kind, job.kind, options.max_running) == ("gaps", "rest", 1)
    assert (job.spec["from"], job.spec["to"]) == (
        (AT - 40 * HOUR).isoformat(), (AT - 30 * HOUR).isoformat(),
    )  # fmt: skip


def test_the_gaps_are_shown(sensorctl: RunCommand, history: FakeHistory) -> None:
    history.present = present((48, 40), (30, 0))
    until = ("--to", AT.isoformat())

    code, out, err = sensorctl("gaps", "--source", "attic", "--sensor", "attic", *until)

    assert code == 0
    assert "attic │ attic │ 2026-11-25 20:00:00 │ 2026-11-26 06:00:00 │ 10 h" in " ".join(out.split())
    assert err == "1 gap of 1 sensor. `sensorctl backfill SOURCE --gaps` fetches them.\n"
    [gap] = json.loads(sensorctl("gaps", *until, "--json")[1])
    assert (gap["source"], gap["sensor_id"], gap["start"]) == ("attic", "attic", (AT - 40 * HOUR).isoformat())


def test_what_was_read_completely_is_no_gap(sensorctl: RunCommand, history: FakeHistory) -> None:
    history.present = present((48, 40), (30, 0))
    history.covered = [{"start": AT - 40 * HOUR, "end": AT - 30 * HOUR}]

    assert sensorctl("gaps", "--to", AT.isoformat())[1] == "No gaps.\n"


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--source", "cellar"], 1, "There is no source cellar: see `sensorctl source list`."),
        (["--sensor", "cellar"], EXIT_USAGE, "--sensor: no source has the sensor cellar"),
        (["--from", "2026-11-23", "--to", "2026-11-20"], EXIT_USAGE, "is not before `--to`"),
    ],
)
def test_gaps_of_what_does_not_exist_are_refused(
    sensorctl: RunCommand, arguments: list[str], code: int, message: str
) -> None:
    found, _, err = sensorctl("gaps", *arguments)

    assert found == code
    assert message in err
