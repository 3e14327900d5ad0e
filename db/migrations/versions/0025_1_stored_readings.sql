-- What is stored under the IDs of readings that were not inserted: a redelivery, or another reading whose sender uses an
-- ID again. See docs/concepts/guarantee.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The bounds of all times let PostgreSQL plan for the partitions of these days only.
CREATE FUNCTION find_stored_readings(ids uuid[], sensors text[], times timestamptz[]) RETURNS TABLE (
    "position" bigint, sensor_id text, is_same_sensor boolean, measured_at timestamptz, temperature double precision,
    raw_temperature double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_day CONSTANT timestamptz := (SELECT date_trunc('day', min(given), 'UTC') FROM unnest(times) AS given);
    end_of_last_day CONSTANT timestamptz :=
        (SELECT date_trunc('day', max(given), 'UTC') + interval '1 day' FROM unnest(times) AS given);
BEGIN
    RETURN QUERY
    SELECT given.position, reading.sensor_id,
           reading.sensor_id IN (given.sensor_id, coalesce(sensor.merged_into, given.sensor_id)), reading.measured_at,
           reading.temperature, reading.raw_temperature
    FROM unnest(ids, sensors, times) WITH ORDINALITY AS given (reading_id, sensor_id, measured_at, position)
    JOIN reading ON reading.reading_id = given.reading_id
        AND reading.measured_at >= date_trunc('day', given.measured_at, 'UTC')
        AND reading.measured_at < date_trunc('day', given.measured_at, 'UTC') + interval '1 day'
    LEFT JOIN sensor ON sensor.sensor_id = given.sensor_id
    WHERE reading.measured_at >= first_day AND reading.measured_at < end_of_last_day;
END $$;
COMMENT ON FUNCTION find_stored_readings IS
    'What is stored under the IDs of these readings, on the UTC days of their times: the position of the reading, from 1, '
    'and the stored one, of which is_same_sensor says whether it is of the same sensor, also after a merge.';

REVOKE EXECUTE ON FUNCTION find_stored_readings FROM PUBLIC;
