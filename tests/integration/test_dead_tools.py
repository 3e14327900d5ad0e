"""`sensorctl dead list`, `show`, `discard`, `export` and `import` on a real broker."""

import base64
import json
import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pika
import pytest
from pika.compat import long

from dashboard.dead_letters import DeadLetterService
from dashboard.telemetry import DashboardTelemetry
from db.queries.audit import Audit
from messaging.amqp.headers import LenientProperties
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.returns import MAX_RETURNS
from messaging.management.client import Management
from messaging.management.policies import UNLIMITED_DELIVERIES
from messaging.topology import Topology
from runtime.health import Health
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.integration.dead_letters import (
    DEFAULT_DELIVERY_LIMIT,
    Operator,
    bodies,
    limit_deliveries,
    publish_dead_bodies,
    publish_dead_letter,
    publish_dead_letters,
)
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, always, eventually


@pytest.fixture
def sensorctl(run: Processes) -> Operator:
    return Operator(run)


def test_the_list_can_be_filtered_by_reason_sensor_and_age(broker: VirtualHost, sensorctl: Operator) -> None:
    publish_dead_letter(broker, '{"sensor_id": "kitchen"}', "invalid-field", timedelta(hours=30))
    publish_dead_letter(broker, '{"id": 7}', "invalid-field", timedelta(hours=5))
    publish_dead_letter(broker, "rubbish", "not-json", **{"x-original-routing-key": "reading.attic"})
    broker.publish("without headers", routing_key=DEAD_QUEUE)

    def found(*arguments: str) -> list[str | None]:
        return [record["sensor_id"] for record in sensorctl.listed(*arguments)]

    assert found() == ["kitchen", "7", "attic", None]
    assert found("--reason", "not-json") == ["attic"]
    assert found("--reason", "not-json", "--reason", "unknown") == ["attic", None]
    assert found("--sensor", "kitchen", "--sensor", "7") == ["kitchen", "7"]
    assert found("--older-than", "20h") == ["kitchen"]
    assert found("--newer-than", "20h") == ["7", "attic"]
    assert found("--newer-than", "20h", "--older-than", "2h") == ["7"]
    assert found("--limit", "1") == ["kitchen"]
    assert "4 dead letters. Selected from all: 2 invalid-field, 1 not-json, 1 unknown" in sensorctl(
        "dead", "list", "--limit", "1"
    )
    eventually(lambda: broker.ready(DEAD_QUEUE) == 4, DEADLINE_SECONDS, "all messages stay")


def test_show_prints_the_complete_message_and_escapes_control_characters(
    broker: VirtualHost, sensorctl: Operator
) -> None:
    publish_dead_letter(
        broker, '{"sensor_id": "1", "name": "\\u001b]0;owned\\u0007", "text": "' + "x" * 500 + '"}'
    )
    [id_] = [record["id"] for record in sensorctl.listed()]
    shown = sensorctl("dead", "show", id_)
    assert '\n  "sensor_id": "1",\n' in shown
    assert "x" * 500 in shown
    assert "x-dead-by: test" in shown
    assert "delivery_mode: 2" in shown
    assert "\x1b" not in shown
    assert json.loads(sensorctl("dead", "show", id_, "--json"))["id"] == id_
    assert "No dead letter" in sensorctl("dead", "show", "nothing", code=1)


@pytest.mark.parametrize("limit", [None, 4, 0])
def test_listing_often_never_loses_a_message(
    broker: VirtualHost, sensorctl: Operator, limit: int | None
) -> None:
    if limit is not None:
        limit_deliveries(broker, limit)
    sent = publish_dead_letters(broker, 30)
    for _ in range(DEFAULT_DELIVERY_LIMIT + MAX_RETURNS):
        with open_dead_letter_queue(broker.settings) as queue:
            assert {message.body for message in queue.peek()} == sent
        eventually(lambda: broker.ready(DEAD_QUEUE) == 30, DEADLINE_SECONDS, "all messages are back")


