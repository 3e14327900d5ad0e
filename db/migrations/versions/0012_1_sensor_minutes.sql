SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- As in version 0007, but sensor by sensor: the planner takes the share of these sensors among all minutes for their
-- share in the range, and could read the minutes of all sensors.
CREATE OR REPLACE FUNCTION sensor_minutes(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
    starts_at       timestamptz,
    sensor_id       text,
    readings        bigint,
    sum_temperature double precision,
    min_temperature double precision,
    max_temperature double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan SET jit = off
SET max_parallel_workers_per_gather = 0 SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT minute.starts_at, minute.sensor_id, minute.readings::bigint,
           minute.sum_temperature, minute.min_temperature, minute.max_temperature
    FROM (SELECT DISTINCT unnest(sensors) AS sensor_id) AS requested
    CROSS JOIN LATERAL (
        SELECT *
        FROM rollup_minute
        WHERE rollup_minute.sensor_id = requested.sensor_id COLLATE "C"
          AND rollup_minute.starts_at >= since AND rollup_minute.starts_at < until
        OFFSET 0
    ) AS minute;
END $$;
