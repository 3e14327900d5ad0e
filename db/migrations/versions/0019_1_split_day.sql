-- As in version 0007, but a day that starts within an hour is not computed again once the minutes of its start are
-- dropped: that lost the readings of these minutes. Its last hour is computed again, because minutes are dropped up
-- to its start.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION split_day() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT day.starts_at
    FROM rollup_state
    CROSS JOIN LATERAL local_days(minutes_dropped_before, minutes_dropped_before + interval '1 microsecond') AS day
    WHERE day.starts_at < minutes_dropped_before
      AND day.starts_at <> date_bin('1 hour', day.starts_at, timestamptz '2000-01-01 00:00:00+00')
$$;
COMMENT ON FUNCTION split_day IS
    'The start of the day that starts within an hour and of which only the first minutes are dropped; null if there is '
    'none.';

CREATE OR REPLACE FUNCTION refresh_stale_hours(max_hours integer) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    state   rollup_state;
    hours   timestamptz[];
    sensors text[];
    day     record;
    split   timestamptz;
BEGIN
    SELECT * INTO state FROM rollup_state;
    WITH oldest AS (
        SELECT DISTINCT starts_at, sensor_id
        FROM (SELECT starts_at, sensor_id FROM stale_hour_mark WHERE starts_at < state.hours_until
              ORDER BY starts_at LIMIT 20 * max_hours) AS mark
        LIMIT max_hours
    ), deleted AS (
        DELETE FROM stale_hour_mark AS mark USING oldest
        WHERE mark.starts_at = oldest.starts_at AND mark.sensor_id = oldest.sensor_id
    )
    SELECT array_agg(starts_at), array_agg(sensor_id) INTO hours, sensors FROM oldest
    WHERE NOT EXISTS (
        SELECT FROM rollup_hour AS final
        WHERE final.sensor_id = oldest.sensor_id AND final.starts_at = oldest.starts_at
          AND NOT final.reopened AND final.starts_at < state.minutes_dropped_before);
    IF hours IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_hour AS hour USING unnest(hours, sensors) AS stale (starts_at, sensor_id)
    WHERE hour.starts_at = stale.starts_at AND hour.sensor_id = stale.sensor_id COLLATE "C";
    INSERT INTO rollup_hour
    SELECT stale.starts_at, stale.sensor_id, sum(readings),
           sum(sum_temperature), min(min_temperature), max(max_temperature),
           stale.starts_at < state.minutes_dropped_before
    FROM unnest(hours, sensors) AS stale (starts_at, sensor_id)
    JOIN rollup_minute AS minute
      ON minute.sensor_id = stale.sensor_id COLLATE "C"
     AND minute.starts_at >= stale.starts_at AND minute.starts_at < stale.starts_at + interval '1 hour'
    GROUP BY stale.starts_at, stale.sensor_id;
    split := split_day();
    FOR day IN
        SELECT near.starts_at, near.ends_at, changed.sensors
        FROM (
            SELECT ((starts_at + past) AT TIME ZONE state.time_zone)::date AS day,
                   array_agg(DISTINCT sensor_id) AS sensors
            FROM unnest(hours, sensors) AS stale (starts_at, sensor_id)
            CROSS JOIN unnest(ARRAY[interval '0', interval '59 minutes']) AS past
            GROUP BY 1
        ) AS changed
        CROSS JOIN LATERAL local_day_start(changed.day, state.time_zone) AS day_start
        CROSS JOIN LATERAL local_days(day_start, day_start + interval '1 microsecond') AS near
        WHERE near.ends_at <= state.days_until AND near.starts_at IS DISTINCT FROM split
    LOOP
        DELETE FROM rollup_day WHERE starts_at = day.starts_at AND sensor_id = ANY (day.sensors);
        INSERT INTO rollup_day
        SELECT day.starts_at, sensor_id, day.ends_at, readings, sum_temperature, min_temperature, max_temperature
        FROM aggregate_day(day.sensors, day.starts_at, day.ends_at);
    END LOOP;
    RETURN cardinality(hours);
END $$;

CREATE OR REPLACE FUNCTION sensor_days(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
    starts_at       timestamptz,
    sensor_id       text,
    readings        bigint,
    sum_temperature double precision,
    min_temperature double precision,
    max_temperature double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan SET jit = off
SET max_parallel_workers_per_gather = 0 AS $$
#variable_conflict use_column
DECLARE
    state      rollup_state;
    open_since timestamptz;
    open_until timestamptz;
    split      CONSTANT timestamptz := split_day();
BEGIN
    SELECT * INTO state FROM rollup_state;
    RETURN QUERY
    SELECT closed.starts_at, closed.sensor_id, closed.readings,
           closed.sum_temperature, closed.min_temperature, closed.max_temperature
    FROM rollup_day AS closed
    WHERE (sensors IS NULL OR closed.sensor_id = ANY (sensors))
      AND closed.starts_at >= since AND closed.starts_at < least(until, state.days_until)
      AND (closed.starts_at = split OR NOT EXISTS (
          SELECT FROM stale_hour AS stale
          WHERE stale.sensor_id = closed.sensor_id AND stale.starts_at < closed.ends_at
            AND stale.starts_at > closed.starts_at - interval '1 hour'));
    RETURN QUERY
    SELECT day.starts_at, part.sensor_id, part.readings,
           part.sum_temperature, part.min_temperature, part.max_temperature
    FROM (
        SELECT near.starts_at, near.ends_at, stale.sensors
        FROM (
            SELECT ((starts_at + past) AT TIME ZONE state.time_zone)::date AS day,
                   array_agg(DISTINCT sensor_id) AS sensors
            FROM stale_hour CROSS JOIN unnest(ARRAY[interval '0', interval '59 minutes']) AS past
            WHERE sensors IS NULL OR sensor_id = ANY (sensors)
            GROUP BY 1
        ) AS stale
        CROSS JOIN LATERAL local_day_start(stale.day, state.time_zone) AS day_start
        CROSS JOIN LATERAL local_days(day_start, day_start + interval '1 microsecond') AS near
        WHERE near.starts_at >= since AND near.starts_at < least(until, state.days_until)
          AND near.starts_at IS DISTINCT FROM split
    ) AS day
    CROSS JOIN LATERAL aggregate_day(day.sensors, day.starts_at, day.ends_at) AS part;
    -- Between the first and the last reading after the closed days.
    SELECT min(first), max(last) INTO open_since, open_until
    FROM (
        SELECT min(starts_at) AS first, max(starts_at) AS last FROM rollup_hour
        WHERE starts_at > state.days_until - interval '1 hour'
        UNION ALL
        SELECT min(starts_at), max(starts_at) FROM rollup_minute WHERE starts_at >= state.days_until
    ) AS data;
    IF open_since IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT day.starts_at, part.sensor_id, part.readings,
           part.sum_temperature, part.min_temperature, part.max_temperature
    FROM local_days(greatest(open_since, state.days_until, since), least(open_until + interval '1 hour', until)) AS day
    CROSS JOIN LATERAL aggregate_day(sensors, day.starts_at, day.ends_at) AS part
    WHERE day.starts_at >= greatest(since, state.days_until) AND day.starts_at < until;
END $$;

REVOKE EXECUTE ON FUNCTION split_day FROM PUBLIC;
