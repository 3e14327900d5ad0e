"""What is read as newly stored, by the analysis and by the evaluation of limits."""

from datetime import UTC, datetime, timedelta

from psycopg.rows import tuple_row

from db.feed import read_range
from tests.database import Database

NOW = datetime.now(UTC).replace(microsecond=0)
NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid"
INSERT = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature, stored_xid)
VALUES (gen_random_uuid(), %s, %s, 20, coalesce(%s, pg_current_xact_id()::text::bigint))
"""
AHEAD = 20


def test_readings_of_a_restored_dump_are_not_new_once_the_server_reaches_their_numbers(
    database: Database,
) -> None:
    database.query("INSERT INTO sensor (sensor_id) VALUES ('restored'), ('changed'), ('new')")
    [first] = database.query(NEXT)
    # given a reading as pg_restore stores it, whose number this server has not reached
    database.query(INSERT, "restored", NOW, first["xid"] + AHEAD)
    # when the server has had as many transactions, among them some that store readings and change one
    for _ in range(AHEAD):
        database.query("SELECT pg_current_xact_id()")
    database.query(INSERT, "new", NOW, None)
    database.query(INSERT, "changed", NOW, None)
    database.query("UPDATE reading SET temperature = 21 WHERE sensor_id = 'changed'")
    # then only those are read
    [last] = database.query(NEXT)
    with database.connect() as connection:
        cursor = connection.cursor(row_factory=tuple_row)
        rows = read_range(cursor, ">=", NOW - timedelta(days=1), (first["xid"], last["xid"]), None)
    assert [(sensor, temperature) for sensor, _, temperature in rows] == [("new", 20), ("changed", 21)]
