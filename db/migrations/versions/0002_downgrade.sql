-- The functions stay as they are: their results are those of version 0001.
DROP FUNCTION move_invalid_readings, move_invalid_sensors, clean_sensors;
DROP TABLE invalid_reading;
ALTER TABLE sensor DROP CONSTRAINT sensor_text_is_printable;
ALTER TABLE rollup_minute DROP CONSTRAINT rollup_minute_is_valid;
ALTER TABLE reading DROP CONSTRAINT reading_is_finite;
