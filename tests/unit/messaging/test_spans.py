"""The spans of messages: which are recorded, and how they continue or link to a trace."""

from typing import Any

import pika
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.amqp.hosts import Server
from messaging.consuming.delivery import Delivery
from messaging.spans import Consuming, SendSpans, create_span, process_span, settle_span
from tests.unit.fakes import delivery
from tests.unit.recorded_spans import recorded_spans, trace_id

SERVER = Server("rabbitmq-2", 5672)
CONSUMING = Consuming("heat", SERVER)
TRACE_ID, PARENT_ID = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331


def traceparent(trace: int = TRACE_ID, *, sampled: bool = True) -> dict[str, Any]:
    return {"traceparent": f"00-{trace:032x}-{PARENT_ID:016x}-{'01' if sampled else '00'}"}


def of_publisher(headers: dict[str, Any] | None = None) -> Delivery:
    """Return a reading of a sensor of this project."""
    received = delivery(headers=headers)
    received.properties.type = "reading.v1"
    return received


def process(*batch: Delivery) -> None:
    with process_span(batch, CONSUMING), settle_span("ack", batch, CONSUMING):
        pass


def test_a_share_of_the_readings_is_recorded() -> None:
    with recorded_spans("parentbased_traceidratio", 0.2) as spans:
        created = [span for _ in range(2_000) if (span := create_span("7", "id"))]
        for span in created:
            span.end()

    assert 300 < len(created) < 500  # 400 ± 5.6 standard deviations
    assert (
        len({span.context.trace_id for span in spans.all if span.context}) == len(spans.all) == len(created)
    )


@pytest.mark.parametrize(
    ("sampler", "ratio", "recorded"),
    [
        ("parentbased_traceidratio", 0.999999, False),
        ("parentbased_always_on", None, True),
        ("always_off", None, False),
    ],
)
def test_a_reading_without_a_trace_was_not_sampled_by_its_sensor(
    sampler: str, ratio: float | None, *, recorded: bool
) -> None:
    with recorded_spans(sampler, ratio) as spans:
        process(of_publisher())

    assert bool(spans.all) is recorded


def test_a_message_of_a_simple_client_starts_a_trace() -> None:
    with recorded_spans("parentbased_traceidratio", 0.999999) as spans:
        process(delivery(route=("", "heat")))

    assert spans.names == ["ack heat", "process heat"]
    assert spans.all[1].parent is None


@pytest.mark.parametrize("sampled", [True, False])
@pytest.mark.parametrize("sampler", ["parentbased_always_on", "parentbased_always_off"])
def test_the_publisher_decides_for_its_trace(sampler: str, *, sampled: bool) -> None:
    with recorded_spans(sampler) as spans:
        process(of_publisher(traceparent(sampled=sampled)))
        process(*[of_publisher(traceparent(number, sampled=sampled)) for number in (1, 2)])

    assert len(spans.all) == (4 if sampled else 0)
    if sampled:
        _, single, _, batch = spans.all
        assert single.context
        assert single.context.trace_id == TRACE_ID
        assert single.parent
        assert single.parent.span_id == PARENT_ID
        assert batch.parent is None
        assert [link.context.trace_id for link in batch.links] == [1, 2]


def test_a_batch_links_to_every_message_however_many() -> None:
    with recorded_spans() as spans:
        process(*[of_publisher(traceparent(number)) for number in range(1, 1_001)])

    assert len(spans.all[1].links) == 1_000


@given(header=st.one_of(st.text(max_size=60), st.binary(max_size=60), st.integers(), st.lists(st.none())))
def test_any_header_of_a_client_is_accepted(header: Any) -> None:
    with recorded_spans() as spans:
        process(delivery(headers={"traceparent": header, "tracestate": header}))

    assert len(spans.all) == 2


def test_a_message_is_sent_within_the_trace_of_its_creation_until_it_is_confirmed() -> None:
    with recorded_spans() as spans:
        created = create_span("7", "id")
        assert created
        created.end()
        sending = SendSpans()

        sending.start("7", "id", created.headers, SERVER)
        sending.lost(ConnectionError("reset"))
        sending.start("7", "id", created.headers, SERVER)
        assert spans.names[1:] == ["send sensors:reading.{sensor_id}"]
        sending.confirmed("id")

    failed, sent = spans.all[1:]
    assert {span.context.trace_id for span in spans.all if span.context} == {trace_id(created.headers)}
    assert failed.attributes
    assert failed.attributes["error.type"] == "ConnectionError"
    assert not failed.status.is_ok
    assert sent.attributes
    assert "error.type" not in sent.attributes


def test_an_error_marks_the_span_that_it_leaves() -> None:
    batch = [delivery()]
    with recorded_spans() as spans, pytest.raises(ValueError, match="bad"), process_span(batch, CONSUMING):
        raise ValueError("bad")

    (span,) = spans.all
    assert span.attributes
    assert span.attributes["error.type"] == "ValueError"


def test_without_traces_there_is_nothing() -> None:
    sending = SendSpans()

    assert create_span("7", "id") is None
    assert sending.start_trace("7", "id", SERVER) is None
    sending.start("7", "id", traceparent(), SERVER)
    sending.confirmed("id")
    process(delivery(headers=traceparent()))


def test_properties_without_a_type_are_none_of_a_sensor() -> None:
    received = Delivery(b"", delivery().method, pika.BasicProperties())

    with recorded_spans("parentbased_traceidratio", 0.999999) as spans:
        process(received)

    assert len(spans.all) == 2
