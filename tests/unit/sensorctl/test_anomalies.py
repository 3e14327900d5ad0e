"""`sensorctl anomalies`: what is shown, followed and marked."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from db.queries.anomalies import AnomalyFilter
from runtime.exit_codes import EXIT_USAGE
from sensorctl.analysis import anomalies as command
from sensorctl.analysis import follower, options
from tests.unit.fake_analysis import ANOMALY, AT, FakeAnomalies
from tests.unit.fakes import RunCommand

EXPECTED = "24.00 °C, expected 20.00 (19.00 to 21.00) °C: rose by 4 K"
ENDED = ANOMALY | {"ended_at": AT + timedelta(minutes=5)}


class Source(FakeAnomalies):
    """Anomalies, and what each later query for changes returns; the last one is interrupted."""

    def __init__(self, *polls: list[dict[str, Any]]) -> None:
        super().__init__()
        self.polls = list(polls)
        self.queries: list[tuple[int, set[int]]] = []


class Followed:
    """The source as the command uses it."""

    def __init__(self, source: Source) -> None:
        self.read, self.mark, self._source = source.read, source.mark, source

    def last_id(self) -> int:
        return 7

    def changes(
        self, _: AnomalyFilter, last_id: int, followed: dict[int, Any], most: int
    ) -> list[dict[str, Any]]:
        self._source.queries.append((last_id, set(followed)))
        if not self._source.polls:
            raise KeyboardInterrupt
        return self._source.polls.pop(0)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Source], Source]:
    def use(source: Source) -> Source:
        for module in (options, command):
            monkeypatch.setattr(module, "discover_settings", lambda: None, raising=False)
        monkeypatch.setattr(options, "discover_manager_settings", lambda: None)
        monkeypatch.setattr(options, "Statements", FakeStatements)
        monkeypatch.setattr(command, "Anomalies", lambda _: Followed(source))
        monkeypatch.setattr(command, "current_actor", lambda: "sensorctl:ann")
        monkeypatch.setattr(follower, "POLL_INTERVAL_SECONDS", 0)
        return source

    return use


class FakeStatements:
    def __init__(self, *_: object) -> None: ...

    def close(self) -> None: ...


def test_the_table_has_what_was_expected_and_why(
    sensorctl: RunCommand, use: Callable[[Source], Source]
) -> None:
    source = use(Source())

    code, out, _ = sensorctl(
        "anomalies", "--sensor", " 1", "--kind", "level-shift", "--open", "--since", "2026-11-26"
    )

    assert code == 0
    for text in (
        "level-shift",
        "2026-11-26 12:00:00",
        "open",
        "24.00",
        "20.00 (19.00 to 21.00)",
        "rose by 4 K",
    ):
        assert text in out
    [(selection, _most)] = source.selections
    assert (selection.sensors, selection.kinds, selection.is_open) == ([" 1", "1"], ["level-shift"], True)


def test_json_has_the_rows(sensorctl: RunCommand, use: Callable[[Source], Source]) -> None:
    use(Source())

    _, out, _ = sensorctl("anomalies", "--json")

    [row] = json.loads(out)
    assert (row["anomaly_id"], row["expected"], row["started_at"]) == (7, 20.0, AT.isoformat())


def test_watch_shows_what_lasts_and_then_what_happens(
    sensorctl: RunCommand, use: Callable[[Source], Source]
) -> None:
    spike = ENDED | {"anomaly_id": 8, "kind": "spike"}
    marked = ANOMALY | {"verdict": "wrong", "marked_at": AT, "marked_by": "key:bo"}
    source = use(Source([ANOMALY], [marked, spike], [ENDED | marked | {"ended_at": ENDED["ended_at"]}], []))

    code, out, _ = sensorctl("anomalies", "--watch")

    assert code == 130
    assert out.splitlines() == [
        f"2026-11-26 12:00:00  open 7 1 level-shift: {EXPECTED}",
        "2026-11-26 12:00:00  marked 7 1 level-shift as wrong, key:bo",
        f"2026-11-26 12:00:00  started 8 1 spike: {EXPECTED}",
        "2026-11-26 12:05:00  ended 8 1 spike, after 5 min",
        "2026-11-26 12:05:00  ended 7 1 level-shift, after 5 min",
    ]
    assert source.selections[0][0].is_open
    assert source.queries == [(7, {7}), (7, {7}), (8, {7}), (8, set()), (8, set())]


def test_watch_prints_one_object_per_line(sensorctl: RunCommand, use: Callable[[Source], Source]) -> None:
    use(Source([]))

    _, out, _ = sensorctl("anomalies", "--watch", "--json")

    assert [(each["event"], each["anomaly_id"]) for each in map(json.loads, out.splitlines())] == [
        ("open", 7),
        ("withdrawn", 7),
    ]


@pytest.mark.parametrize(
    ("arguments", "change", "message"),
    [
        (
            ("mark", "7", "wrong", "--note", "a door"),
            ("wrong", "a door"),
            "Marked anomaly 7, level-shift of sensor 1, as wrong.",
        ),
        (("unmark", "7"), (None, ""), "Took the mark of anomaly 7, level-shift of sensor 1 back."),
    ],
)
def test_a_person_marks_it(
    sensorctl: RunCommand,
    use: Callable[[Source], Source],
    arguments: tuple[str, ...],
    change: tuple[str | None, str],
    message: str,
) -> None:
    source = use(Source())

    assert sensorctl("anomalies", *arguments)[:2] == (0, f"{message}\n")
    assert source.changes == [("sensorctl:ann", 7, *change)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--sensor", "1", "mark", "7", "right"), "the options before `mark` select what is shown"),
        (("mark", "7", "maybe"), "VERDICT: 'maybe' is not one of 'right', 'wrong'"),
        (("mark", "0", "right"), "ANOMALY: '0' must be at least 1"),
        (("mark", "8", "right"), "There is no anomaly 8."),
        (("--since", "2999-01-01"), "--since: is 2999-01-01T00:00:00.000000Z, which is not before `now`"),
    ],
)
def test_what_is_wrong_is_refused(
    sensorctl: RunCommand, use: Callable[[Source], Source], arguments: tuple[str, ...], message: str
) -> None:
    source = use(Source())

    code, _, err = sensorctl("anomalies", *arguments)

    assert code == EXIT_USAGE
    assert message in " ".join(err.replace("│", "").split())
    assert source.changes == []
