"""The baseline: a minimal hand-written loop, without validation or deduplication."""

import json
import os

import pika
import psycopg

INSERT = """
INSERT INTO peer_reading (reading_id, sensor_id, measured_at, temperature, run_id, sequence)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def main() -> None:
    """Consume until the process is ended."""
    database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    cursor = database.cursor()
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
    channel.basic_qos(prefetch_count=1)

    def store(channel, method, _properties, body):  # type: ignore[no-untyped-def]  # by hand
        reading = json.loads(body)
        cursor.execute(
            INSERT,
            (
                reading["reading_id"],
                reading["sensor_id"],
                reading["measured_at"],
                reading["temperature"],
                reading["run_id"],
                reading["sequence"],
            ),
        )
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(os.environ["QUEUE_NAME"], store)
    channel.start_consuming()


if __name__ == "__main__":
    main()
