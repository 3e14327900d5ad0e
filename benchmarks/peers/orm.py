"""pika with an ORM session per message, as SQLAlchemy's documentation shows it."""

import json
import os
from datetime import datetime
from uuid import UUID

import pika
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The tables."""


class Reading(Base):
    """One measurement."""

    __tablename__ = "peer_reading"

    reading_id: Mapped[UUID] = mapped_column(primary_key=True)
    sensor_id: Mapped[str]
    measured_at: Mapped[datetime]
    temperature: Mapped[float]
    run_id: Mapped[UUID | None]
    sequence: Mapped[int | None]


def main() -> None:
    """Consume until the process is ended."""
    engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
    channel.basic_qos(prefetch_count=1)

    def store(channel, method, _properties, body):  # type: ignore[no-untyped-def]  # by hand
        message = json.loads(body)
        with Session(engine) as session, session.begin():
            session.add(
                Reading(
                    reading_id=UUID(message["reading_id"]),
                    sensor_id=message["sensor_id"],
                    measured_at=datetime.fromisoformat(message["measured_at"]),
                    temperature=message["temperature"],
                    run_id=UUID(message["run_id"]),
                    sequence=message["sequence"],
                )
            )
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(os.environ["QUEUE_NAME"], store)
    channel.start_consuming()


if __name__ == "__main__":
    main()