def test_listing_keeps_the_order(broker: VirtualHost, sensorctl: Operator) -> None:
    publish_dead_bodies(broker, [str(number) for number in range(1300)])
    for _ in range(3):
        with open_dead_letter_queue(broker.settings) as queue:
            assert [int(message.body) for message in queue.peek()] == list(range(1300))
        eventually(lambda: broker.ready(DEAD_QUEUE) == 1300, DEADLINE_SECONDS, "all messages are back")


def test_listing_often_keeps_the_order_where_setup_could_remove_the_limit(broker: VirtualHost) -> None:
    management = Management(broker.settings)
    management.set_dead_letter_policy(Topology(QUEUE))
    eventually(
        lambda: management.delivery_limit(DEAD_QUEUE) == UNLIMITED_DELIVERIES,
        DEADLINE_SECONDS,
        "the broker reports the policy",
    )
    publish_dead_bodies(broker, [str(number) for number in range(5)])
    for _ in range(DEFAULT_DELIVERY_LIMIT + MAX_RETURNS):
        with open_dead_letter_queue(broker.settings) as queue:
            assert [int(message.body) for message in queue.peek(3)] == [0, 1, 2]
        eventually(lambda: broker.ready(DEAD_QUEUE) == 5, DEADLINE_SECONDS, "all messages are back")


def test_reading_the_first_message_repeatedly_does_not_exhaust_the_returns_of_the_others(
    broker: VirtualHost,
) -> None:
    sent = publish_dead_letters(broker, 30)
    for _ in range(DEFAULT_DELIVERY_LIMIT + MAX_RETURNS):
        with open_dead_letter_queue(broker.settings) as queue:
            assert next(queue.peek()).body in sent
        eventually(lambda: broker.ready(DEAD_QUEUE) == 30, DEADLINE_SECONDS, "all messages are back")
    assert set(bodies(broker.drain(DEAD_QUEUE))) == sent


