DROP VIEW reading_import;
ALTER TABLE reading DROP COLUMN import_id;
