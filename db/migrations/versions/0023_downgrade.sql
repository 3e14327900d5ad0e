SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION remove_limit(actor text, id bigint) RETURNS limit_rule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed limit_rule;
BEGIN
    SELECT * INTO removed FROM limit_rule WHERE limit_id = id AND ended_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no limit %s. `sensorctl limit list` shows the limits.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'limit_id';
    END IF;
    PERFORM end_limit(actor, removed);
    PERFORM record_audit(actor, 'remove', 'limit', id::text, to_jsonb(removed), null);
    RETURN removed;
END $$;
