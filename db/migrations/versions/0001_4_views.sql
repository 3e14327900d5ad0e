-- The views: the last hour, series of minutes and hours, sequences and gaps of runs, and all readings.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The hour consists of three parts: whole minutes; before them whole five seconds; and at its start single
-- readings of less than five seconds. The last reading of each sensor is one index lookup.
-- The query is planned on every call, when the times are known, so that partitions outside the hour cost
-- nothing. JIT compilation or parallel workers would take longer than the query itself, and with index scans
-- the plan is the same for an empty and for a large table.
CREATE FUNCTION last_hour() RETURNS TABLE (
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
        FROM reading
        WHERE reading.measured_at > hour_start
          AND reading.measured_at = hour.last_measured_at AND reading.sensor_id = hour.sensor_id
        ORDER BY reading_id DESC
        LIMIT 1
    ) AS last;
END $$;
COMMENT ON FUNCTION last_hour IS
    'Aggregates of the readings measured within the last hour, one row per sensor; temperatures in °C. '
    'Of several readings with the latest time, the one with the highest reading_id is the last.';

CREATE VIEW last_hour_summary AS
SELECT sensor_id, sensor.name, sensor.location,
       hour.readings,
       hour.min_temperature, hour.sum_temperature / hour.readings AS mean_temperature, hour.max_temperature,
       hour.last_temperature, hour.last_measured_at
FROM last_hour() AS hour
LEFT JOIN sensor USING (sensor_id)
ORDER BY sensor_id;
COMMENT ON VIEW last_hour_summary IS
    'The last hour by measured_at: one row per sensor with readings in it. Readings up to 5 minutes ahead '
    'of the clock count.';
COMMENT ON COLUMN last_hour_summary.sensor_id IS 'The sensor.';
COMMENT ON COLUMN last_hour_summary.name IS 'Name of the sensor for people; null if not set.';
COMMENT ON COLUMN last_hour_summary.location IS 'Where the sensor is; null if not set.';
COMMENT ON COLUMN last_hour_summary.readings IS 'Number of readings.';
COMMENT ON COLUMN last_hour_summary.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN last_hour_summary.mean_temperature IS 'Mean of the temperatures in °C.';
COMMENT ON COLUMN last_hour_summary.max_temperature IS 'Highest temperature in °C.';
COMMENT ON COLUMN last_hour_summary.last_temperature IS 'Temperature of the latest reading in °C.';
COMMENT ON COLUMN last_hour_summary.last_measured_at IS 'When the latest reading was measured.';

CREATE VIEW last_hour_overall AS
SELECT coalesce(sum(readings), 0)::bigint     AS readings,
       min(min_temperature)                   AS min_temperature,
       sum(sum_temperature) / sum(readings)   AS mean_temperature,
       max(max_temperature)                   AS max_temperature,
       (array_agg(last_temperature ORDER BY last_measured_at DESC, last_reading_id DESC))[1]
                                              AS last_temperature,
       max(last_measured_at)                  AS last_measured_at
FROM last_hour();
COMMENT ON VIEW last_hour_overall IS
    'The last hour over all sensors: always one row. Without readings all columns but readings are null.';
COMMENT ON COLUMN last_hour_overall.readings IS 'Number of readings; 0 if there are none.';
COMMENT ON COLUMN last_hour_overall.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN last_hour_overall.mean_temperature IS 'Mean of the temperatures of all readings in °C.';
COMMENT ON COLUMN last_hour_overall.max_temperature IS 'Highest temperature in °C.';
COMMENT ON COLUMN last_hour_overall.last_temperature IS 'Temperature of the latest reading in °C.';
COMMENT ON COLUMN last_hour_overall.last_measured_at IS 'When the latest reading was measured.';

CREATE VIEW reading_minute AS
SELECT sensor_id COLLATE "default" AS sensor_id, starts_at AS minute, readings::bigint AS readings,
       min_temperature, sum_temperature / readings AS mean_temperature, max_temperature
