SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP FUNCTION record_dead_readings;
DROP TABLE dead_reading;
