-- The series of five seconds and of minutes of selected sensors, in the form of sensor_hours().

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Each bucket is looked up by the primary key: an index by sensor would be one more to maintain on each insert.
CREATE FUNCTION sensor_five_seconds(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
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
DECLARE
    buckets CONSTANT timestamptz[] := ARRAY(
        SELECT generate_series(
            greatest(date_bin('5 seconds', since, timestamptz '2000-01-01 00:00:00+00'), now() - interval '3 hours'),
            least(until, now() + interval '1 hour') - interval '1 microsecond', interval '5 seconds'));
BEGIN
    RETURN QUERY
    SELECT bucket.starts_at, bucket.sensor_id, bucket.readings::bigint,
           bucket.sum_temperature, bucket.min_temperature, bucket.max_temperature
    FROM rollup_five_seconds AS bucket
    WHERE bucket.starts_at = ANY (buckets) AND bucket.sensor_id = ANY (sensors);
END $$;
COMMENT ON FUNCTION sensor_five_seconds IS
    'Aggregates of these sensors per five seconds, within about the last two hours.';

CREATE FUNCTION sensor_minutes(sensors text[], since timestamptz, until timestamptz) RETURNS TABLE (
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
COMMENT ON FUNCTION sensor_minutes IS
    'Aggregates of these sensors per minute, for the minutes that start from since on and before until.';

REVOKE EXECUTE ON FUNCTION sensor_five_seconds, sensor_minutes FROM PUBLIC;
