SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP FUNCTION days_in_default_partition(bigint, bigint, interval);

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

CREATE OR REPLACE FUNCTION create_missing_partitions(
    max_moved bigint, time_limit interval DEFAULT '1 day', max_partitions integer DEFAULT 1000
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    missing  date[];
    day      date;
    existing integer;
    created  integer := 0;
    deadline timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(required.day ORDER BY required.day DESC) INTO missing FROM (
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
    SELECT count(*) INTO existing FROM pg_inherits WHERE inhparent = 'reading'::regclass;
    IF missing[1] < current_date - 1 AND existing >= max_partitions THEN
        RETURN 0;
    END IF;
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    deadline := clock_timestamp() + time_limit;
    FOREACH day IN ARRAY missing LOOP
        EXIT WHEN day < current_date - 1
              AND (existing + created >= max_partitions OR (created > 0 AND clock_timestamp() >= deadline));
        PERFORM create_partition(day);
        created := created + 1;
    END LOOP;
    RETURN created;
END $$;
COMMENT ON FUNCTION create_missing_partitions IS
    'Creates the missing partitions from yesterday to a week ahead, and then of past days with many readings, the '
    'latest first, until the time limit and up to max_partitions in all. A day with more than max_moved readings to move '
    'is left out. Returns the number of partitions.';

REVOKE EXECUTE ON FUNCTION days_in_default_partition FROM PUBLIC;
