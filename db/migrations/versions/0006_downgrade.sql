SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP FUNCTION create_missing_partitions(bigint, interval, integer);

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

CREATE OR REPLACE FUNCTION create_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
BEGIN
    RETURN create_missing_partitions(500000);
END $$;

REVOKE EXECUTE ON FUNCTION create_missing_partitions FROM PUBLIC;
