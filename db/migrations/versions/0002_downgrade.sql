-- The functions stay as they are: their results are those of version 0001.
DROP FUNCTION move_invalid_rows;
DROP TABLE invalid_reading;
ALTER TABLE rollup_minute DROP CONSTRAINT rollup_minute_is_finite;
ALTER TABLE sensor DROP CONSTRAINT sensor_text_is_printable;
ALTER TABLE reading
    DROP CONSTRAINT reading_sensor_id_is_printable,
    DROP CONSTRAINT reading_times_are_finite,
    DROP CONSTRAINT reading_temperature_is_finite;
