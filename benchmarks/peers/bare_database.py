"""The database alone, with bare psycopg: `commits` of single rows, or `copy` of 500 rows per commit.

Prints the committed rows per second.
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

MESSAGES = int(os.environ["MESSAGES"])
BATCH = 500
SENSORS = 50
COLUMNS = "reading_id, sensor_id, measured_at, temperature, run_id, sequence"
INSERT = f"INSERT INTO peer_reading ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S608 (a constant)
COPY = f"COPY peer_reading ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
TYPES = ("uuid", "text", "timestamptz", "float8", "uuid", "int8")

Row = tuple[UUID, str, datetime, float, UUID, int]


def main(mode: str) -> None:
    """Write MESSAGES rows, which are created before the measurement."""
    run = uuid4()
    rows = [(uuid4(), str(n % SENSORS), datetime.now(UTC), 20 + n % 7 / 8, run, n) for n in range(MESSAGES)]
    rows.sort()  # as time-ordered ids would be
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("SELECT 1")
        started_at = time.perf_counter()
        (commits if mode == "commits" else copy)(database, rows)
        print(MESSAGES / (time.perf_counter() - started_at))


def commits(database: psycopg.Connection, rows: Sequence[Row]) -> None:
    """Commit each row."""
    cursor = database.cursor()
    for row in rows:
        cursor.execute(INSERT, row)


def copy(database: psycopg.Connection, rows: Sequence[Row]) -> None:
    """Commit each batch."""
    cursor = database.cursor()
    for start in range(0, len(rows), BATCH):
        with cursor.copy(COPY) as lines:
            lines.set_types(TYPES)
            for row in rows[start : start + BATCH]:
                lines.write_row(row)


if __name__ == "__main__":
    main(sys.argv[1])
