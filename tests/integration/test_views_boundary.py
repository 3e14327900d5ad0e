"""The boundaries of the last hour, to the microsecond: `now()` is constant within a transaction."""

from tests.database import Database


def test_the_hour_excludes_its_start_and_includes_readings_ahead_of_the_clock(database: Database) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES "
            "(gen_random_uuid(), 'out', now() - interval '1 hour', 1), "
            "(gen_random_uuid(), 'in', now() - interval '1 hour' + interval '1 microsecond', 2), "
            "(gen_random_uuid(), 'ahead', now() + interval '5 minutes', 3)"
        )
        rows = connection.execute("SELECT sensor_id, readings FROM last_hour_summary").fetchall()
        overall = connection.execute("SELECT readings, last_temperature FROM last_hour_overall").fetchall()
    assert [(row["sensor_id"], row["readings"]) for row in rows] == [("ahead", 1), ("in", 1)]
    assert overall == [{"readings": 2, "last_temperature": 3}]


def test_of_readings_with_the_same_time_the_highest_id_is_the_last(database: Database) -> None:
    [moment] = database.query("SELECT date_trunc('second', now()) AS now")
    for number in (2, 3, 1):
        database.query(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) VALUES (%s, '1', %s, %s)",
            f"00000000-0000-0000-0000-00000000000{number}",
            moment["now"],
            number,
        )
    for view in ("last_hour_summary", "last_hour_overall"):
        assert database.query(f"SELECT last_temperature FROM {view}") == [{"last_temperature": 3}]
