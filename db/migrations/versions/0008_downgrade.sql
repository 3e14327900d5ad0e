SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Readings get back the temperature that the sensor sent, and with it their roll-ups.
UPDATE reading SET temperature = raw_temperature, raw_temperature = NULL WHERE raw_temperature IS NOT NULL;

DROP FUNCTION continue_sensor_changes, advance_sensor_changes, merge_with_readings, continue_merge,
    continue_recalibration, calibrate_readings, next_minutes, merge_sensor, merge_final_rollups, conflicting_reading, change_sensor, calibrate;

DROP TRIGGER roll_up_updated ON reading;
CREATE TRIGGER roll_up_updated_from AFTER UPDATE ON reading
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();
CREATE TRIGGER roll_up_updated_to AFTER UPDATE ON reading
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();
-- Only the owner can delete or change readings, which is rare, so the affected minutes are computed again.
CREATE OR REPLACE FUNCTION roll_up_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM rebuild_rollups(starts_at, starts_at)
    FROM (SELECT DISTINCT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at
          FROM changed) AS minutes;
    RETURN NULL;
END $$;
DROP FUNCTION recompute_rollups;

DROP VIEW sensor_settings, plausible_range, stored_reading;
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

DROP TABLE recalibration, calibration;
ALTER TABLE reading DROP COLUMN raw_temperature;
COMMENT ON COLUMN reading.temperature IS 'Temperature in °C.';
ALTER TABLE sensor
    DROP COLUMN note, DROP COLUMN unit, DROP COLUMN expected_interval_seconds, DROP COLUMN plausible_min,
    DROP COLUMN plausible_max, DROP COLUMN retired_at, DROP COLUMN merged_into;

COMMENT ON FUNCTION sensor_states IS
    'The last reading and the usual interval of each sensor that has readings; temperatures in °C.';
COMMENT ON VIEW sensor_status IS
    'Whether each sensor still sends readings: one row per sensor that has readings.';
COMMENT ON COLUMN sensor_status.usual_interval IS
    'Usual time between two of its readings; null until two minutes with readings are known, and if its last '
    'readings were imported.';
