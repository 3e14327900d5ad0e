"""The table of readings, a partition a UTC day, and the functions that make and drop partitions.

See docs/adr/0010-rollups-and-partitions.md. Each partition has its own primary key, `reading_id`: one of
the whole table would have to hold the day too, and would let one identity in at two moments of a day.
"""

from db.migrations.first_rollups import FINE_FOR, FIVE_SECONDS, MINUTE

DAYS_AHEAD = 7
# A day of the past gets its partition when it has so many readings: a sensor whose clock was never set
# makes none. Many more at once would keep writers waiting for long: that is done by setup.
WORTH_A_PARTITION = 1_000
MOST_MOVED = 500_000
# So many rows are deleted at once; the rest follows with the next call.
MOST_DELETED = 50_000
# Any number that is this project's own; it is held while one process makes or drops partitions.
ADVISORY_LOCK = 5_675_002
# Below the time after which PostgreSQL looks for deadlocks, so that it is always the upkeep that gives way.
LOCK_TIMEOUT = "500ms"
UPKEEP = f"""
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = SCHEMA, pg_temp SET lock_timeout = '{LOCK_TIMEOUT}' SET TimeZone = 'UTC'
"""

DEFAULT_PARTITION = (
    "CREATE TABLE reading_default PARTITION OF reading DEFAULT",
    "ALTER TABLE reading_default ADD PRIMARY KEY (reading_id)",
)
RETENTION = "CREATE TABLE retention (days integer PRIMARY KEY CHECK (days >= 1))"

# The days that have readings in the default partition, each found by the index from the one before it.
STRAY_DAYS = """
CREATE FUNCTION stray_days(enough bigint, at_most bigint) RETURNS SETOF date
LANGUAGE plpgsql STABLE SET search_path = SCHEMA, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    day   date;
    found bigint;
BEGIN
    SELECT min(measured_at) INTO day FROM reading_default WHERE isfinite(measured_at);
    WHILE day IS NOT NULL LOOP
        SELECT count(*) INTO found FROM (
            SELECT FROM reading_default WHERE measured_at >= day AND measured_at < day + 1 LIMIT at_most + 1
        ) AS readings;
        IF found BETWEEN enough AND at_most THEN
            RETURN NEXT day;
        END IF;
        SELECT min(measured_at) INTO day FROM reading_default
        WHERE measured_at >= day + 1 AND isfinite(measured_at);
    END LOOP;
END $$
"""

# The caller keeps writers out: one that had looked for the day's partition before there was one would be
# refused by the default partition, which takes that day no longer.
MAKE_PARTITION = """
CREATE FUNCTION make_partition(day date) RETURNS void
LANGUAGE plpgsql SET search_path = SCHEMA, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    name CONSTANT text := 'reading_' || to_char(day, 'YYYYMMDD');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE reading INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM reading_default '
                   'WHERE measured_at >= %L AND measured_at < %L RETURNING *) '
                   'INSERT INTO %I SELECT * FROM moved', day::timestamptz, (day + 1)::timestamptz, name);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (reading_id)', name);
    EXECUTE format('ALTER TABLE reading ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamptz, (day + 1)::timestamptz);
END $$
"""

MAKE_PARTITIONS = f"""
CREATE FUNCTION make_partitions(most_moved bigint) RETURNS integer {UPKEEP} AS $$
DECLARE
    missing date[];
    day     date;
BEGIN
    IF NOT pg_try_advisory_xact_lock({ADVISORY_LOCK}) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(wanted.day) INTO missing FROM (
        SELECT current_date + n AS day FROM generate_series(-1, {DAYS_AHEAD}) AS n
        WHERE (SELECT count(*) FROM (
            SELECT FROM reading_default
            WHERE measured_at >= current_date + n AND measured_at < current_date + n + 1
            LIMIT most_moved + 1
        ) AS strays) <= most_moved
        UNION
        SELECT * FROM stray_days({WORTH_A_PARTITION}, most_moved)
    ) AS wanted
    WHERE to_regclass('reading_' || to_char(wanted.day, 'YYYYMMDD')) IS NULL;
    IF missing IS NULL THEN
        RETURN 0;
    END IF;
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    FOREACH day IN ARRAY missing LOOP
        PERFORM make_partition(day);
    END LOOP;
    RETURN cardinality(missing);
END $$
"""

# What the consumers may do, and nothing about it is theirs to choose.
KEEP_PARTITIONS = f"""
CREATE FUNCTION keep_partitions() RETURNS integer {UPKEEP} AS $$
BEGIN
    RETURN make_partitions({MOST_MOVED});
END $$
"""

DELETE_OLD = """
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE {time} < {before} ORDER BY {time} LIMIT {most}
    ));
"""
_DELETE_FINE = DELETE_OLD.format(
    table=FIVE_SECONDS, time="starts_at", before=f"now() - {FINE_FOR}", most=MOST_DELETED
)
_DELETE_MINUTES = DELETE_OLD.format(table=MINUTE, time="starts_at", before="first_kept", most=MOST_DELETED)
_DELETE_STRAYS = DELETE_OLD.format(
    table="reading_default", time="measured_at", before="first_kept", most=MOST_DELETED
)
DROP_EXPIRED = f"""
CREATE FUNCTION drop_expired() RETURNS integer {UPKEEP} AS $$
DECLARE
    first_kept CONSTANT timestamptz := (SELECT current_date - min(days) FROM retention);
    expired    text;
    dropped    integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock({ADVISORY_LOCK}) THEN
        RETURN 0;
    END IF;
    {_DELETE_FINE}
    IF first_kept IS NULL THEN
        RETURN 0;
    END IF;
    FOR expired IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{{8}}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    LOOP
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    {_DELETE_MINUTES}
    {_DELETE_STRAYS}
    RETURN dropped;
END $$
"""

CREATE = (
    *DEFAULT_PARTITION,
    RETENTION,
    STRAY_DAYS,
    MAKE_PARTITION,
    MAKE_PARTITIONS,
    KEEP_PARTITIONS,
    DROP_EXPIRED,
    f"SELECT make_partitions({MOST_MOVED})",
)
DROP = ("DROP TABLE retention",)
FUNCTIONS = ("stray_days", "make_partition", "make_partitions", "keep_partitions", "drop_expired")
