"""Roll-ups of the readings, kept by triggers in the statement that changes the readings.

See docs/adr/0010-rollups-and-partitions.md. SCHEMA stands for the schema of the tables: the functions
work as their owner, so they must find nothing that somebody else put in their way.
"""

MINUTE = "rollup_minute"
FIVE_SECONDS = "rollup_five_seconds"
WIDTHS = {MINUTE: "1 minute", FIVE_SECONDS: "5 seconds"}
# Any moment at which a minute begins.
ORIGIN = "timestamptz '2000-01-01 00:00:00+00'"
# The last hour needs the fine level at its old edge alone; the rest is for a clock that is set back and
# for a transaction that began long ago.
FINE_FOR = "interval '2 hours'"

# The bytes' order is the fastest to compare, and the same in every trigger.
TABLE = """
CREATE TABLE {table} (
    starts_at        timestamptz NOT NULL,
    sensor_id        text COLLATE "C" NOT NULL,
    readings         integer NOT NULL,
    sum_temperature  double precision NOT NULL,
    min_temperature  double precision NOT NULL,
    max_temperature  double precision NOT NULL,
    last_measured_at timestamptz NOT NULL,
    PRIMARY KEY (starts_at, sensor_id)
) WITH (fillfactor = 70)
"""
# For one sensor's series. An update of a roll-up touches no index, so this costs a bucket, not a reading.
SERIES_INDEX = f"CREATE INDEX rollup_minute_sensor ON {MINUTE} (sensor_id, starts_at)"

BUCKETS = """
SELECT date_bin('{width}', measured_at, {origin}), sensor_id COLLATE "C",
       count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
FROM {readings}
{condition}
GROUP BY 1, 2
ORDER BY 1, 2
"""
# A single reading is its own bucket: a third of what the roll-ups cost it would be the grouping.
BUCKET_OF_ONE = """
SELECT date_bin('{width}', measured_at, {origin}), sensor_id COLLATE "C",
       1, temperature, temperature, temperature, measured_at
FROM {readings}
{condition}
"""
# In the order of the key, so that two writers of the same buckets wait for each other, not in a circle.
MERGE = """
INSERT INTO {table} AS kept
{buckets}
ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
    readings         = kept.readings + excluded.readings,
    sum_temperature  = kept.sum_temperature + excluded.sum_temperature,
    min_temperature  = least(kept.min_temperature, excluded.min_temperature),
    max_temperature  = greatest(kept.max_temperature, excluded.max_temperature),
    last_measured_at = greatest(kept.last_measured_at, excluded.last_measured_at);
"""


def _merge(table: str, readings: str, condition: str = "", buckets: str = BUCKETS) -> str:
    merged = buckets.format(width=WIDTHS[table], origin=ORIGIN, readings=readings, condition=condition)
    return MERGE.format(table=table, buckets=merged)


def _merge_added(buckets: str) -> str:
    recent = f"WHERE measured_at > now() - {FINE_FOR}"
    return _merge(MINUTE, "added", "", buckets) + _merge(FIVE_SECONDS, "added", recent, buckets)


ADD = f"""
CREATE FUNCTION roll_up_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added OFFSET 1) THEN
        {_merge_added(BUCKETS)}
    ELSE
        {_merge_added(BUCKET_OF_ONE)}
    END IF;
    RETURN NULL;
END $$
"""

# The lock keeps writers out, so that no bucket misses a reading that is on its way in.
REBUILD = f"""
CREATE FUNCTION rebuild_rollups(since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
DECLARE
    first_minute CONSTANT timestamptz := date_bin('1 minute', since, {ORIGIN});
    after_last   CONSTANT timestamptz := date_bin('1 minute', until, {ORIGIN}) + interval '1 minute';
BEGIN
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM {MINUTE} WHERE starts_at >= first_minute AND starts_at < after_last;
    DELETE FROM {FIVE_SECONDS} WHERE starts_at >= first_minute AND starts_at < after_last;
    {_merge(MINUTE, "reading", "WHERE measured_at >= first_minute AND measured_at < after_last")}
    {
    _merge(
        FIVE_SECONDS,
        "reading",
        '''WHERE measured_at >= first_minute AND measured_at < after_last
      AND measured_at > now() - '''
        + FINE_FOR,
    )
}
END $$
"""

# What the owner deletes or corrects is rare; the minutes that it touched are counted anew.
CHANGE = f"""
CREATE FUNCTION roll_up_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
BEGIN
    PERFORM rebuild_rollups(starts_at, starts_at)
    FROM (SELECT DISTINCT date_bin('1 minute', measured_at, {ORIGIN}) AS starts_at FROM changed) AS minutes;
    RETURN NULL;
END $$
"""
EMPTY = f"""
CREATE FUNCTION roll_up_nothing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
BEGIN
    TRUNCATE {MINUTE}, {FIVE_SECONDS};
    RETURN NULL;
END $$
"""


def _trigger(name: str, event: str, function: str, transition: str = "") -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON reading {transition} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


TRIGGERS = (
    _trigger("roll_up_added", "INSERT", "roll_up_added", "REFERENCING NEW TABLE AS added"),
    _trigger("roll_up_deleted", "DELETE", "roll_up_changed", "REFERENCING OLD TABLE AS changed"),
    _trigger("roll_up_corrected_from", "UPDATE", "roll_up_changed", "REFERENCING OLD TABLE AS changed"),
    _trigger("roll_up_corrected_to", "UPDATE", "roll_up_changed", "REFERENCING NEW TABLE AS changed"),
    _trigger("roll_up_nothing", "TRUNCATE", "roll_up_nothing"),
)

CREATE = (
    TABLE.format(table=MINUTE),
    TABLE.format(table=FIVE_SECONDS),
    SERIES_INDEX,
    ADD,
    REBUILD,
    CHANGE,
    EMPTY,
    *TRIGGERS,
)
# After the table of readings, and the triggers with it.
DROP = (f"DROP TABLE {FIVE_SECONDS}, {MINUTE}",)
FUNCTIONS = ("roll_up_added", "roll_up_changed", "roll_up_nothing", "rebuild_rollups")
