-- The import that brought a reading. Without a default the column changes no stored row, and no index serves it,
-- so that an insert costs the same: only `sensorctl import list` and `undo` search for it, in the whole table.
-- See docs/adr/0011-import-and-export.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE reading ADD COLUMN import_id uuid;
COMMENT ON COLUMN reading.import_id IS
    'Import that brought the reading, for `sensorctl import undo`; null for a reading of a sensor.';

CREATE VIEW reading_import AS
SELECT import_id,
       count(*)                  AS readings,
       count(DISTINCT sensor_id) AS sensors,
       min(measured_at)          AS first_measured_at,
       max(measured_at)          AS last_measured_at,
       min(received_at)          AS first_received_at
FROM reading
WHERE import_id IS NOT NULL
GROUP BY import_id;
COMMENT ON VIEW reading_import IS
    'The imports of which readings are stored: one row per import. It reads the whole table.';
COMMENT ON COLUMN reading_import.import_id IS 'The import.';
COMMENT ON COLUMN reading_import.readings IS
    'Number of readings that it brought; those that were stored before are not its own.';
COMMENT ON COLUMN reading_import.sensors IS 'Number of their sensors.';
COMMENT ON COLUMN reading_import.first_measured_at IS 'When the earliest of them was measured.';
COMMENT ON COLUMN reading_import.last_measured_at IS 'When the latest of them was measured.';
COMMENT ON COLUMN reading_import.first_received_at IS 'When the first of them was stored.';
