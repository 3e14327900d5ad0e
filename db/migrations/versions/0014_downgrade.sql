SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION sensor_states() RETURNS TABLE (
    sensor_id        text,
    last_measured_at timestamptz,
    last_received_at timestamptz,
    last_temperature double precision,
    usual_interval   interval
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan SET TimeZone = 'UTC'
SET jit = off SET max_parallel_workers_per_gather = 0 SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    day       timestamptz;
    prior_day timestamptz;
    next_day  timestamptz;
    sensors   text[];
    times     timestamptz[];
    earlier   timestamptz[];
    intervals interval[];
BEGIN
    FOR day, prior_day, next_day, sensors, times, earlier, intervals IN
        SELECT date_trunc('day', last_at),
               date_trunc('day', last_at) - interval '1 day', date_trunc('day', last_at) + interval '1 day',
               array_agg(sensor_id), array_agg(last_at), array_agg(earlier_at), array_agg(coalesce(make_interval(secs => expected_interval_seconds), usual))
        FROM sensor
        CROSS JOIN LATERAL (
            SELECT max(last_measured_at) AS last_at,
                   min(last_measured_at) FILTER (WHERE last_measured_at >= newest_day - interval '1 day')
                       AS earlier_at,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY (last_measured_at - previous) / readings)
                       AS usual
            FROM (
                SELECT last_measured_at, readings,
                       lag(last_measured_at) OVER (ORDER BY starts_at) AS previous,
                       date_trunc('day', max(last_measured_at) OVER ()) AS newest_day
                FROM (
                    SELECT minute.sensor_id, starts_at, last_measured_at, readings
                    FROM rollup_minute AS minute
                    WHERE (minute.sensor_id, starts_at)
                          <= (sensor.sensor_id COLLATE "C", now() + interval '5 minutes')
                    ORDER BY minute.sensor_id DESC, starts_at DESC
                    LIMIT 11
                ) AS candidate
                WHERE candidate.sensor_id = sensor.sensor_id
            ) AS sample
        ) AS latest
        WHERE last_at IS NOT NULL AND retired_at IS NULL
        GROUP BY 1
    LOOP
        RETURN QUERY
        SELECT latest.sensor_id, latest.measured_at, last.received_at, temperature,
               CASE WHEN last.import_id IS NOT NULL
                      OR last.received_at - earlier_reading.received_at
                         < (latest.measured_at - latest.earlier_at) / 2
                    THEN NULL ELSE usual END
        FROM unnest(sensors, times, earlier, intervals) AS latest (sensor_id, measured_at, earlier_at, usual)
        CROSS JOIN LATERAL (
            SELECT received_at, temperature, import_id
            FROM (
                SELECT reading_id, received_at, temperature, import_id
                FROM reading
                WHERE reading.measured_at >= day AND reading.measured_at < next_day
                  AND reading.measured_at = latest.measured_at AND reading.sensor_id = latest.sensor_id
                LIMIT 1000
            ) AS candidate
            ORDER BY reading_id DESC
            LIMIT 1
        ) AS last
        LEFT JOIN LATERAL (
            SELECT received_at
            FROM reading
            WHERE last.received_at > latest.measured_at + interval '30 seconds'
              AND reading.measured_at >= prior_day AND reading.measured_at < next_day
              AND reading.measured_at = latest.earlier_at AND reading.sensor_id = latest.sensor_id
            LIMIT 1
        ) AS earlier_reading ON true;
    END LOOP;
END $$;
