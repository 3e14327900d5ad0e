-- The series of hours and days: what is computed, and from the minutes what is open or stale.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A transaction that stores a reading in a closed hour shows its mark and its minute at the same moment, and
-- roll_up_hours() removes the mark and writes the hour at the same moment. So an answer is exact at any time.
CREATE VIEW stale_hour AS
SELECT DISTINCT mark.starts_at, mark.sensor_id
FROM stale_hour_mark AS mark
WHERE mark.starts_at < (SELECT hours_until FROM rollup_state)
  AND NOT EXISTS (
      SELECT FROM rollup_hour AS final
      WHERE final.sensor_id = mark.sensor_id AND final.starts_at = mark.starts_at AND NOT final.reopened
        AND final.starts_at < (SELECT minutes_dropped_before FROM rollup_state)
  );
COMMENT ON VIEW stale_hour IS
    'Hours of rollup_hour that roll_up_hours() is about to compute again: one row per sensor and hour.';
COMMENT ON COLUMN stale_hour.starts_at IS 'Start of the hour.';
COMMENT ON COLUMN stale_hour.sensor_id IS 'The sensor.';

CREATE FUNCTION sensor_hours(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
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
    first_hour CONSTANT timestamptz :=
        date_bin('1 hour', since + interval '1 hour' - interval '1 microsecond', timestamptz '2000-01-01 00:00:00+00');
    -- The end of the last hour that starts before `until`.
    end_hour   CONSTANT timestamptz :=
        date_bin('1 hour', until + interval '1 hour' - interval '1 microsecond', timestamptz '2000-01-01 00:00:00+00');
    open_since CONSTANT timestamptz := (SELECT greatest(first_hour, hours_until) FROM rollup_state);
BEGIN
    RETURN QUERY
    SELECT closed.starts_at, closed.sensor_id, closed.readings,
           closed.sum_temperature, closed.min_temperature, closed.max_temperature
    FROM rollup_hour AS closed
    WHERE (sensors IS NULL OR closed.sensor_id = ANY (sensors))
      AND closed.starts_at >= first_hour AND closed.starts_at < least(until, open_since)
      AND NOT EXISTS (
          SELECT FROM stale_hour AS stale
          WHERE stale.sensor_id = closed.sensor_id AND stale.starts_at = closed.starts_at)
    UNION ALL
    SELECT stale.starts_at, stale.sensor_id, sum(minute.readings),
           sum(minute.sum_temperature), min(minute.min_temperature), max(minute.max_temperature)
    FROM stale_hour AS stale
    JOIN rollup_minute AS minute
      ON minute.sensor_id = stale.sensor_id
     AND minute.starts_at >= stale.starts_at AND minute.starts_at < stale.starts_at + interval '1 hour'
    WHERE (sensors IS NULL OR stale.sensor_id = ANY (sensors))
      AND stale.starts_at >= first_hour AND stale.starts_at < until
    GROUP BY 1, 2
    UNION ALL
    SELECT date_bin('1 hour', minute.starts_at, timestamptz '2000-01-01 00:00:00+00'), minute.sensor_id,
           sum(minute.readings),
           sum(minute.sum_temperature), min(minute.min_temperature), max(minute.max_temperature)
    FROM rollup_minute AS minute
    WHERE (sensors IS NULL OR minute.sensor_id = ANY (sensors))
      AND minute.starts_at >= open_since AND minute.starts_at < end_hour
    GROUP BY 1, 2;
END $$;
COMMENT ON FUNCTION sensor_hours IS
    'Aggregates of these sensors (null: all) per UTC hour, for the hours that start from since on and before until.';

-- The time zone database has offsets of quarters of an hour; a day may start at 00:30 or 01:00, and its first
-- hour may occur twice.
CREATE FUNCTION local_day_start(day date, zone text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT min(moment)
    FROM generate_series(-12, 12) AS n, LATERAL (
        SELECT (day::timestamp AT TIME ZONE zone) + n * interval '15 minutes' AS moment
    ) AS near
    WHERE (moment AT TIME ZONE zone)::date >= day
$$;
COMMENT ON FUNCTION local_day_start IS 'The first moment of a day, or of the next one where the zone skipped it.';

-- Whole hours, and at the edges of a day that starts within an hour minutes.
CREATE FUNCTION aggregate_day(sensors text[], day_start timestamptz, day_end timestamptz) RETURNS TABLE (
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
    last_hour  CONSTANT timestamptz := date_bin('1 hour', day_end, timestamptz '2000-01-01 00:00:00+00');
    first_hour CONSTANT timestamptz := least(last_hour, date_bin(
        '1 hour', day_start + interval '1 hour' - interval '1 microsecond', timestamptz '2000-01-01 00:00:00+00'));
BEGIN
    IF first_hour = day_start AND last_hour = day_end THEN
        RETURN QUERY
        SELECT sensor_id, sum(readings)::bigint,
               sum(sum_temperature), min(min_temperature), max(max_temperature)
        FROM sensor_hours(sensors, day_start, day_end)
        GROUP BY sensor_id;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT sensor_id, sum(readings)::bigint, sum(sum_temperature), min(min_temperature), max(max_temperature)
    FROM (
        SELECT sensor_id, readings, sum_temperature, min_temperature, max_temperature
        FROM sensor_hours(sensors, first_hour, last_hour)
        UNION ALL
        SELECT minute.sensor_id, minute.readings, minute.sum_temperature, minute.min_temperature,
               minute.max_temperature
        FROM rollup_minute AS minute
        WHERE (sensors IS NULL OR minute.sensor_id = ANY (sensors))
          AND minute.starts_at >= day_start AND minute.starts_at < first_hour
        UNION ALL
        SELECT minute.sensor_id, minute.readings, minute.sum_temperature, minute.min_temperature,
               minute.max_temperature
        FROM rollup_minute AS minute
        WHERE (sensors IS NULL OR minute.sensor_id = ANY (sensors))
          AND minute.starts_at >= greatest(last_hour, day_start) AND minute.starts_at < day_end
    ) AS part
    GROUP BY sensor_id;
END $$;
COMMENT ON FUNCTION aggregate_day IS 'Aggregates of these sensors (null: all) between two times.';

CREATE FUNCTION local_days(since timestamptz, until timestamptz) RETURNS TABLE (
    starts_at timestamptz,
    ends_at   timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
SET search_path FROM CURRENT AS $$
DECLARE
    zone  CONSTANT text := (SELECT time_zone FROM rollup_state);
    -- After a change of the zone, the first day is what the days before the change have left.
    first CONSTANT timestamptz := (SELECT hours_dropped_before FROM rollup_state);
    day   date := (since AT TIME ZONE zone)::date;
BEGIN
    starts_at := local_day_start(day, zone);
    WHILE starts_at < until LOOP
        day := day + 1;
        ends_at := local_day_start(day, zone);
        IF ends_at > greatest(starts_at, first) THEN
            starts_at := greatest(starts_at, first);
            RETURN NEXT;
        END IF;
        starts_at := ends_at;
    END LOOP;
END $$;
COMMENT ON FUNCTION local_days IS
    'The days of rollup_state''s time zone that overlap these times, from the first hour that is kept on.';

CREATE FUNCTION sensor_days(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
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
BEGIN
    SELECT * INTO state FROM rollup_state;
    RETURN QUERY
    SELECT closed.starts_at, closed.sensor_id, closed.readings,
           closed.sum_temperature, closed.min_temperature, closed.max_temperature
    FROM rollup_day AS closed
    WHERE (sensors IS NULL OR closed.sensor_id = ANY (sensors))
      AND closed.starts_at >= since AND closed.starts_at < least(until, state.days_until)
      AND NOT EXISTS (
          SELECT FROM stale_hour AS stale
          WHERE stale.sensor_id = closed.sensor_id AND stale.starts_at < closed.ends_at
            AND stale.starts_at > closed.starts_at - interval '1 hour');
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
COMMENT ON FUNCTION sensor_days IS
    'Aggregates of these sensors (null: all) per day of rollup_state''s time zone, for the days that start from '
    'since on and before until.';

CREATE OR REPLACE VIEW reading_hour AS
SELECT sensor_id COLLATE "default" AS sensor_id, starts_at AS hour, readings,
       min_temperature, sum_temperature / readings AS mean_temperature, max_temperature
FROM sensor_hours(NULL, '-infinity', 'infinity');
COMMENT ON VIEW reading_hour IS
    'The series per UTC hour: one row per sensor and hour with readings. It contains the hours of readings and '
    'minutes that are dropped.';

CREATE VIEW reading_day AS
SELECT sensor_id COLLATE "default" AS sensor_id, starts_at AS day, readings,
       min_temperature, sum_temperature / readings AS mean_temperature, max_temperature
FROM sensor_days(NULL, '-infinity', 'infinity');
COMMENT ON VIEW reading_day IS
    'The series per day in the time zone of the installation: one row per sensor and day with readings.';
COMMENT ON COLUMN reading_day.sensor_id IS 'The sensor.';
COMMENT ON COLUMN reading_day.day IS 'Start of the day.';
COMMENT ON COLUMN reading_day.readings IS 'Number of readings measured on the day.';
COMMENT ON COLUMN reading_day.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN reading_day.mean_temperature IS 'Mean of the temperatures in °C.';
COMMENT ON COLUMN reading_day.max_temperature IS 'Highest temperature in °C.';

REVOKE EXECUTE ON FUNCTION sensor_hours, sensor_days, aggregate_day, local_days, local_day_start FROM PUBLIC;