FROM rollup_minute;
COMMENT ON VIEW reading_minute IS 'The series per minute: one row per sensor and minute with readings.';
COMMENT ON COLUMN reading_minute.sensor_id IS 'The sensor.';
COMMENT ON COLUMN reading_minute.minute IS 'Start of the minute.';
COMMENT ON COLUMN reading_minute.readings IS 'Number of readings measured in the minute.';
COMMENT ON COLUMN reading_minute.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN reading_minute.mean_temperature IS 'Mean of the temperatures in °C.';
COMMENT ON COLUMN reading_minute.max_temperature IS 'Highest temperature in °C.';

CREATE VIEW reading_hour AS
SELECT sensor_id COLLATE "default" AS sensor_id,
       date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00') AS hour,
       sum(readings)                        AS readings,
       min(min_temperature)                 AS min_temperature,
       sum(sum_temperature) / sum(readings) AS mean_temperature,
       max(max_temperature)                 AS max_temperature
FROM rollup_minute
GROUP BY 1, 2;
COMMENT ON VIEW reading_hour IS 'The series per UTC hour: one row per sensor and hour with readings.';
COMMENT ON COLUMN reading_hour.sensor_id IS 'The sensor.';
COMMENT ON COLUMN reading_hour.hour IS 'Start of the hour.';
COMMENT ON COLUMN reading_hour.readings IS 'Number of readings measured in the hour.';
COMMENT ON COLUMN reading_hour.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN reading_hour.mean_temperature IS 'Mean of the temperatures in °C.';
COMMENT ON COLUMN reading_hour.max_temperature IS 'Highest temperature in °C.';

-- No index serves this view; see docs/adr/0007-reconciliation.md.
CREATE VIEW reading_sequence AS
SELECT sensor_id, run_id, sequence, measured_at
FROM reading
WHERE run_id IS NOT NULL AND sequence >= 1;
COMMENT ON VIEW reading_sequence IS
    'Readings that were numbered by their run: one row per reading. It reads the whole table.';
COMMENT ON COLUMN reading_sequence.sensor_id IS 'The sensor.';
COMMENT ON COLUMN reading_sequence.run_id IS 'Run of the sensor process that published the reading.';
COMMENT ON COLUMN reading_sequence.sequence IS 'Number of the reading within its run, from 1 without gaps.';
COMMENT ON COLUMN reading_sequence.measured_at IS 'When the sensor measured.';

CREATE VIEW reading_gap AS
SELECT sensor_id, run_id,
       previous + 1            AS first_missing,
       sequence - 1            AS last_missing,
       sequence - 1 - previous AS missing
FROM (
    SELECT sensor_id, run_id, sequence,
           lag(sequence, 1, 0::bigint) OVER (PARTITION BY run_id, sensor_id ORDER BY sequence) AS previous
    FROM reading_sequence
) AS numbered
WHERE sequence > previous + 1;
COMMENT ON VIEW reading_gap IS
    'Sequence numbers that are missing before a stored reading of the same run: one row per gap.';
COMMENT ON COLUMN reading_gap.sensor_id IS 'The sensor.';
COMMENT ON COLUMN reading_gap.run_id IS 'The run of the sensor process.';
COMMENT ON COLUMN reading_gap.first_missing IS 'First sequence number of the gap.';
COMMENT ON COLUMN reading_gap.last_missing IS 'Last sequence number of the gap.';
COMMENT ON COLUMN reading_gap.missing IS 'Number of missing readings.';

CREATE VIEW stored_reading AS
SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence
FROM reading;
COMMENT ON VIEW stored_reading IS
    'All readings, for roles that may read views but not tables: one row per measurement.';
COMMENT ON COLUMN stored_reading.reading_id IS 'Identity of the reading.';
COMMENT ON COLUMN stored_reading.sensor_id IS 'The sensor that measured.';
COMMENT ON COLUMN stored_reading.measured_at IS 'When the sensor measured, by its own clock.';
COMMENT ON COLUMN stored_reading.temperature IS 'Temperature in °C.';
COMMENT ON COLUMN stored_reading.received_at IS 'When the database stored the reading, by its own clock.';
COMMENT ON COLUMN stored_reading.run_id IS
    'Run of the sensor process that published the reading; null if the message had none.';
COMMENT ON COLUMN stored_reading.sequence IS
    'Number of the reading within its run, from 1 without gaps; null if the message had none.';

REVOKE EXECUTE ON FUNCTION last_hour FROM PUBLIC;
