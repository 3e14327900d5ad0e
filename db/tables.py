"""The tables. Their views are in the migrations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Double, Index, Text, Uuid, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What Alembic compares the database with."""


class Sensor(Base):
    """A sensor registers itself with its first reading; people add a name and a location."""

    __tablename__ = "sensor"

    sensor_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Reading(Base):
    """One measurement: time in UTC, temperature in °C.

    There is no foreign key to `sensor`: its check would lock the sensor's row for each reading, and the
    one statement that writes readings registers their sensors (docs/adr/0003-one-statement.md).
    """

    __tablename__ = "reading"

    reading_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sensor_id: Mapped[str] = mapped_column(Text)
    measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    temperature: Mapped[float] = mapped_column(Double)
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    run_id: Mapped[UUID | None] = mapped_column(Uuid)
    sequence: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index(
            "reading_measured_at",
            "measured_at",
            postgresql_include=["sensor_id", "temperature"],
        ),
    )
