-- As in version 0001, but for imports of decades: a call of a consumer is short however many days have readings,
-- the coming days come first, and past days get no partition beyond 1,000 partitions. With more, each new connection
-- takes seconds to read the catalog, and a statement on the whole table exceeds the server's locks.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP FUNCTION create_missing_partitions(bigint);

CREATE FUNCTION create_missing_partitions(
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

CREATE OR REPLACE FUNCTION create_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
BEGIN
    RETURN create_missing_partitions(500000, interval '500 ms');
END $$;

REVOKE EXECUTE ON FUNCTION create_missing_partitions FROM PUBLIC;
