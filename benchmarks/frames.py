"""Messages in the form in which AMQP sends them, encoded before a measurement."""

import pika
from pika.frame import Body, Header, Method


def encode_message(
    channel: int, exchange: str, routing_key: str, body: bytes, properties: pika.BasicProperties
) -> list[bytes]:
    """Return the frames that publish a message on the channel of this number."""
    method = pika.spec.Basic.Publish(exchange=exchange, routing_key=routing_key)
    frames = (Method(channel, method), Header(channel, len(body), properties), Body(channel, body))
    return [frame.marshal() for frame in frames]
