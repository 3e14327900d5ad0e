"""The dashboard's HTTP side: who may ask for what, and answers that are as described."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import jsonschema
import pytest
from pydantic import SecretStr

from dashboard import __main__ as program
from dashboard import dead
from dashboard.access import Guard
from dashboard.api import Api
from dashboard.app import application
from dashboard.board import Board
from dashboard.dead import DeadOffice
from dashboard.events import BROKER, DATABASE, DashboardEvents
from dashboard.server import serving
from dashboard.settings import DashboardSettings
from db.errors import StoreUnavailable
from db.minutes import MinuteRow
from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings
from overview.model import Overview
from service.errors import ConfigurationError
from service.health import Health
from service.lifecycle import Stop
from service.settings import load
from tests.overviews import nothing_answers, overview
from tests.unit.dead_queue import FakeDeadQueue
from tests.unit.fakes import FakeClock

TOKEN = "correct horse battery"
ORDERS = ("/api/dead-letters/replay", "/api/dead-letters/discard")
MINUTE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class FakeMinutes:
    def __init__(self) -> None:
        self.away = False

    def last_hour(self, sensors: Any) -> list[MinuteRow]:
        if self.away:
            raise StoreUnavailable("gone")
        return [MinuteRow("1", MINUTE, 60, 20.0, 21.0, 22.0)] if "1" in sensors else []


class Dashboard:
    """A dashboard that is served on a port of this machine, with everything behind it in memory."""

    def __init__(self, token: str | None) -> None:
        self.board, self.health, self.minutes = Board(), Health(BROKER, DATABASE), FakeMinutes()
        self.events, self.queue = DashboardEvents(self.health), FakeDeadQueue()
        self.clock = FakeClock()
        office = DeadOffice(load(BrokerSettings), self.events, clock=self.clock)
        guard = Guard(SecretStr(token) if token else None)
        self.api = Api(self.board, office, self.minutes, guard, self.events)  # type: ignore[arg-type]
        self.app = application(
            self.api, self.health, load(DashboardSettings, dashboard_hosts="my.example").hosts
        )
        self.port = 0

    def ask(self, path: str, body: Any = None, **headers: str) -> Answer:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def order(self, path: str, body: Any, token: str = TOKEN) -> Answer:
        return self.ask(path, body, Authorization=f"Bearer {token}")


@contextmanager
def served(token: str | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    dashboard = Dashboard(token)
    monkeypatch.setattr(dead, "visit", dashboard.queue.visit)
    monkeypatch.setattr("messaging.deadwork.visit", dashboard.queue.visit)
    with serving(dashboard.app, dashboard.board, "127.0.0.1", 0) as dashboard.port:
        yield dashboard


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    """One that may change things, and has seen the system once."""
    with served(TOKEN, monkeypatch) as one:
        one.board.show(overview())
        yield one


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    with served(None, monkeypatch) as one:
        one.board.show(overview())
        yield one


class TestThePage:
    @pytest.mark.parametrize("path", ["/", "/static/main.js", "/openapi.json", "/api/overview", "/nowhere"])
    def test_every_answer_is_protected(self, dashboard: Dashboard, path: str) -> None:
        headers = dashboard.ask(path).headers
        assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] is None

    def test_nothing_in_it_is_inline_or_from_elsewhere(self, dashboard: Dashboard) -> None:
        page = dashboard.ask("/").body.decode()
        assert "style=" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count("<script src=")
        assert "http" not in page

    @pytest.mark.parametrize(
        "path", ["/", "/api/overview", "/api/events", "/static/main.js", "/openapi.json"]
    )
    def test_a_name_that_is_not_ours_is_refused(self, dashboard: Dashboard, path: str) -> None:
        assert dashboard.ask(path, Host="evil.example").status == 400

    @pytest.mark.parametrize("host", ["localhost:8085", "127.0.0.1", "my.example", "dashboard:8085"])
    def test_our_names_are_good(self, dashboard: Dashboard, host: str) -> None:
        assert dashboard.ask("/", Host=host).status == 200

    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
    def test_probes_may_come_by_any_name(self, dashboard: Dashboard, path: str) -> None:
        dashboard.events.looked(overview(), 0.1)
        assert dashboard.ask(path, Host="172.18.0.9:8085").status == 200

    def test_nothing_leads_out_of_the_static_files(self, dashboard: Dashboard) -> None:
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
            assert dashboard.ask(path).status == 404


class TestProbes:
    def test_it_is_ready_when_broker_and_database_answer(self, dashboard: Dashboard) -> None:
        assert dashboard.ask("/readyz").status == 503
        dashboard.events.looked(overview(), 0.1)
        assert dashboard.ask("/readyz").json["ready"] is True

    def test_it_says_what_is_away(self, dashboard: Dashboard) -> None:
        dashboard.events.looked(nothing_answers(), 0.1)
        assert dashboard.ask("/readyz").json["problems"] == {
            "broker": "does not answer",
            "database": "The database does not answer.",
        }
        assert 'dashboard_outage{need="database"} 1.0' in dashboard.ask("/metrics").body.decode()
        assert dashboard.ask("/livez").status == 200


class TestAnswers:
    def test_each_is_as_the_description_says(self, dashboard: Dashboard) -> None:
        dashboard.queue.bury("rubbish", "not-json")
        asked = {
            "/api/overview": dashboard.ask("/api/overview"),
            "/api/history": dashboard.ask("/api/history"),
            "/api/minutes": dashboard.ask("/api/minutes?sensor=1&sensor=2"),
            "/api/access": dashboard.ask("/api/access"),
            "/api/dead-letters": dashboard.ask("/api/dead-letters"),
            **{path: dashboard.order(path, {"ids": ["0" * 12]}) for path in ORDERS},
        }
        assert {path: answer.status for path, answer in asked.items()} == dict.fromkeys(asked, 200)
        assert asked.keys() | {"/api/events"} == described(dashboard)["paths"].keys()
        for path, answer in asked.items():
            check(described(dashboard), path, answer)

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/api/minutes", 400),
            ("/api/minutes?" + "sensor=1&" * 101, 400),
            *((path, 401) for path in ORDERS),
        ],
    )
    def test_so_is_each_refusal(self, dashboard: Dashboard, path: str, status: int) -> None:
        answer = dashboard.ask(path, {} if path in ORDERS else None)
        assert answer.status == status
        check(described(dashboard), path.partition("?")[0], answer)

    def test_before_the_first_look_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with served(None, monkeypatch) as dashboard:
            for path in ("/api/overview", "/api/history", "/api/minutes?sensor=1"):
                answer = dashboard.ask(path)
                assert answer.status == 503
                assert "only just been started" in answer.json["error"]

    def test_the_minutes_of_a_sensor(self, dashboard: Dashboard) -> None:
        answer = dashboard.ask("/api/minutes?sensor=1&sensor=nobody").json
        minute = {"at": int(MINUTE.timestamp()), "readings": 60, "min": 20.0, "mean": 21.0, "max": 22.0}
        assert answer == {"sensors": {"1": [minute], "nobody": []}}

    def test_a_database_that_is_away_is_told_at_once(self, dashboard: Dashboard) -> None:
        dashboard.minutes.away = True
        assert dashboard.ask("/api/minutes?sensor=1").json == {"error": "gone", "done": None}
        dashboard.board.show(nothing_answers())
        assert dashboard.ask("/api/minutes?sensor=1").json["error"] == "the database does not answer"

    def test_a_page_is_told_what_is_and_what_changes(self, dashboard: Dashboard) -> None:
        request = f"http://127.0.0.1:{dashboard.port}/api/events"
        with closing(_DIRECT.open(request, timeout=60)) as told:
            assert told.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            assert told.headers["Cache-Control"] == "no-store"
            lines = (line.decode().strip() for line in told)
            assert next(lines) == "retry: 1000"
            assert next(line for line in lines if line.startswith("event")) == "event: state"
            dashboard.board.show(overview(after_seconds=1))
            assert next(line for line in lines if line.startswith("event")) == "event: change"


class TestWhoMayChange:
    @pytest.mark.parametrize("path", ORDERS)
    def test_nobody_while_no_token_is_set(self, read_only: Dashboard, path: str) -> None:
        read_only.queue.bury("rubbish", "not-json")
        answer = read_only.order(path, {"ids": read_only.queue.ids()}, token="")
        assert answer.status == 403
        assert "DASHBOARD_TOKEN is not set" in answer.json["error"]
        assert len(read_only.queue.messages) == 1
        assert read_only.ask("/api/access").json == {"possible": False, "granted": False}

    @pytest.mark.parametrize("path", ORDERS)
    @pytest.mark.parametrize(
        "authorization",
        [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN, "Bearer é"],
    )
    def test_nobody_without_the_right_one(
        self, dashboard: Dashboard, path: str, authorization: str | None
    ) -> None:
        dashboard.queue.bury("rubbish", "not-json")
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = dashboard.ask(path, {"ids": dashboard.queue.ids()}, **headers)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert TOKEN not in answer.body.decode()
        assert len(dashboard.queue.messages) == 1

    def test_a_request_can_ask_whether_its_token_is_right(self, dashboard: Dashboard) -> None:
        assert dashboard.ask("/api/access").json == {"possible": True, "granted": False}
        right = dashboard.ask("/api/access", Authorization=f"Bearer {TOKEN}").json
        assert right == {"possible": True, "granted": True}

    @pytest.mark.parametrize("path", ORDERS)
    def test_looking_at_an_order_is_not_giving_it(self, dashboard: Dashboard, path: str) -> None:
        assert dashboard.ask(path, Authorization=f"Bearer {TOKEN}").status == 405

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({}, "either ids or a reason"),
            ({"ids": ["0" * 12], "reason": "not-json"}, "either ids or a reason"),
            ({"reason": "not-json"}, "needs died_before"),
            ({"reason": "not-json", "died_before": "2026-11-22T12:00:00"}, "needs died_before"),
            ({"ids": ["../etc"]}, "pattern"),
            ({"ids": [], "everything": True}, "Extra inputs"),
            ({"ids": ["0" * 12] * 1001}, "at most 1000"),
            ([], "should be an object"),
            ("x" * 70_000, "larger than"),
        ],
    )
    def test_an_order_that_is_not_clear_is_refused(self, dashboard: Dashboard, body: Any, said: str) -> None:
        answer = dashboard.order(ORDERS[1], body)
        assert answer.status == 400
        assert said in answer.json["error"]


class TestDeadLetters:
    def test_they_are_shown_with_reason_sentence_and_body(self, dashboard: Dashboard) -> None:
        dashboard.queue.bury("<b>rubbish</b>", "not-json")
        dashboard.queue.bury(b"\xff" * 5_000, "invalid-field")
        seen = dashboard.ask("/api/dead-letters").json
        assert seen["depth"] == seen["looked_at"] == 2
        assert seen["reasons"] == {"not-json": 1, "invalid-field": 1}
        assert (seen["messages"][0]["body"], seen["messages"][0]["detail"]) == (
            "<b>rubbish</b>",
            "a sentence",
        )
        assert seen["messages"][1]["body_bytes"] == 5_000
        assert len(seen["messages"][1]["body"]) == 4 * dead.BODY_BYTES
        chosen = dashboard.ask("/api/dead-letters?reason=not-json").json
        assert [message["reason"] for message in chosen["messages"]] == ["not-json"]

    def test_pages_share_a_look(self, dashboard: Dashboard) -> None:
        for _ in range(5):
            dashboard.ask("/api/dead-letters")
        assert dashboard.queue.visits == 1
        dashboard.clock.now += dead.FRESH_SECONDS + 1
        dashboard.ask("/api/dead-letters")
        assert dashboard.queue.visits == 2

    def test_those_that_are_named_are_replayed(self, dashboard: Dashboard) -> None:
        for body in ("one", "two"):
            dashboard.queue.bury(body, "not-json")
        dashboard.queue.bury("tired", "not-json", replays=3)
        ids = dashboard.queue.ids()
        outcome = dashboard.order(ORDERS[0], {"ids": [ids[0], ids[2], "f" * 12]}).json
        assert outcome == {"done": {"not-json": 1}, "refused": 1, "not_found": ["f" * 12]}
        assert dashboard.queue.replayed == [b"one"]
        assert dashboard.ask("/api/dead-letters").json["depth"] == 2, "the page sees it at once"

    def test_all_of_a_reason_are_discarded_but_not_those_that_nobody_has_seen(
        self, dashboard: Dashboard
    ) -> None:
        dashboard.queue.bury("rubbish", "not-json")
        dashboard.queue.bury("other", "invalid-field")
        seen = dashboard.ask("/api/dead-letters").json
        dashboard.queue.bury("later", "not-json")
        outcome = dashboard.order(ORDERS[1], {"reason": "not-json", "died_before": seen["at"]}).json
        assert outcome["done"] == {"not-json": 1}
        assert [message.body for message in dashboard.queue.messages] == [b"other", b"later"]

    @pytest.mark.parametrize("path", ORDERS)
    def test_a_broker_that_is_lost_half_way_is_told_with_what_was_done(
        self, dashboard: Dashboard, path: str
    ) -> None:
        for body in ("one", "two"):
            dashboard.queue.bury(body, "not-json")
        dashboard.queue.lost_after = 1
        answer = dashboard.order(path, {"ids": dashboard.queue.ids()})
        assert answer.status == 503
        assert answer.json["done"] == {"not-json": 1}
        assert "the others are still dead" in answer.json["error"]

    def test_a_broker_that_is_away_is_told(self, dashboard: Dashboard) -> None:
        dashboard.queue.away = BrokerUnavailable("Connection refused")
        assert dashboard.ask("/api/dead-letters").json["error"] == "Connection refused"

    def test_a_visit_waits_for_another_one_but_not_for_ever(
        self, dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dead, "BUSY_SECONDS", 0.01)
        office = DeadOffice(load(BrokerSettings), dashboard.events)
        with office._alone(), pytest.raises(dead.Busy, match="is at work"):
            office.look()


class TestServing:
    def test_a_port_that_is_taken_is_told_with_its_variable(self, dashboard: Dashboard) -> None:
        with (
            pytest.raises(ConfigurationError, match=f"HTTP_PORT is {dashboard.port}"),
            serving(dashboard.app, Board(), "127.0.0.1", dashboard.port),
        ):
            pass

    @pytest.mark.parametrize(
        ("variables", "said"),
        [
            ({"dashboard_token": "short"}, "DASHBOARD_TOKEN: .*at least 16"),
            ({"dashboard_hosts": "*"}, "DASHBOARD_HOSTS"),
            ({"http_port": 0}, "HTTP_PORT"),
        ],
    )
    def test_a_wrong_variable_is_named_without_a_secret(self, variables: dict[str, Any], said: str) -> None:
        with pytest.raises(ConfigurationError, match=said) as refusal:
            load(DashboardSettings, **variables)
        assert "short" not in str(refusal.value)


def test_it_looks_until_the_stop_and_gives_a_sign_of_life_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LOOK_SECONDS", 0.0)
    stop, board, health = Stop(), Board(), Health(BROKER, DATABASE)

    class ThreeLooks:
        def look(self) -> Overview:
            if health.beats == 2:
                stop.request()
            return overview()

    program.look(ThreeLooks(), board, DashboardEvents(health), stop)  # type: ignore[arg-type]

    assert board.frame
    assert board.frame.number == health.beats == 3
    assert health.problems() == {}


def described(dashboard: Dashboard) -> Any:
    return dashboard.ask("/openapi.json").json


def check(description: Any, path: str, answer: Answer) -> None:
    """The answer is what its schema says."""
    (operation,) = description["paths"][path].values()
    schema = operation["responses"][str(answer.status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": description["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    validator.check_schema(whole)
    validator.validate(answer.json)
