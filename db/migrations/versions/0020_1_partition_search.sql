-- As in version 0006, but what a consumer reads of the default partition at once is bounded, however large that is:
-- readings of many years and few per day stay there, and each call counted all of them, also with the most partitions.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP FUNCTION days_in_default_partition(bigint, bigint);

-- A session goes on where the time limit has stopped it. Its setting is lost with the session, which then starts with
-- the latest day.
CREATE FUNCTION days_in_default_partition(min_readings bigint, max_readings bigint, time_limit interval)
RETURNS SETOF date
LANGUAGE plpgsql SET search_path FROM CURRENT SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD' AS $$
DECLARE
    deadline CONSTANT timestamptz := clock_timestamp() + time_limit;
    searched date := coalesce(nullif(current_setting('sensors.searched_day', true), ''), 'infinity');
    day      date;
BEGIN
    LOOP
        SELECT max(measured_at) INTO day FROM reading_default
        WHERE measured_at < searched AND measured_at > '-infinity';
        EXIT WHEN day IS NULL;
        IF (SELECT count(*) = min_readings FROM (
                SELECT FROM reading_default WHERE measured_at >= day AND measured_at < day + 1 LIMIT min_readings
            ) AS few)
           AND (SELECT count(*) <= max_readings FROM (
                SELECT FROM reading_default WHERE measured_at >= day AND measured_at < day + 1 LIMIT max_readings + 1
            ) AS many)
        THEN
            RETURN NEXT day;
        END IF;
        searched := day;
        EXIT WHEN clock_timestamp() >= deadline;
    END LOOP;
    PERFORM set_config('sensors.searched_day', CASE WHEN day IS NULL THEN '' ELSE searched::text END, false);
END $$;
COMMENT ON FUNCTION days_in_default_partition IS
    'UTC days with min_readings to max_readings readings in the default partition, the latest first, of those that are '
    'found until the time limit. The next call of the session goes on from there.';

CREATE OR REPLACE FUNCTION create_missing_partitions(
    max_moved bigint, time_limit interval DEFAULT '1 day', max_partitions integer DEFAULT 1000
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD' AS $$
DECLARE
    coming   date[];
    others   date[] := '{}';
    day      date;
    existing integer;
    created  integer := 0;
    deadline timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(array_agg(required.day), '{}') INTO coming
    FROM (SELECT current_date + n AS day FROM generate_series(-1, 7) AS n) AS required
    WHERE to_regclass('reading_' || to_char(required.day, 'YYYYMMDD')) IS NULL
      AND (SELECT count(*) FROM (
          SELECT FROM reading_default
          WHERE measured_at >= required.day AND measured_at < required.day + 1
          LIMIT max_moved + 1
      ) AS found) <= max_moved;
    SELECT count(*) INTO existing FROM pg_inherits WHERE inhparent = 'reading'::regclass;
    IF existing + cardinality(coming) < max_partitions THEN
        SELECT coalesce(array_agg(found.day ORDER BY found.day DESC), '{}') INTO others
        FROM days_in_default_partition(1000, max_moved, time_limit / 10) AS found (day)
        WHERE found.day <> ALL (coming)
          AND to_regclass('reading_' || to_char(found.day, 'YYYYMMDD')) IS NULL;
    END IF;
    IF cardinality(coming || others) = 0 THEN
        RETURN 0;
    END IF;
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    deadline := clock_timestamp() + time_limit;
    FOREACH day IN ARRAY coming || others LOOP
        IF day <> ALL (coming)
           AND (existing + created >= max_partitions OR (created > 0 AND clock_timestamp() >= deadline))
        THEN
            PERFORM set_config('sensors.searched_day', (day + 1)::text, false);
            EXIT;
        END IF;
        PERFORM create_partition(day);
        created := created + 1;
    END LOOP;
    RETURN created;
END $$;
COMMENT ON FUNCTION create_missing_partitions IS
    'Creates the missing partitions from yesterday to a week ahead, and then of other days with many readings, the '
    'latest first, until the time limit and up to max_partitions in all. A tenth of the time limit is for the search of '
    'those days. A day with more than max_moved readings to move is left out. Returns the number of partitions.';

REVOKE EXECUTE ON FUNCTION days_in_default_partition FROM PUBLIC;
