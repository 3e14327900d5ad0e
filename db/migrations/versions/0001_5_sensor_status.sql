-- The view sensor_status: when each sensor last sent a reading, how often it usually does, and whether it is
-- overdue. It costs a few index lookups per sensor, however many readings exist.
-- See docs/adr/0014-system-status.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The usual interval is the median of up to 10 samples. A sample is the mean interval of the readings of one
-- minute, back to the previous minute with readings; so a gap or a burst affects one sample only. Readings
-- more than 5 minutes ahead of the clock are ignored.
-- The last readings are then read with one query per UTC day, whose plan knows that day, so that other
-- partitions cost nothing.
CREATE FUNCTION sensor_states() RETURNS TABLE (
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
    sensors   text[];
    times     timestamptz[];
    intervals interval[];
BEGIN
    FOR day, sensors, times, intervals IN
        SELECT date_trunc('day', last_at), array_agg(sensor_id), array_agg(last_at), array_agg(usual)
        FROM sensor
        CROSS JOIN LATERAL (
            SELECT max(last_measured_at) AS last_at,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY (last_measured_at - previous) / readings)
                       AS usual
            FROM (
                SELECT last_measured_at, readings,
                       lag(last_measured_at) OVER (ORDER BY starts_at) AS previous
                FROM (
                    SELECT starts_at, last_measured_at, readings
                    FROM rollup_minute AS minute
                    WHERE minute.sensor_id = sensor.sensor_id COLLATE "C"
                      AND starts_at <= now() + interval '5 minutes'
                    ORDER BY starts_at DESC
                    LIMIT 11
                ) AS minute
            ) AS sample
        ) AS latest
        WHERE last_at IS NOT NULL
        GROUP BY 1
    LOOP
        RETURN QUERY
        SELECT latest.sensor_id, latest.measured_at, received_at, temperature, usual
        FROM unnest(sensors, times, intervals) AS latest (sensor_id, measured_at, usual)
        CROSS JOIN LATERAL (
            SELECT received_at, temperature
            FROM reading
            WHERE reading.measured_at >= day AND reading.measured_at < day + interval '1 day'
              AND reading.measured_at = latest.measured_at AND reading.sensor_id = latest.sensor_id
            ORDER BY reading_id DESC
            LIMIT 1
        ) AS last;
    END LOOP;
END $$;
COMMENT ON FUNCTION sensor_states IS
    'The last reading and the usual interval of each sensor that has readings; temperatures in °C.';

-- A sensor is offline after five of its usual intervals, and at least 30 seconds, so that a restart does not
-- count. The time of arrival by the database's clock decides, because the sensor's clock may be wrong and
-- its readings may have waited in its outbox. A last reading that arrived more than a day after its
-- measurement is imported history, not a sign of a live sensor.
CREATE VIEW sensor_status AS
SELECT sensor_id, sensor.name, sensor.location,
       state.last_measured_at, state.last_received_at, state.last_temperature, state.usual_interval,
       CASE WHEN now() > state.last_received_at + greatest(interval '30 seconds', 5 * state.usual_interval)
             AND state.last_received_at < state.last_measured_at + interval '1 day'
             AND state.usual_interval IS NOT NULL
            THEN state.last_received_at
       END AS offline_since
FROM sensor_states() AS state
JOIN sensor USING (sensor_id)
ORDER BY sensor_id;
COMMENT ON VIEW sensor_status IS
    'Whether each sensor still sends readings: one row per sensor that has readings.';
COMMENT ON COLUMN sensor_status.sensor_id IS 'The sensor.';
COMMENT ON COLUMN sensor_status.name IS 'Name of the sensor for people; null if not set.';
COMMENT ON COLUMN sensor_status.location IS 'Where the sensor is; null if not set.';
COMMENT ON COLUMN sensor_status.last_measured_at IS
    'When its latest reading was measured, by the sensor''s clock.';
COMMENT ON COLUMN sensor_status.last_received_at IS
    'When its latest reading was stored, by the database''s clock.';
COMMENT ON COLUMN sensor_status.last_temperature IS 'Temperature of its latest reading in °C.';
COMMENT ON COLUMN sensor_status.usual_interval IS
    'Usual time between two of its readings; null until two minutes with readings are known.';
COMMENT ON COLUMN sensor_status.offline_since IS
    'When its latest reading was stored, if it has sent none for five usual intervals and at least '
    '30 seconds; null while it sends readings, and for imported history.';

REVOKE EXECUTE ON FUNCTION sensor_states FROM PUBLIC;
