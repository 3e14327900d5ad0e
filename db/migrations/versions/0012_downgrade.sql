SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

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
    FROM rollup_minute AS minute
    WHERE minute.sensor_id = ANY (sensors) AND minute.starts_at >= since AND minute.starts_at < until;
END $$;
