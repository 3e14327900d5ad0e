SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP TRIGGER source_changed ON source;
DROP FUNCTION forget_coverage;
