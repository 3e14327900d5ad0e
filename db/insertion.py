"""The statements that insert readings, each of them once."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from readings.model import Reading

# The fields of a Reading but the last, in their order.
COLUMNS = "reading_id, sensor_id, measured_at, temperature, run_id, sequence, import_id"
# The calibration that holds at the time of a reading is applied by the statement that inserts it, so that no
# reading is stored with another one. Without any calibration a plainer statement is enough, which inserts
# nothing once there is one (docs/adr/0025-calibration.md). The result is rounded as in readings/units.py.
INSERT = f"INSERT INTO reading ({COLUMNS}) SELECT {COLUMNS}"
UNCALIBRATED = "WHERE NOT EXISTS (SELECT FROM calibration)"
INSERT_CALIBRATED = f"""
INSERT INTO reading ({COLUMNS}, raw_temperature)
SELECT reading_id, sensor_id, measured_at, coalesce(calibrated, temperature), run_id, sequence, import_id,
       CASE WHEN calibrated <> temperature THEN temperature END
"""
CALIBRATION = """
LEFT JOIN LATERAL (
    SELECT round((batch.temperature * slope + offset_kelvin)::numeric, 9)::float8 AS calibrated
    FROM calibration
    WHERE calibration.sensor_id = batch.sensor_id AND valid_from <= batch.measured_at
    ORDER BY valid_from DESC LIMIT 1
) AS applied ON true
"""
# A single reading has statements of its own, because unnest takes a third longer for one row and a tenth
# longer for five hundred. PreparedStatements executes them.
ONE = f"""
FROM (VALUES ($1::uuid, $2::text, $3::timestamptz, $4::float8, $5::uuid, $6::bigint, $7::uuid))
    AS batch ({COLUMNS})
"""
# %b sends values in binary format.
MANY = f"""
FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::float8[], %b::uuid[], %b::bigint[], %b::uuid[])
    WITH ORDINALITY AS batch ({COLUMNS}, position)
"""
# The order makes two writers of the same rows wait for each other instead of deadlocking. Of several readings
# with the same ID the first is stored.
ORDERED = "ORDER BY reading_id, position"
# A reading that is stored already is skipped.
SKIP_STORED = "ON CONFLICT DO NOTHING"
INSERT_ONE = f"{INSERT} {ONE} {UNCALIBRATED} {SKIP_STORED}"
INSERT_ONE_CALIBRATED = f"{INSERT_CALIBRATED} {ONE} {CALIBRATION} {SKIP_STORED}"
INSERT_MANY = f"{INSERT} {MANY} {UNCALIBRATED} {ORDERED} {SKIP_STORED}"
INSERT_MANY_CALIBRATED = f"{INSERT_CALIBRATED} {MANY} {CALIBRATION} {ORDERED} {SKIP_STORED}"
# Values that a source has revised are stored by two statements, each of which locks the minutes of the
# roll-ups in their order: the first inserts the readings that are not stored yet, the second changes others.
REVISIONS = f"""
FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::float8[], %b::uuid[], %b::bigint[], %b::uuid[],
            %b::timestamptz[]) WITH ORDINALITY AS batch ({COLUMNS}, revised_at, position)
"""
INSERT_REVISIONS = f"""
INSERT INTO reading ({COLUMNS}, revised_at, raw_temperature)
SELECT reading_id, sensor_id, measured_at, coalesce(calibrated, temperature), run_id, sequence, import_id,
       revised_at, CASE WHEN calibrated <> temperature THEN temperature END
{REVISIONS} {CALIBRATION} {ORDERED} {SKIP_STORED}
"""
REVISE = """
SELECT FROM revise_readings(%b::uuid[], %b::text[], %b::timestamptz[], %b::float8[], %b::timestamptz[])
"""

# Execute a statement and return the number of rows that it inserted.
Execute = Callable[[str, Sequence[Any]], int]
ExecuteForOne = Callable[[str, Reading], int]
Values = TypeVar("Values")

# PostgreSQL's binary format has big-endian numbers, and times in microseconds since 2000.
INTEGER, FLOAT = struct.Struct("!q"), struct.Struct("!d")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def encode(reading: Reading) -> list[bytes | None]:
    """Return the values of a single reading's statement in PostgreSQL's binary format."""
    return [
        reading.reading_id.bytes,
        reading.sensor_id.encode(),
        INTEGER.pack((reading.measured_at - EPOCH) // MICROSECOND),
        FLOAT.pack(reading.temperature),
        None if reading.run_id is None else reading.run_id.bytes,
        None if reading.sequence is None else INTEGER.pack(reading.sequence),
        None if reading.import_id is None else reading.import_id.bytes,
    ]


class Insertion:
    """Inserts readings with one statement per batch, calibrated if there are calibrations."""

    def __init__(self, execute: Execute, execute_for_one: ExecuteForOne) -> None:
        self._execute = execute
        self._execute_for_one = execute_for_one
        self._has_calibrations = False

    def insert(self, readings: Sequence[Reading]) -> int:
        """Insert the readings that are not stored yet, revise others, and return the number of both."""
        if len(readings) == 1:
            if readings[0].revised_at is None:
                return self._insert(self._execute_for_one, INSERT_ONE, INSERT_ONE_CALIBRATED, readings[0])
            return self._revise(readings)
        *columns, revised = zip(*readings, strict=True)
        if any(revised):
            return self._insert_separately(readings)
        values = [list(column) for column in columns]
        return self._insert(self._execute, INSERT_MANY, INSERT_MANY_CALIBRATED, values)

    def _insert_separately(self, readings: Sequence[Reading]) -> int:
        revisions = [reading for reading in readings if reading.revised_at]
        others = [reading for reading in readings if not reading.revised_at]
        return (self.insert(others) if others else 0) + self._revise(revisions)

    def _revise(self, readings: Sequence[Reading]) -> int:
        columns = [list(column) for column in zip(*readings, strict=True)]
        inserted = self._execute(INSERT_REVISIONS, columns)
        if inserted == len(readings):
            return inserted
        return inserted + self._execute(REVISE, [*columns[:4], columns[7]])

    def _insert(
        self, execute: Callable[[str, Values], int], uncalibrated: str, calibrated: str, values: Values
    ) -> int:
        if not self._has_calibrations:
            inserted = execute(uncalibrated, values)
            if inserted:
                return inserted
        # Either there is a calibration, or all readings are stored already.
        inserted = execute(calibrated, values)
        self._has_calibrations = self._has_calibrations or inserted > 0
        return inserted
