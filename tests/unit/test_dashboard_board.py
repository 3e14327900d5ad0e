"""What a page is told: everything once, then what changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from dashboard import stream
from dashboard.board import Board, Frame, change, state
from dashboard.history import HOUR_SECONDS, STEP_SECONDS, Ring
from overview.model import Overview
from tests.overviews import DATABASE_AWAY, MOMENT, nothing_answers, overview, sensor


def frames(*overviews: Overview) -> list[Frame]:
    board, shown = Board(), []
    for one in overviews:
        board.show(one)
        assert board.frame
        shown.append(board.frame)
    return shown


def test_a_page_that_comes_is_told_everything_but_the_minutes_of_sensors() -> None:
    (frame,) = frames(overview(sensor("1"), sensor("2", last_temperature=float("nan"))))

    told = json.loads(json.dumps(state(frame), allow_nan=False))

    assert told["queue"]["ready"] == 4
    assert told["services"][0]["health"] == "ready"
    assert [one["sensor_id"] for one in told["sensors"]] == ["1", "2"]
    assert "minutes" not in told["sensors"][0]
    assert told["sensors"][1]["last_temperature"] is None, "JSON has no NaN"
    assert told["history"]["points"][0]["ready"] == 4


def test_then_it_is_told_what_changed_and_nothing_else() -> None:
    had, now = frames(
        overview(sensor("1"), sensor("2"), sensor("3")),
        overview(sensor("1"), sensor("2", last_temperature=22.5), after_seconds=1),
    )

    told = change(had, now)

    assert [one["sensor_id"] for one in told.pop("sensors")] == ["2"]
    assert told.pop("gone") == ["3"]
    assert told.keys() == {"at", "point"}


def test_a_part_that_differs_is_told_whole() -> None:
    had, now = frames(overview(), overview(problems=[DATABASE_AWAY]))
    told = change(had, now)
    assert [problem["sentence"] for problem in told["problems"]] == [DATABASE_AWAY.sentence]
    assert change(now, had)["problems"] == []


def test_sensors_that_nobody_knows_any_more_are_told_anew_later() -> None:
    before, away, back = frames(overview(), nothing_answers(), overview())
    assert change(before, away)["sensors"] is None
    assert len(change(away, back)["sensors"]) == 1
    assert state(away)["sensors"] is None


def test_the_history_keeps_the_latest_point_of_each_step() -> None:
    ring = Ring()
    for seconds in range(12):
        ring.add(overview(after_seconds=seconds))
    history = ring.history()
    steps = [point.at - int(MOMENT.timestamp()) // STEP_SECONDS * STEP_SECONDS for point in history.points]
    assert steps == [0, STEP_SECONDS, 2 * STEP_SECONDS]


def test_the_history_is_an_hour_long_however_long_it_runs() -> None:
    ring = Ring()
    for step in range(3 * HOUR_SECONDS // STEP_SECONDS):
        ring.add(overview(after_seconds=step * STEP_SECONDS))
    points = ring.history().points
    assert len(points) == HOUR_SECONDS // STEP_SECONDS
    assert points[-1].at - points[0].at < HOUR_SECONDS


def test_what_is_older_than_an_hour_is_no_history_though_nothing_came_since() -> None:
    ring = Ring()
    ring.add(overview())
    ring.add(overview(after_seconds=2 * HOUR_SECONDS))
    assert len(ring.history().points) == 1


def test_a_clock_that_is_set_back_keeps_the_history_in_order() -> None:
    ring = Ring()
    for seconds in (100, 50, 60):
        ring.add(overview(after_seconds=seconds))
    at = [point.at for point in ring.history().points]
    assert at == sorted(set(at))


def test_measures_that_nobody_tells_are_gaps() -> None:
    point = Ring().add(nothing_answers())
    assert (point.ready, point.published_rate, point.stored_rate) == (None, None, None)


def events_of(board: Board, number: int, shown: list[Overview]) -> list[tuple[str, Any]]:
    """The first events of a page, to which something is shown after each."""

    async def listen() -> list[tuple[str, Any]]:
        told: list[tuple[str, Any]] = []
        messages: AsyncIterator[bytes] = stream.events(board)
        async for message in messages:
            name, _, data = message.decode().partition("\n")
            if name.startswith("event: "):
                told.append((name.removeprefix("event: "), data.removeprefix("data:").strip()))
                if shown:
                    board.show(shown.pop(0))
            if len(told) == number:
                board.close()
        return told

    return asyncio.run(asyncio.wait_for(listen(), 60))


def test_the_stream_begins_with_the_state_and_goes_on_with_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.001)
    board = Board()
    board.show(overview())

    told = events_of(
        board, 3, [overview(sensor(last_temperature=1.0)), overview(sensor(last_temperature=2.0))]
    )

    assert [name for name, _ in told] == ["state", "change", "change"]
    assert [one["last_temperature"] for one in json.loads(told[2][1])["sensors"]] == [2.0]


def test_a_stream_without_news_says_that_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(stream, "SILENCE_SECONDS", 0.01)
    assert [name for name, _ in events_of(Board(), 2, [])] == ["still", "still"]
