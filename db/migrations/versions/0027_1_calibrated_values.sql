-- A calibrated temperature has at most nine decimals, as a converted one has (readings/units.py): without rounding, binary
-- fractions make 23.289 and an offset of 0.3 into 23.589000000000002. What is stored already keeps its value.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION calibrate_readings(source text, target text, minutes timestamptz[], since timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_minute CONSTANT timestamptz := minutes[1];
    end_minute   CONSTANT timestamptz := minutes[cardinality(minutes)] + interval '1 minute';
BEGIN
    UPDATE reading SET
        sensor_id = target,
        (temperature, raw_temperature) = (
            SELECT coalesce(calibrated.value, raw.value), CASE WHEN calibrated.value <> raw.value THEN raw.value END
            FROM (SELECT coalesce(reading.raw_temperature, reading.temperature) AS value) AS raw
            LEFT JOIN LATERAL (
                SELECT round((raw.value * slope + offset_kelvin)::numeric, 9)::double precision AS value
                FROM calibration
                WHERE calibration.sensor_id = target AND valid_from <= reading.measured_at
                ORDER BY valid_from DESC
                LIMIT 1
            ) AS calibrated ON true)
    FROM unnest(minutes) AS minute
    WHERE measured_at >= minute AND measured_at < minute + interval '1 minute' AND measured_at >= since
      AND measured_at >= first_minute AND measured_at < end_minute
      AND reading.sensor_id = source;
END $$;

CREATE OR REPLACE FUNCTION revise_readings(
    ids uuid[], sensors text[], times timestamptz[], temperatures double precision[], revisions timestamptz[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_time CONSTANT timestamptz := (SELECT min(measured_at) FROM unnest(times) AS measured_at);
    last_time  CONSTANT timestamptz := (SELECT max(measured_at) FROM unnest(times) AS measured_at);
    same record;
BEGIN
    PERFORM pg_advisory_xact_lock(5675003);
    RETURN QUERY
    UPDATE reading SET
        revised_at = newest.revised_at,
        (temperature, raw_temperature) = (
            SELECT coalesce(calibrated.value, newest.temperature),
                   CASE WHEN calibrated.value <> newest.temperature THEN newest.temperature END
            FROM (SELECT) AS one
            LEFT JOIN LATERAL (
                SELECT round((newest.temperature * slope + offset_kelvin)::numeric, 9)::double precision AS value
                FROM calibration
                WHERE calibration.sensor_id = reading.sensor_id AND valid_from <= reading.measured_at
                ORDER BY valid_from DESC
                LIMIT 1
            ) AS calibrated ON true)
    FROM (
        SELECT DISTINCT ON (reading_id) given.*, merged_into
        FROM unnest(ids, sensors, times, temperatures, revisions)
            AS given (reading_id, sensor_id, measured_at, temperature, revised_at)
        LEFT JOIN sensor USING (sensor_id)
        WHERE substr(reading_id::text, 15, 1) = '5'
        ORDER BY reading_id, given.revised_at DESC
    ) AS newest
    WHERE reading.reading_id = newest.reading_id AND reading.measured_at = newest.measured_at
      AND reading.measured_at BETWEEN first_time AND last_time
      AND reading.sensor_id IN (newest.sensor_id, newest.merged_into)
      AND (reading.revised_at IS NULL OR reading.revised_at < newest.revised_at)
      AND coalesce(reading.raw_temperature, reading.temperature) <> newest.temperature
    RETURNING reading.reading_id;
    -- The same value read later moves revised_at alone. The triggers of reading do not fire for its partitions: there is
    -- nothing to compute again.
    FOR same IN
        SELECT reading.tableoid::regclass AS part, array_agg(reading.reading_id) AS reading_ids,
               array_agg(reading.measured_at) AS measured, array_agg(newest.revised_at) AS revised
        FROM (
            SELECT DISTINCT ON (reading_id) given.*, merged_into
            FROM unnest(ids, sensors, times, temperatures, revisions)
                AS given (reading_id, sensor_id, measured_at, temperature, revised_at)
            LEFT JOIN sensor USING (sensor_id)
            WHERE substr(reading_id::text, 15, 1) = '5'
            ORDER BY reading_id, given.revised_at DESC
        ) AS newest
        JOIN reading ON reading.reading_id = newest.reading_id AND reading.measured_at = newest.measured_at
        WHERE reading.measured_at BETWEEN first_time AND last_time
          AND reading.sensor_id IN (newest.sensor_id, newest.merged_into)
          AND (reading.revised_at IS NULL OR reading.revised_at < newest.revised_at)
          AND coalesce(reading.raw_temperature, reading.temperature) = newest.temperature
        GROUP BY reading.tableoid
    LOOP
        EXECUTE format(
            'UPDATE %s AS reading SET revised_at = newer.revised_at '
            'FROM unnest($1, $2, $3) AS newer (reading_id, measured_at, revised_at) '
            'WHERE reading.reading_id = newer.reading_id AND reading.measured_at = newer.measured_at', same.part)
        USING same.reading_ids, same.measured, same.revised;
    END LOOP;
END $$;
