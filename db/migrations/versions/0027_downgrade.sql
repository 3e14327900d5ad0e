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
                SELECT raw.value * slope + offset_kelvin AS value
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
