-- The imports that were undone, for readers: the audit itself is not theirs to read.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE VIEW undone_import AS
SELECT object_id AS import_id, max(at) AS undone_at
FROM audit
WHERE object_kind = 'import' AND action = 'undo'
GROUP BY object_id;
COMMENT ON VIEW undone_import IS 'Imports and workflows whose readings were deleted on purpose: one row per import.';
COMMENT ON COLUMN undone_import.import_id IS 'The import, or the workflow that fetched the readings.';
COMMENT ON COLUMN undone_import.undone_at IS 'When it was last undone.';
