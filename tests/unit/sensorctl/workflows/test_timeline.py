"""One workflow's timeline reads as what happened, when, by whom, in which attempt, and how long it took."""

from sensorctl.workflows.timeline import Timeline, describe_detail, timeline_line, timeline_table
from tests.unit.sensorctl.workflows.rows import event, job

EVENTS = [
    event(
        1,
        "requested",
        "ready",
        0,
        job_id=None,
        attempt=None,
        actor="key:ann",
        detail={"kind": "dummy", "jobs": 1},
    ),
    event(2, "ready", "ready", 0, attempt=0, actor="key:ann"),
    event(3, "claimed", "running", 1),
    event(4, "progress", None, 5, detail={"done": 40, "total": 100, "counts": {"stored": 3}}),
    event(5, "worker-lost", None, 40),
    event(6, "claimed", "running", 41, attempt=2, actor="worker:two"),
    event(7, "failure", "ready", 44, attempt=2, actor="worker:two", detail={"error": "503"}),
    event(8, "claimed", "running", 50, attempt=3),
    event(9, "succeeded", "succeeded", 230, attempt=3, detail={"message": "10 steps"}),
]


def test_each_event_is_a_line_that_a_person_can_read() -> None:
    lines = [timeline_line(entry).plain for entry in Timeline([job()]).entries(EVENTS)]

    assert lines == [
        "2026-11-27 12:00:00  workflow: requested → ready: kind dummy, jobs 1, by key:ann",
        "2026-11-27 12:00:00  job 0: ready, by key:ann",
        "2026-11-27 12:00:01  job 0, attempt 1: claimed → running, by worker:worker@host:7",
        "2026-11-27 12:00:05  job 0, attempt 1: progress: 40 of 100, stored 3, by worker:worker@host:7",
        "2026-11-27 12:00:40  job 0, attempt 1: worker-lost, after 39 s, by worker:worker@host:7",
        "2026-11-27 12:00:41  job 0, attempt 2: claimed → running, by worker:two",
        "2026-11-27 12:00:44  job 0, attempt 2: failure → ready: 503, after 3 s, by worker:two",
        "2026-11-27 12:00:50  job 0, attempt 3: claimed → running, by worker:worker@host:7",
        "2026-11-27 12:03:50  job 0, attempt 3: succeeded: 10 steps, after 3 min, by worker:worker@host:7",
    ]


def test_the_table_has_the_same_with_the_time_after_the_request() -> None:
    table = timeline_table(Timeline([job()]).entries(EVENTS))

    after, took = (list(table.columns[number].cells) for number in (1, 5))

    assert after == ["+0 s", "+0 s", "+1 s", "+5 s", "+40 s", "+41 s", "+44 s", "+50 s", "+3 min"]
    assert took == ["", "", "", "", "39 s", "", "3 s", "", "3 min"]


def test_two_jobs_have_times_of_their_own() -> None:
    other = job(1)
    events = [
        event(1, "claimed", "running", 0),
        event(2, "claimed", "running", 10, job_id=other["job_id"]),
        event(3, "succeeded", "succeeded", 15),
        event(4, "succeeded", "succeeded", 20, job_id=other["job_id"]),
    ]

    entries = list(Timeline([job(), other]).entries(events))

    assert [(entry.job, entry.took and entry.took.total_seconds()) for entry in entries] == [
        (0, None), (1, None), (0, 15.0), (1, 10.0),
    ]  # fmt: skip


def test_text_from_elsewhere_is_escaped() -> None:
    [entry] = Timeline([job()]).entries([event(1, "failed", "failed", 0, detail={"error": "\x1b[31m[red]"})])

    assert "\\x1b[31m[red]" in timeline_line(entry).plain


def test_a_detail_says_its_message_first_and_leaves_out_what_is_empty() -> None:
    detail = {"retry_after": 2.5, "counts": {}, "total": None, "reason": "shutdown", "message": "stopped"}

    assert describe_detail(detail) == "stopped, shutdown, retry_after 2.5"
    assert describe_detail(None) == ""


def test_a_failure_says_how_often_and_when_it_is_tried_again() -> None:
    detail = {"error": "503 from the source", "failures": 2, "max_failures": 5, "retry_seconds": 4.0}

    assert describe_detail(detail) == "503 from the source, failure 2 of 5, tried again in 4 s"


def test_counts_are_shown_where_no_message_has_them_in_words() -> None:
    counts = {"new": 1200, "skipped": {"no value": 3}, "readings": [{"sensor_id": "attic"}]}

    assert describe_detail({"counts": counts}) == "new 1,200"
    assert describe_detail({"counts": counts, "message": "1,200 new"}) == "1,200 new"