def test_a_long_operation_renews_the_messages_that_it_holds(
    broker: VirtualHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.dead_letters.queue.HOLD_SECONDS", -1)
    publish_dead_bodies(broker, [str(number) for number in range(700)])
    with open_dead_letter_queue(broker.settings, max_batch=100) as queue:
        seen = []
        for message in queue.receive():
            seen.append(int(message.body))
            if seen[-1] % 2:
                queue.discard(message)
    assert seen == list(range(700))
    eventually(lambda: broker.ready(DEAD_QUEUE) == 350, DEADLINE_SECONDS, "the remaining messages are back")


def test_discarded_messages_do_not_return_when_the_connection_closes_at_once(broker: VirtualHost) -> None:
    for _ in range(3):
        publish_dead_letters(broker, 1000)
        with open_dead_letter_queue(broker.settings) as queue:
            for message in queue.receive():
                queue.discard(message)
        always(lambda: broker.ready(DEAD_QUEUE) == 0, 1, "no message returns")


def test_discard_requires_confirmation_or_yes(broker: VirtualHost, sensorctl: Operator) -> None:
    publish_dead_letters(broker, 3)
    publish_dead_letter(broker, "other", "too-large")
    assert "Use --yes" in sensorctl("dead", "discard", code=1)
    eventually(lambda: broker.ready(DEAD_QUEUE) == 4, DEADLINE_SECONDS, "nothing was discarded")
    assert "Discarded 3: 3 not-json" in sensorctl("dead", "discard", "--yes", "--reason", "not-json")
    eventually(lambda: broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "the selected messages are discarded")
    assert bodies(broker.drain(DEAD_QUEUE)) == {b"other": 1}
    assert broker.ready(QUEUE) == 0


ODD_HEADERS = {
    "text": "ü", "bytes": b"\xff\x00", "long": long(5), "big": 2**40, "int": -5, "yes": True, "none": None,
    "decimal": Decimal("1.50"), "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "list": [1, "a", b"\xfe", {"deep": None}], "table": {"$bytes": "not what it looks like"}, "empty": {},
}  # fmt: skip
ALL_PROPERTIES = pika.BasicProperties(
    content_type="text/plain", content_encoding="utf-8", headers=ODD_HEADERS | {"x-dead-reason": "not-json"},
    delivery_mode=2, priority=4, correlation_id="c", reply_to="r", message_id="m", timestamp=1234567890,
    type="t", app_id="a", cluster_id="x",
)  # fmt: skip


def test_exported_messages_are_imported_unchanged(
    broker: VirtualHost, sensorctl: Operator, tmp_path: Any
) -> None:
    file = tmp_path / "dead.jsonl"
    sent = [b"\xff\xfe\x00binary", b"", '{"text": "ü\u2028\n"}'.encode()]
    for body in sent:
        broker.publish(body, ALL_PROPERTIES, routing_key=DEAD_QUEUE)
    ids = [record["id"] for record in sensorctl.listed()]

    assert "Exported 3" in sensorctl("dead", "export", str(file))
    assert "File exists" in sensorctl("dead", "export", str(file), code=2)
    eventually(lambda: broker.ready(DEAD_QUEUE) == 3, DEADLINE_SECONDS, "the messages stay")
    assert sensorctl("dead", "export", "-").count('"reason": "not-json"') == 3
    lines = file.read_text().splitlines()
    assert base64.b64decode(json.loads(lines[0])["body_base64"]) == sent[0]

    sensorctl("dead", "discard", "--yes")
    invalid = [
        "{broken",
        '{"body": "x"}',
        '{"body": "x", "headers": {}, "properties": {"priority": "high"}}',
        "5",
    ]
    file.write_text("\n".join([lines[0], *invalid, "", *lines[1:]]))
    output = sensorctl("dead", "import", str(file), code=1)
    assert "Imported 3" in output
    assert [f"line {number}: " in output for number in range(1, 9)] == [False, *[True] * 4, *[False] * 3]
    assert [record["id"] for record in sensorctl.listed()] == ids
    eventually(lambda: broker.ready(DEAD_QUEUE) == 3, DEADLINE_SECONDS, "the messages stay")
    back = broker.drain(DEAD_QUEUE)
    assert [message.body for message in back] == sent
    for message in back:
        added = ("x-delivery-count", "x-acquired-count", "timestamp_in_ms")  # by the broker
        headers = {name: value for name, value in message.headers.items() if name not in added}
        assert headers == ODD_HEADERS | {"x-dead-reason": "not-json"}
        assert type(headers["long"]) is long
        assert type(headers["int"]) is int
        assert vars(message.properties) | {"headers": None} == vars(ALL_PROPERTIES) | {"headers": None}


def test_missing_queues_files_and_invalid_options_are_reported(
    broker: VirtualHost, sensorctl: Operator
) -> None:
    assert "No dead letters." in sensorctl("dead", "list")
    assert "Replayed 0" in sensorctl("dead", "replay")
    assert "is not an age" in sensorctl("dead", "list", "--older-than", "soon", code=2)
    assert "No such file" in sensorctl("dead", "import", "/nowhere", code=2)
    publish_dead_letter(broker)
    broker.channel.queue_delete(QUEUE)
    assert "run `sensorctl setup`" in sensorctl("dead", "replay", code=69)
    eventually(lambda: broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "it stays in the dead-letter queue")
    broker.channel.queue_delete(DEAD_QUEUE)
    assert "no queue" in sensorctl("dead", "list", code=69)


def entry(name: bytes, kind: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + kind + value


def text(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


# Every type that RabbitMQ accepts, in forms that pika neither keeps nor sends.
EVERY_TYPE = b"".join(
    [
        entry(b"x-dead-reason", b"S", text(b"not-json")),
        entry(b"x-dead-detail", b"S", text(b"\xff is not UTF-8")),
        entry(b"x-original-exchange", b"x", text(b"\xfe")),
        entry(b"x-original-routing-key", b"S", text(b"\xc3")),
        entry(b"name \xff", b"t", b"\x01"),
        *(entry(kind, kind, b"\xfe") for kind in (b"b", b"B")),
        *(entry(kind, kind, b"\xfe\x01") for kind in (b"s", b"u")),
        *(entry(kind, kind, b"\xfe\x01\x02\x03") for kind in (b"I", b"i")),
        entry(b"l", b"l", b"\xfe\x01\x02\x03\x04\x05\x06\x07"),
        entry(b"f", b"f", struct.pack(">f", 21.5)),
        entry(b"d", b"d", struct.pack(">d", 21.53)),
        entry(b"D", b"D", struct.pack(">Bi", 2, 150)),
        entry(b"T", b"T", struct.pack(">Q", 1_700_000_000_000)),
        entry(b"V", b"V", b""),
        entry(b"A", b"A", text(b"V" + b"b\x07" + b"A" + text(b"S" + text(b"\xff")))),
        entry(b"F", b"F", text(entry(b"a", b"F", text(entry(b"b", b"s", b"\x00\x01"))))),
    ]
)
NOT_UTF_8 = {
    name: b"\xff" + name.encode()
    for name in (
        "content_type",
        "content_encoding",
        "correlation_id",
        "reply_to",
        "message_id",
        "type",
        "app_id",
    )
}


def test_what_is_not_text_is_shown_exported_and_imported_byte_for_byte(
    broker: VirtualHost, database: Database, sensorctl: Operator, tmp_path: Any
) -> None:
    # given dead letters that no text encoding can hold
    without_headers = b"".join(pika.BasicProperties(**NOT_UTF_8, delivery_mode=2, timestamp=5).encode())
    flags, rest = without_headers[:2], without_headers[2:]
    start = 2 + len(NOT_UTF_8["content_type"]) + len(NOT_UTF_8["content_encoding"])
    (bits,) = struct.unpack(">H", flags)
    with_headers = (
        struct.pack(">H", bits | pika.BasicProperties.FLAG_HEADERS)
        + rest[:start]
        + text(EVERY_TYPE)
        + rest[start:]
    )
    body = b'{"sensor_id": "\\ud800", "temperature": "\xff"}'
    for wire in (with_headers, without_headers):
        for each in (body, b'{"sensor_id": "\\ud800"}'):
            broker.publish(each, LenientProperties().decode(wire), routing_key=DEAD_QUEUE)
    before = contents(broker)
    # when they are shown, exported, discarded and imported
    audit = Audit(database.settings)
    listed = DeadLetterService(broker.settings, DashboardTelemetry(Health()), audit).list_oldest()
    assert [item["sensor_id"] for item in json.loads(listed.model_dump_json())["messages"]] == [
        None, "\\ud800", None, "\\ud800",
    ]  # fmt: skip
    assert "not-json" in sensorctl("dead", "list")
    shown = [sensorctl("dead", "show", item.id) for item in listed.messages]
    assert "x-dead-detail: \\xff is not UTF-8" in shown[0]
    assert 'd: {"$float": "21.53"}' in shown[0]
    file = tmp_path / "dead.jsonl"
    assert "Exported 4" in sensorctl("dead", "export", str(file))
    sensorctl("dead", "discard", "--yes")
    assert "Imported 4" in sensorctl("dead", "import", str(file))
    # then every byte is the same
    assert contents(broker) == before
    assert "Replayed 4" in sensorctl("dead", "replay")


def contents(broker: VirtualHost) -> list[tuple[bytes, bytes]]:
    """Bodies and properties of the dead letters, without the header that the broker adds."""
    with open_dead_letter_queue(broker.settings) as queue:
        letters = list(queue.peek())
    for letter in letters:
        if letter.properties.headers is not None:
            letter.properties.headers.pop("timestamp_in_ms", None)
    eventually(lambda: broker.ready(DEAD_QUEUE) == len(letters), DEADLINE_SECONDS, "the messages are back")
    return [(letter.body, letter.encoded_properties()) for letter in letters]
