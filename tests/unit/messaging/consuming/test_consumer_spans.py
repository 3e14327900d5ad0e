"""What the spans of a consumer say about messages that are not stored."""

from tests.unit.consumer_harness import DATABASE_DOWN, INVALID, MakeHarness, failing
from tests.unit.recorded_spans import recorded_spans

ACK = "ack sensors:reading.{sensor_id}:readings"


def test_a_message_that_is_returned_has_a_failed_span_with_its_nack(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")

    with recorded_spans() as spans:
        harness.run(failing(DATABASE_DOWN, DATABASE_DOWN, DATABASE_DOWN), hold_seconds=0.0001)

    process = next(span for span in spans.all if span.name.startswith("process"))
    nack = next(span for span in spans.all if span.name.startswith("nack"))
    assert process.context
    assert nack.parent
    assert nack.parent.span_id == process.context.span_id
    assert process.attributes
    assert process.attributes["error.type"] == "ServiceUnavailable"


def test_the_span_of_a_batch_names_the_reason_of_its_dead_letter(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1", b"2")

    with recorded_spans() as spans:
        harness.run(failing(INVALID), prefetch=2, batch_size=2)

    assert spans.names == ["send readings.dead", ACK, ACK, "process readings"]
    attributes = spans.all[-1].attributes
    assert attributes
    assert attributes["error.type"] == "not-json"
    assert attributes["messaging.batch.message_count"] == 2
