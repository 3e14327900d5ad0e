CREATE VIEW numbered_reading AS
SELECT sensor_id, run_id, sequence, measured_at, reading_id, import_id
FROM reading
WHERE run_id IS NOT NULL AND sequence >= 1;
COMMENT ON VIEW numbered_reading IS
    'Readings that were numbered by their run, with what shows whether a sensor numbered them: one row per reading. '
    'It reads the whole table.';
COMMENT ON COLUMN numbered_reading.sensor_id IS 'The sensor.';
COMMENT ON COLUMN numbered_reading.run_id IS 'Run of the sensor process that published the reading.';
COMMENT ON COLUMN numbered_reading.sequence IS 'Number of the reading within its run, from 1 without gaps.';
COMMENT ON COLUMN numbered_reading.measured_at IS 'When the sensor measured.';
COMMENT ON COLUMN numbered_reading.reading_id IS 'Identity of the reading.';
COMMENT ON COLUMN numbered_reading.import_id IS 'Import that brought the reading; null for a reading of a sensor.';
