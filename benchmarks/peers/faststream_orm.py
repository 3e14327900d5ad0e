"""FastStream with SQLAlchemy's asynchronous session, as both documentations show it."""

import asyncio
import os
from datetime import datetime
from uuid import UUID

from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from pydantic import BaseModel
from sqlalchemy import DateTime
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DATABASE_URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)

engine = create_async_engine(DATABASE_URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)
broker = RabbitBroker(os.environ["AMQP_URL"], default_channel=Channel(prefetch_count=1))
app = FastStream(broker)


class Base(DeclarativeBase):
    """The tables."""


class Reading(Base):
    """One measurement."""

    __tablename__ = "peer_reading"

    reading_id: Mapped[UUID] = mapped_column(primary_key=True)
    sensor_id: Mapped[str]
    measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    temperature: Mapped[float]
    run_id: Mapped[UUID | None]
    sequence: Mapped[int | None]


class Message(BaseModel):
    """The payload."""

    reading_id: UUID
    sensor_id: str
    measured_at: datetime
    temperature: float
    run_id: UUID | None = None
    sequence: int | None = None


@broker.subscriber(RabbitQueue(os.environ["QUEUE_NAME"], declare=False), ack_policy=AckPolicy.NACK_ON_ERROR)
async def store(message: Message) -> None:
    """Store a reading with one session and one commit; FastStream acks when this returns."""
    async with sessions() as session, session.begin():
        session.add(Reading(**message.model_dump()))


if __name__ == "__main__":
    asyncio.run(app.run())
