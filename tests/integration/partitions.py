"""The partitions of the readings, and the readings of a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from readings.model import Reading
from tests.database import Database

DAY = timedelta(days=1)
PARTITIONS = """
SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
WHERE inhparent = 'reading'::regclass AND relname <> 'reading_default' ORDER BY relname
"""


def days(database: Database) -> list[date]:
    names = [row["relname"] for row in database.query(PARTITIONS)]
    return [datetime.strptime(name, "reading_%Y%m%d").replace(tzinfo=UTC).date() for name in names]


def in_default(database: Database) -> int:
    return int(database.query("SELECT count(*) FROM reading_default")[0]["count"])


def reading_at(measured_at: datetime, reading_id: UUID | None = None) -> Reading:
    return Reading(reading_id or uuid4(), "1", measured_at, 20.0)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def fill(database: Database, day: date, readings: int) -> None:
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), '1', %s + n * interval '1 millisecond', 20 "
        "FROM generate_series(1, %s) AS n",
        noon(day),
        readings,
    )


def drop_partition(database: Database, day: date) -> None:
    database.query(f"DROP TABLE reading_{day:%Y%m%d}")


@contextmanager
def open_transaction(database: Database, statement: str) -> Iterator[None]:
    """Keep a transaction open that has executed this statement."""
    with database.connect() as connection, connection.transaction():
        connection.execute(statement)
        yield
