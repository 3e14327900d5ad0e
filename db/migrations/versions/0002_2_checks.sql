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

-- Deletes from the partition itself, whose triggers, unlike those of the whole table, compute no roll-ups, and
-- then computes all of them with one statement. Writers to this partition wait for that only: the rows are found
-- before, and the check allows no more of them.
CREATE FUNCTION move_invalid_readings(source regclass) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    rows    tid[];
    minutes timestamptz[];
BEGIN
    EXECUTE format('SELECT array_agg(ctid) FROM %s WHERE temperature IN (''NaN'', ''Infinity'', ''-Infinity'') '
                   'OR NOT isfinite(measured_at) OR NOT isfinite(received_at)', source) INTO rows;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', source);
    EXECUTE format(
        'WITH moved AS (DELETE FROM %s WHERE ctid = ANY ($1) RETURNING *), copied AS ('
        '    INSERT INTO invalid_reading '
        '        (reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence) '
        '    SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence FROM moved'
        ') SELECT array_agg(DISTINCT date_bin(''1 minute'', measured_at, ''2000-01-01 00:00:00+00'')) FROM moved',
        source) USING rows INTO minutes;
    DELETE FROM rollup_minute WHERE starts_at = ANY (minutes);
    DELETE FROM rollup_five_seconds
    WHERE date_bin('1 minute', starts_at, timestamptz '2000-01-01 00:00:00+00') = ANY (minutes);
    EXECUTE format(
        'INSERT INTO rollup_minute '
        'SELECT minute, sensor_id COLLATE "C", '
        '       count(*), sum(temperature), min(temperature), max(temperature), max(measured_at) '
        'FROM unnest($1) AS minute JOIN %s ON measured_at >= minute AND measured_at < minute + interval ''1 minute'' '
        'GROUP BY 1, 2', source) USING minutes;
    EXECUTE format(
        'INSERT INTO rollup_five_seconds '
        'SELECT date_bin(''5 seconds'', measured_at, ''2000-01-01 00:00:00+00''), sensor_id COLLATE "C", '
        '       count(*), sum(temperature), min(temperature), max(temperature), max(measured_at) '
        'FROM unnest($1) AS minute JOIN %s ON measured_at >= minute AND measured_at < minute + interval ''1 minute'' '
        'WHERE measured_at > now() - interval ''2 hours'' '
        'GROUP BY 1, 2', source) USING minutes;
    RETURN cardinality(rows);
END $$;
COMMENT ON FUNCTION move_invalid_readings IS
    'Moves the readings of a partition that do not satisfy its check to invalid_reading, and computes the '
    'roll-ups of their minutes again. Returns their number.';

-- Without a check on the sensor ID of a reading, its minutes show which sensors are concerned. Minutes with an
-- invalid sum remain of readings that were dropped after the retention.
CREATE FUNCTION move_invalid_sensors() RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    invalid   text[];
    partition regclass;
    moved     bigint;
    total     bigint := 0;
BEGIN
    SELECT array_agg(DISTINCT sensor_id) INTO invalid FROM rollup_minute
    WHERE sensor_id !~ '^[^\u0001-\u001f\u007f-\u009f]+$';
    IF invalid IS NOT NULL THEN
        FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'reading'::regclass LOOP
            EXECUTE format(
                'WITH moved AS (DELETE FROM %s WHERE sensor_id = ANY ($1) RETURNING *) '
                'INSERT INTO invalid_reading '
                '    (reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence) '
                'SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence FROM moved',
                partition) USING invalid;
            GET DIAGNOSTICS moved = ROW_COUNT;
            total := total + moved;
        END LOOP;
        DELETE FROM rollup_minute WHERE sensor_id = ANY (invalid);
        DELETE FROM rollup_five_seconds WHERE sensor_id = ANY (invalid);
    END IF;
    DELETE FROM rollup_minute WHERE sum_temperature IN ('NaN', 'Infinity', '-Infinity');
    RETURN total;
END $$;
COMMENT ON FUNCTION move_invalid_sensors IS
    'Moves the readings of sensors whose ID is empty or has control characters to invalid_reading, and deletes '
    'their minutes and minutes that are not finite. Returns the number of readings.';

CREATE FUNCTION clean_sensors() RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    cleaned bigint;
BEGIN
    DELETE FROM sensor WHERE sensor_id !~ '^[^\u0001-\u001f\u007f-\u009f]+$';
    UPDATE sensor SET
        name     = regexp_replace(name, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g'),
        location = regexp_replace(location, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g')
    WHERE name ~ '[\u0001-\u001f\u007f-\u009f]' OR location ~ '[\u0001-\u001f\u007f-\u009f]';
    GET DIAGNOSTICS cleaned = ROW_COUNT;
    RETURN cleaned;
END $$;
COMMENT ON FUNCTION clean_sensors IS
    'Deletes sensors whose ID is empty or has control characters, and replaces such characters in names and '
    'locations by spaces. Returns the number of renamed sensors.';

REVOKE EXECUTE ON FUNCTION move_invalid_readings, move_invalid_sensors, clean_sensors FROM PUBLIC;
