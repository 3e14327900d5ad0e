-- Checks that keep NaN, infinity and control characters out. New rows are checked at once;
-- db/checks.py checks the existing rows afterwards, without the lock that adding a check takes. A NaN is
-- greater than every other number.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The expressions are short, because PostgreSQL prepares them for each statement.
ALTER TABLE reading ADD CONSTRAINT reading_is_finite
    CHECK (abs(temperature) < 'Infinity' AND isfinite(measured_at - received_at)) NOT VALID;
COMMENT ON CONSTRAINT reading_is_finite ON reading IS
    'The temperature is neither NaN nor infinite, and no time is infinite.';

-- On the roll-up, which every insert updates, the text is checked once per sensor and minute. On the readings
-- this would take 5 % of the time of a batch, because a regular expression costs more than the row.
ALTER TABLE rollup_minute ADD CONSTRAINT rollup_minute_is_valid
    CHECK (sensor_id ~ '^[^\u0001-\u001f\u007f-\u009f]+$'
           AND abs(sum_temperature) < 'Infinity') NOT VALID;
COMMENT ON CONSTRAINT rollup_minute_is_valid ON rollup_minute IS
    'The sensor ID is not empty and has no control characters, and the sum is neither NaN nor infinite.';

ALTER TABLE sensor ADD CONSTRAINT sensor_text_is_printable
    CHECK (sensor_id ~ '^[^\u0001-\u001f\u007f-\u009f]+$'
           AND name !~ '[\u0001-\u001f\u007f-\u009f]'
           AND location !~ '[\u0001-\u001f\u007f-\u009f]') NOT VALID;
COMMENT ON CONSTRAINT sensor_text_is_printable ON sensor IS
    'The sensor ID is not empty; sensor ID, name and location have no control characters.';

CREATE TABLE invalid_reading (
    reading_id  uuid NOT NULL,
    sensor_id   text NOT NULL,
    measured_at timestamptz NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamptz NOT NULL,
    run_id      uuid,
    sequence    bigint,
    moved_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE invalid_reading IS
    'Readings that were stored before the table reading had its checks, and do not satisfy them. Something '
    'other than a consumer wrote them. No view shows them; delete them when you need them no longer.';
COMMENT ON COLUMN invalid_reading.reading_id IS 'Identity of the reading.';
COMMENT ON COLUMN invalid_reading.sensor_id IS 'The sensor that measured.';
COMMENT ON COLUMN invalid_reading.measured_at IS 'When the sensor measured, by its own clock.';
COMMENT ON COLUMN invalid_reading.temperature IS 'Temperature in °C.';
COMMENT ON COLUMN invalid_reading.received_at IS 'When the database stored the reading, by its own clock.';
COMMENT ON COLUMN invalid_reading.run_id IS 'Run of the sensor process that published the reading.';
COMMENT ON COLUMN invalid_reading.sequence IS 'Number of the reading within its run.';
COMMENT ON COLUMN invalid_reading.moved_at IS 'When it was moved here.';

-- Deleting readings computes their roll-ups again. What then still is in the roll-ups belongs to readings that
-- were dropped after the retention.
CREATE FUNCTION move_invalid_rows() RETURNS TABLE (readings bigint, minutes bigint, sensors bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    WITH moved AS (
        DELETE FROM reading
        WHERE temperature IN ('NaN', 'Infinity', '-Infinity')
           OR measured_at IN ('infinity', '-infinity') OR received_at IN ('infinity', '-infinity')
           OR sensor_id = '' OR sensor_id ~ '[\u0001-\u001f\u007f-\u009f]'
        RETURNING *
    )
    INSERT INTO invalid_reading (reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence)
    SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence FROM moved;
    GET DIAGNOSTICS readings = ROW_COUNT;

    DELETE FROM rollup_minute
    WHERE sum_temperature IN ('NaN', 'Infinity', '-Infinity') OR starts_at IN ('infinity', '-infinity')
       OR sensor_id = '' OR sensor_id ~ '[\u0001-\u001f\u007f-\u009f]';
    GET DIAGNOSTICS minutes = ROW_COUNT;
    DELETE FROM rollup_five_seconds
    WHERE sum_temperature IN ('NaN', 'Infinity', '-Infinity') OR starts_at IN ('infinity', '-infinity')
       OR sensor_id = '' OR sensor_id ~ '[\u0001-\u001f\u007f-\u009f]';

    DELETE FROM sensor WHERE sensor_id = '' OR sensor_id ~ '[\u0001-\u001f\u007f-\u009f]';
    UPDATE sensor SET
        name     = regexp_replace(name, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g'),
        location = regexp_replace(location, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g')
    WHERE name ~ '[\u0001-\u001f\u007f-\u009f]' OR location ~ '[\u0001-\u001f\u007f-\u009f]';
    GET DIAGNOSTICS sensors = ROW_COUNT;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION move_invalid_rows IS
    'Moves readings that do not satisfy the checks to invalid_reading, deletes such minutes and sensors, and '
    'replaces control characters in names and locations by spaces. Returns the number of readings moved, '
    'minutes deleted and sensors renamed.';

REVOKE EXECUTE ON FUNCTION move_invalid_rows FROM PUBLIC;
