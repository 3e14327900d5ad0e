"""The tables. Their partitions, triggers and views are in the migrations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Double, Index, Integer, Text, Uuid, func
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
    one statement that writes readings registers their sensors (docs/adr/0003-one-statement.md). Each
    UTC day is a partition with a primary key of its own (docs/adr/0010-rollups-and-partitions.md).
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
            "sensor_id",
            postgresql_include=["temperature"],
        ),
        {"postgresql_partition_by": "RANGE (measured_at)"},
    )


class Rollup:
    """What a sensor's readings of one bucket of time sum up to; a trigger of `reading` keeps it."""

    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    sensor_id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    readings: Mapped[int] = mapped_column(Integer)
    sum_temperature: Mapped[float] = mapped_column(Double)
    min_temperature: Mapped[float] = mapped_column(Double)
    max_temperature: Mapped[float] = mapped_column(Double)
    last_measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RollupMinute(Rollup, Base):
    """Minutes: for the last hour and for the series."""

    __tablename__ = "rollup_minute"
    __table_args__ = (Index("rollup_minute_sensor", "sensor_id", "starts_at"),)


class RollupFiveSeconds(Rollup, Base):
    """Five seconds each, of the last two hours: for the old edge of the last hour."""

    __tablename__ = "rollup_five_seconds"


class Retention(Base):
    """For how many days readings are kept; without a row for ever."""

    __tablename__ = "retention"

    days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
