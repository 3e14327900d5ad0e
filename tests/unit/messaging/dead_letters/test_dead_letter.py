"""Dead letters: their headers, their selection, and their form in a file."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pika
import pytest

from messaging.dead_letters.dead_letter import DeadLetter, Origin
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.record import from_line, to_line

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

RUN = uuid4()
BY_MQTT = {
    "x-original-exchange": "amq.topic",
    "x-original-routing-key": "sensors.kitchen.temperature",
}


def message(body: bytes | dict[str, Any] = b"rubbish", /, **headers: Any) -> DeadLetter:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    return DeadLetter(encoded, pika.BasicProperties(headers=headers), 7)


def dead(**values: Any) -> dict[str, Any]:
    return {f"x-dead-{name}": value for name, value in values.items()}


def test_the_id_depends_on_body_and_dead_letter_time_and_not_on_the_delivery_count() -> None:
    first = message(**dead(at="2026-11-22T05:28:37.123+00:00"))
    assert first.id == message(**dead(at="2026-11-22T05:28:37.123+00:00"), **{"x-delivery-count": 9}).id
    assert first.id != message(**dead(at="2026-11-22T05:28:37.124+00:00")).id
    assert first.id != message(b"other", **dead(at="2026-11-22T05:28:37.123+00:00")).id


@pytest.mark.parametrize(
    ("body", "headers", "sensor"),
    [
        (b'{"sensor_id": " kitchen "}', {}, "kitchen"),
        (b'{"id": 7}', {}, "7"),
        (b'{"sensor_id": true}', {}, None),
        (b"rubbish", {"x-original-routing-key": "reading.attic.2"}, "attic.2"),
        (b"rubbish", {"x-original-routing-key": "sensor_data"}, None),
        (b"21.5", BY_MQTT, "kitchen"),
        (b'{"id": 0, "tC": 21.5, "tF": 70.7}', BY_MQTT, "kitchen"),
        (b'{"sensor_id": "attic", "temperature": 21.5}', BY_MQTT, "kitchen"),
        (b"21.5", {**BY_MQTT, "x-original-exchange": "sensors"}, None),
        (b"21.5", {**BY_MQTT, "x-original-routing-key": ["a"]}, None),
        (b"[" * 100_000, {}, None),
        (b'{"sensor_id": ' + b"9" * 5_000 + b"}", {}, None),
        (b"[1]", {}, None),
    ],
)
def test_the_sensor_is_that_of_the_topic_or_the_body_or_the_routing_key(
    body: bytes, headers: dict[str, Any], sensor: str | None
) -> None:
    assert message(body, **headers).sensor_id == sensor


@pytest.mark.parametrize("sequence", [0, -1, True, "3", 1.0, None, 2**63])
def test_an_origin_requires_a_sequence_within_the_range_of_the_column(sequence: object) -> None:
    assert message({"sensor_id": "1", "run_id": str(RUN), "sequence": sequence}).origin is None


def test_an_origin_requires_sensor_run_and_sequence() -> None:
    complete: dict[str, Any] = {"sensor_id": "1", "run_id": str(RUN), "sequence": 3}
    assert message(complete).origin == Origin("1", RUN, 3)
    for name in complete:
        assert message({key: value for key, value in complete.items() if key != name}).origin is None
    del complete["sensor_id"]
    assert message(complete, **BY_MQTT).origin == Origin("kitchen", RUN, 3)
    assert message(complete | {"run_id": "none"}).origin is None


def test_dead_letters_of_the_broker_have_its_reason_and_time() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    letter = message(**{"x-first-death-reason": "delivery_limit", "x-death": [{"time": at, "count": 1}]})
    assert (letter.reason, letter.dead_at, letter.replays) == ("delivery_limit", at, 0)
    assert message().dead_at is None
    assert message(**{"x-death": "nonsense"}).dead_at is None


@pytest.mark.parametrize("count", [-5, "many", None, True])
def test_an_invalid_number_of_replays_is_zero(count: object) -> None:
    assert message(**{"x-replays": count}).replays == 0


def test_the_headers_of_a_replay_have_no_dead_letter_headers() -> None:
    headers = dead(reason="not-json", at="now", by="me", detail="no") | {"x-replays": 1, "mine": "kept"}
    broker = {"x-death": [], "x-first-death-queue": "q", "x-last-death-queue": "q"}
    counts = {"x-delivery-count": 3, "x-acquired-count": 4}
    assert message(**headers, **broker, **counts).replay_headers() == {"mine": "kept", "x-replays": 2}


def test_the_headers_of_a_replay_have_the_original_route_from_the_broker() -> None:
    death = {"exchange": "amq.topic", "routing-keys": ["sensors.kitchen.temperature"], "count": 1}
    assert message(**{"x-death": [death]}).replay_headers() == {**BY_MQTT, "x-replays": 1}
    # Its earlier headers take precedence: the broker knows only the route of the replay.
    replay = {"exchange": "", "routing-keys": ["sensor_data"], "count": 1}
    again = message(**{**BY_MQTT, "x-replays": 1, "x-death": [replay]})
    assert again.replay_headers() == {**BY_MQTT, "x-replays": 2}


@pytest.mark.parametrize(
    "deaths", [None, [], ["x"], [{}], [{"exchange": "e"}], [{"exchange": "e", "routing-keys": []}]]
)
def test_an_x_death_header_without_a_route_adds_nothing(deaths: object) -> None:
    assert message(**{"x-death": deaths}).replay_headers() == {"x-replays": 1}


def test_a_filter_matches_messages_that_meet_every_condition() -> None:
    now = datetime.now(UTC)
    old = message({"sensor_id": "1"}, **dead(reason="not-json", at=(now - timedelta(hours=2)).isoformat()))
    timeless = message({"sensor_id": "1"}, **dead(reason="not-json"))
    hour = now - timedelta(hours=1)
    assert DeadLetterFilter()(timeless)
    assert DeadLetterFilter(reasons=["not-json", "too-large"], sensors=["1"])(old)
    assert not DeadLetterFilter(reasons=["too-large"], sensors=["1"])(old)
    assert DeadLetterFilter(dead_lettered_before=hour)(old)
    assert not DeadLetterFilter(dead_lettered_after=hour)(old)
    assert not DeadLetterFilter(dead_lettered_before=hour)(timeless)
    by_id = DeadLetterFilter(ids=[old.id, "another"])
    assert by_id(old)
    assert not by_id(timeless)
    assert by_id.missing_ids() == ["another"]


def test_an_exported_message_is_one_line_and_can_be_imported() -> None:
    exported = message(b"\xff\n", bytes=b"\xff", nested={"list": [b"", None]})
    line = to_line(exported)
    assert line.count("\n") == 1
    imported = from_line(line)
    assert (imported.body, imported.headers, imported.id) == (exported.body, exported.headers, exported.id)


VALID: dict[str, Any] = {"body": "x", "headers": {}, "properties": {}}


@pytest.mark.parametrize(
    "record",
    [
        5, [], {}, VALID | {"body": 5}, VALID | {"headers": []}, VALID | {"properties": {"colour": "red"}},
        VALID | {"properties": {"priority": 256}}, VALID | {"properties": {"type": "t" * 256}},
        VALID | {"body_base64": "?"}, VALID | {"headers": {"n": 2**64}},
        VALID | {"headers": {"f": {"$float": "nan"}}},
        VALID | {"properties_base64": "?"}, VALID | {"properties_base64": "gA=="},
        VALID | {"properties_base64": "gAAF"}, VALID | {"properties": {"type": {"$bytes": "?"}}},
        VALID | {"headers": {"t": {"$time": "late"}}}, VALID | {"headers": {"d": {"$decimal": "much"}}},
        VALID | {"headers": {"k" * 256: 1}}, VALID | {"headers": {"b": {"$bytes": 3}}},
    ],
)  # fmt: skip
def test_an_invalid_record_is_reported(record: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_line(json.dumps(record))


def test_a_valid_record_is_imported() -> None:
    assert from_line(json.dumps(VALID)).body == b"x"
