"""Dead letters through the API: the list, replay and discard."""

import pytest

from dashboard import dead_letters
from dashboard.dead_letters import DeadLetterService
from db.queries import audit
from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings
from runtime.settings import load
from tests.unit.dashboard.dashboard_server import CHANGES, DISCARD, REPLAY, DashboardServer
from tests.unit.openapi import check_response


def test_they_are_listed_with_reason_detail_and_body(dashboard: DashboardServer) -> None:
    dashboard.queue.add("<b>rubbish</b>", "not-json")
    dashboard.queue.add(b"\xff" * 5_000, "invalid-field")
    listed = dashboard.send("/api/dead-letters").json
    assert listed["depth"] == listed["inspected"] == 2
    assert listed["reasons"] == {"not-json": 1, "invalid-field": 1}
    html, binary = listed["messages"]
    assert (html["body"], html["detail"]) == ("<b>rubbish</b>", "a description")
    assert binary["body_bytes"] == 5_000
    assert len(binary["body"]) == 4 * dead_letters.MAX_BODY_BYTES
    selected = dashboard.send("/api/dead-letters?reason=not-json").json
    assert [message["reason"] for message in selected["messages"]] == ["not-json"]


def test_long_texts_are_shortened(dashboard: DashboardServer) -> None:
    dashboard.queue.add('{"sensor_id": "' + "s" * 60_000 + '"}', "r" * 60_000)
    (listed,) = dashboard.send("/api/dead-letters").json["messages"]
    assert (len(listed["sensor_id"]), len(listed["reason"])) == (1_000, 100)
    assert listed["reason"].endswith("r…")
    result = dashboard.change(
        DISCARD, {"reason": listed["reason"], "dead_lettered_before": "2100-01-01T00:00:00Z"}
    )
    assert result.json["done"] == {listed["reason"]: 1}


def test_clients_share_a_list(dashboard: DashboardServer) -> None:
    for _ in range(5):
        dashboard.send("/api/dead-letters")
    assert dashboard.queue.opened == 1


def test_messages_are_replayed_by_their_ids(dashboard: DashboardServer) -> None:
    for body in ("one", "two"):
        dashboard.queue.add(body, "not-json")
    dashboard.queue.add("replayed too often", "not-json", replays=3)
    ids = dashboard.queue.ids()
    result = dashboard.change(REPLAY, {"ids": [ids[0], ids[2], "f" * 12]}).json
    assert result == {"done": {"not-json": 1}, "refused": 1, "not_found": ["f" * 12]}
    assert dashboard.queue.replayed == [b"one"]
    assert dashboard.send("/api/dead-letters").json["depth"] == 2, "the list is not from the cache"


def test_messages_of_a_reason_are_discarded_except_those_newer_than_the_list(
    dashboard: DashboardServer,
) -> None:
    dashboard.queue.add("rubbish", "not-json")
    dashboard.queue.add("other", "invalid-field")
    listed = dashboard.send("/api/dead-letters").json
    dashboard.queue.add("later", "not-json")
    result = dashboard.change(DISCARD, {"reason": "not-json", "dead_lettered_before": listed["at"]}).json
    assert result["done"] == {"not-json": 1}
    assert [message.body for message in dashboard.queue.messages] == [b"other", b"later"]


@pytest.mark.parametrize("path", CHANGES)
def test_a_broker_that_goes_down_during_an_operation_is_reported_with_its_progress(
    dashboard: DashboardServer, path: str
) -> None:
    for body in ("one", "two"):
        dashboard.queue.add(body, "not-json")
    dashboard.queue.fail_after = 1
    response = dashboard.change(path, {"ids": dashboard.queue.ids()})
    assert response.status == 503
    assert response.json["done"] == {"not-json": 1}
    assert "the others are still in the dead-letter queue" in response.json["detail"]
    check_response(dashboard.openapi, path, response)


def test_a_broker_that_is_down_is_reported(dashboard: DashboardServer) -> None:
    dashboard.queue.error = BrokerUnavailable("Connection refused")
    response = dashboard.send("/api/dead-letters")
    assert response.json["detail"] == "Connection refused"
    check_response(dashboard.openapi, "/api/dead-letters", response)


def test_a_list_waits_for_another_operation_until_its_time_out(
    dashboard: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LOCK_TIMEOUT_SECONDS", 0.01)
    service = DeadLetterService(load(BrokerSettings), dashboard.telemetry, dashboard.audit)  # type: ignore[arg-type]
    with service._exclusive(), pytest.raises(dead_letters.OperationInProgress, match="is in progress"):
        service.list_oldest()


def test_what_is_changed_is_in_the_audit_with_its_actor(dashboard: DashboardServer) -> None:
    dashboard.queue.add('{"sensor_id": "a\\u0000b"}', "not-json")
    dashboard.queue.add("two", "not-json")
    ids = dashboard.queue.ids()
    dashboard.change(DISCARD, {"ids": ids})
    requested, *discarded = dashboard.audit.entries
    assert (requested.action, requested.object_id, requested.after) == ("request-discard", "", {"ids": ids})
    assert [(entry.actor, entry.action, entry.object_id) for entry in discarded] == [
        ("key:operator", "discard", id_) for id_ in ids
    ]
    assert discarded[0].before
    assert discarded[0].before["sensor_id"] == "a\\x00b", "PostgreSQL holds no U+0000"
    assert discarded[0].after is None


def test_without_the_audit_nothing_is_changed(dashboard: DashboardServer) -> None:
    dashboard.queue.add("rubbish", "not-json")
    dashboard.audit.is_down = True
    response = dashboard.change(DISCARD, {"ids": dashboard.queue.ids()})
    assert response.status == 503
    assert "Nothing was changed" in response.json["detail"]
    assert len(dashboard.queue.messages) == 1


def test_changes_that_cannot_be_recorded_afterwards_are_in_the_log(
    dashboard: DashboardServer, capsys: pytest.CaptureFixture[str]
) -> None:
    dashboard.queue.add("rubbish", "not-json")
    (id_,) = dashboard.queue.ids()
    dashboard.audit.fails_after = 1
    assert dashboard.change(DISCARD, {"ids": [id_]}).status == 200
    line = next(line for line in capsys.readouterr().out.splitlines() if "audit failed" in line)
    assert id_ in line
    assert "key:operator" in line


def test_a_long_operation_records_its_changes_meanwhile(
    dashboard: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MAX_UNRECORDED", 2)
    for number in range(5):
        dashboard.queue.add(f"{number}", "not-json")
    ids = dashboard.queue.ids()
    dashboard.change(REPLAY, {"ids": ids})
    assert [entry.object_id for entry in dashboard.audit.entries] == ["", *ids]
