-- The cost of sensor_states() and last_hour() per sensor no longer depends on how many minutes and readings
-- exist. The results are those of version 0001, except that a sensor whose readings were imported has no usual
-- interval, and so is never offline; see docs/adr/0014-system-status.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Of a sensor with fewer than 11 minutes, the planner would search the minutes of all sensors for more, in
-- the order of time. Comparing rows instead leaves only the index rollup_minute_sensor, which finds the last
-- 11 minutes up to the sensor's last one at once; those of the sensors before it are then left out.
-- The last readings are read with one query per UTC day, whose plan knows the day, so that other partitions
-- cost nothing. The inner limit keeps the planner from searching a partition in the order of reading_id, and
-- bounds the cost of a sensor that sends many readings with one time; of more than 1,000 such readings any may
-- be the last.
-- Readings are imported if the last one arrived late, by the least time after which a sensor is offline, and the
-- last minutes arrived at least twice as fast as they were measured. A sensor whose clock is behind is late, but
-- its readings arrive as they are measured; after an outage of the broker, those that it sends next are not late.
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
    next_day  timestamptz;
    sensors   text[];
    times     timestamptz[];
    earlier   timestamptz[];
    intervals interval[];
BEGIN
    FOR day, next_day, sensors, times, earlier, intervals IN
        SELECT date_trunc('day', last_at), date_trunc('day', last_at) + interval '1 day',
               array_agg(sensor_id), array_agg(last_at), array_agg(earlier_at), array_agg(usual)
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
        WHERE last_at IS NOT NULL
        GROUP BY 1
    LOOP
        RETURN QUERY
        SELECT latest.sensor_id, latest.measured_at, last.received_at, temperature,
               CASE WHEN last.received_at - earlier_reading.received_at
                         < (latest.measured_at - latest.earlier_at) / 2
                    THEN NULL ELSE usual END
        FROM unnest(sensors, times, earlier, intervals) AS latest (sensor_id, measured_at, earlier_at, usual)
        CROSS JOIN LATERAL (
            SELECT received_at, temperature
            FROM (
                SELECT reading_id, received_at, temperature
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
              AND reading.measured_at >= day - interval '1 day' AND reading.measured_at < next_day
              AND reading.measured_at = latest.earlier_at AND reading.sensor_id = latest.sensor_id
            LIMIT 1
        ) AS earlier_reading ON true;
    END LOOP;
END $$;

COMMENT ON COLUMN sensor_status.usual_interval IS
    'Usual time between two of its readings; null until two minutes with readings are known, and if its last '
    'readings were imported.';

-- As in version 0001, but for the inner limit (see above), and for the collation, without which the index of the
-- readings finds a time but not a sensor; many sensors may have measured at the same time.
CREATE OR REPLACE FUNCTION last_hour() RETURNS TABLE (
    sensor_id        text,
    readings         bigint,
    sum_temperature  double precision,
    min_temperature  double precision,
    max_temperature  double precision,
    last_measured_at timestamptz,
    last_reading_id  uuid,
    last_temperature double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET max_parallel_workers_per_gather = 0 SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    hour_start CONSTANT timestamptz := now() - interval '1 hour';
    first_five_seconds  CONSTANT timestamptz :=
        date_bin('5 seconds', hour_start, timestamptz '2000-01-01 00:00:00+00') + interval '5 seconds';
    first_minute CONSTANT timestamptz :=
        date_bin('1 minute', hour_start, timestamptz '2000-01-01 00:00:00+00') + interval '1 minute';
BEGIN
    RETURN QUERY
    WITH part AS (
        SELECT starts_at, sensor_id, readings, sum_temperature, min_temperature, max_temperature,
               last_measured_at
        FROM rollup_minute
        WHERE starts_at >= first_minute
        UNION ALL
        SELECT * FROM rollup_five_seconds
        WHERE starts_at >= first_five_seconds AND starts_at < first_minute
        UNION ALL
        SELECT hour_start, sensor_id COLLATE "C", count(*)::integer,
               sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM reading
        WHERE measured_at > hour_start AND measured_at < first_five_seconds
        GROUP BY sensor_id
    ), hour AS (
        SELECT sensor_id, sum(readings) AS readings, sum(sum_temperature) AS sum_temperature,
               min(min_temperature) AS min_temperature, max(max_temperature) AS max_temperature,
               max(last_measured_at) AS last_measured_at
        FROM part
        GROUP BY sensor_id
    )
    SELECT sensor_id, readings, sum_temperature, min_temperature, max_temperature, last_measured_at,
           last_reading_id, last_temperature
    FROM hour
    CROSS JOIN LATERAL (
        SELECT reading_id AS last_reading_id, temperature AS last_temperature
        FROM (
            SELECT reading_id, temperature
            FROM reading
            WHERE reading.measured_at > hour_start
              AND reading.measured_at = hour.last_measured_at
              AND reading.sensor_id = hour.sensor_id COLLATE "default"
            LIMIT 1000
        ) AS candidate
        ORDER BY reading_id DESC
        LIMIT 1
    ) AS last;
END $$;
