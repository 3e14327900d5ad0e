-- Values that a source has revised replace stored values. See docs/adr/0033-sources-and-backfills.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Without a default the column changes no stored row.
ALTER TABLE reading ADD COLUMN revised_at timestamptz;
COMMENT ON COLUMN reading.revised_at IS
    'When the source was read from which the temperature is, if a value read later may replace it; null for a reading '
    'that was stored once and not revised.';

-- The messages of two revisions can arrive in any order and more than once: the value that was read last remains. Only
-- readings whose ID was derived from a source can be revised, and only those of the sensor that the message names. The
-- calibration is applied as in calibrate_readings(), and triggers compute the roll-ups again and note the change for the
-- limits and the analysis. This is the lock of all that change readings; inserts do not take it.
CREATE FUNCTION revise_readings(
    ids uuid[], sensors text[], times timestamptz[], temperatures double precision[], revisions timestamptz[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_time CONSTANT timestamptz := (SELECT min(measured_at) FROM unnest(times) AS measured_at);
    last_time  CONSTANT timestamptz := (SELECT max(measured_at) FROM unnest(times) AS measured_at);
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
                SELECT newest.temperature * slope + offset_kelvin AS value
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
END $$;
COMMENT ON FUNCTION revise_readings IS
    'Replaces the temperatures of stored readings of sources by those that were read later. Returns the changed readings.';

REVOKE EXECUTE ON FUNCTION revise_readings FROM PUBLIC;
