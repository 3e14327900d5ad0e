-- Daily partitions of the readings, and the functions that create and drop them.
-- See docs/adr/0010-rollups-and-partitions.md.

-- The functions below run with this search path, regardless of the caller, so that no one can put an object of
-- another schema in place of one of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE reading_default PARTITION OF reading DEFAULT;
ALTER TABLE reading_default ADD PRIMARY KEY (reading_id);
COMMENT ON TABLE reading_default IS
    'Readings of days that have no partition of their own, such as those of a sensor with a wrong clock.';

CREATE TABLE retention (
    days integer PRIMARY KEY CHECK (days >= 1)
);
COMMENT ON TABLE retention IS
    'How long readings are kept: one row, or none to keep them forever. `sensorctl setup` writes it.';
COMMENT ON COLUMN retention.days IS 'Number of full UTC days before today that are kept.';

-- Each day is found by the index on measured_at, starting after the previous day.
CREATE FUNCTION days_in_default_partition(min_readings bigint, max_readings bigint)
RETURNS SETOF date
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET TimeZone = 'UTC' AS $$
DECLARE
    day   date;
    found bigint;
BEGIN
    SELECT min(measured_at) INTO day FROM reading_default WHERE isfinite(measured_at);
    WHILE day IS NOT NULL LOOP
        SELECT count(*) INTO found FROM (
            SELECT FROM reading_default WHERE measured_at >= day AND measured_at < day + 1
            LIMIT max_readings + 1
        ) AS readings;
        IF found BETWEEN min_readings AND max_readings THEN
            RETURN NEXT day;
        END IF;
        SELECT min(measured_at) INTO day FROM reading_default
        WHERE measured_at >= day + 1 AND isfinite(measured_at);
    END LOOP;
END $$;
COMMENT ON FUNCTION days_in_default_partition IS
    'UTC days with min_readings to max_readings readings in the default partition.';

-- The caller must lock out writers. A writer that looked for the partition of the day before it existed would
-- otherwise insert into the default partition, which no longer accepts that day.
CREATE FUNCTION create_partition(day date) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET TimeZone = 'UTC' AS $$
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
END $$;
COMMENT ON FUNCTION create_partition IS
    'Creates the partition of a UTC day and moves its readings there from the default partition.';

-- A past day gets a partition once it has 1,000 readings, so that a sensor whose clock was never set creates
-- none. The lock timeout is below deadlock_timeout (1 s), so that this function gives way, never a writer.
CREATE FUNCTION create_missing_partitions(max_moved bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    missing date[];
    day     date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(required.day) INTO missing FROM (
        SELECT current_date + n AS day FROM generate_series(-1, 7) AS n
        WHERE (SELECT count(*) FROM (
            SELECT FROM reading_default
            WHERE measured_at >= current_date + n AND measured_at < current_date + n + 1
            LIMIT max_moved + 1
        ) AS found) <= max_moved
        UNION
        SELECT * FROM days_in_default_partition(1000, max_moved)
    ) AS required
    WHERE to_regclass('reading_' || to_char(required.day, 'YYYYMMDD')) IS NULL;
    IF missing IS NULL THEN
        RETURN 0;
    END IF;
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    FOREACH day IN ARRAY missing LOOP
        PERFORM create_partition(day);
    END LOOP;
    RETURN cardinality(missing);
END $$;
COMMENT ON FUNCTION create_missing_partitions IS
    'Creates the missing partitions from yesterday to a week ahead, and of past days with many readings. '
    'A day with more than max_moved readings to move is left out. Returns the number of partitions.';

CREATE FUNCTION create_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
BEGIN
    RETURN create_missing_partitions(500000);
END $$;
COMMENT ON FUNCTION create_partitions IS
    'create_missing_partitions with a limit that blocks writers only briefly. Consumers call it regularly.';

-- At most 50,000 rows are deleted per statement; the next call deletes the rest.
CREATE FUNCTION drop_expired() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    first_kept CONSTANT timestamptz := (SELECT current_date - min(days) FROM retention);
    expired    text;
    dropped    integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_five_seconds WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_five_seconds
        WHERE starts_at < now() - interval '2 hours' ORDER BY starts_at LIMIT 50000
    ));
    IF first_kept IS NULL THEN
        RETURN 0;
    END IF;
    FOR expired IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    LOOP
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM rollup_minute WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_minute WHERE starts_at < first_kept ORDER BY starts_at LIMIT 50000
    ));
    DELETE FROM reading_default WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM reading_default WHERE measured_at < first_kept ORDER BY measured_at LIMIT 50000
    ));
    RETURN dropped;
END $$;
COMMENT ON FUNCTION drop_expired IS
    'Drops the partitions of days before the retention, and deletes old roll-ups and stray readings. '
    'Returns the number of dropped partitions. Consumers call it regularly.';

-- Everyone may execute a new function; db/roles.py grants the rights.
REVOKE EXECUTE ON FUNCTION
    days_in_default_partition, create_partition, create_missing_partitions, create_partitions, drop_expired
FROM PUBLIC;

SELECT create_missing_partitions(500000);
