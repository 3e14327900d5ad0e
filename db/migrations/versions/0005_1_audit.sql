SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE audit (
    audit_id    bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor       text        NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
    action      text        NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
    object_kind text        NOT NULL CHECK (length(object_kind) BETWEEN 1 AND 100),
    object_id   text        NOT NULL,
    before      jsonb,
    after       jsonb
);
CREATE INDEX audit_object ON audit (object_kind, object_id, audit_id);
COMMENT ON INDEX audit_object IS 'Finds what happened to one object.';
COMMENT ON TABLE audit IS
    'Every change that was made through the page, the API or sensorctl: one row per change. Rows are only added.';
COMMENT ON COLUMN audit.audit_id IS 'Number of the row, ascending.';
COMMENT ON COLUMN audit.at IS 'When it was changed.';
COMMENT ON COLUMN audit.actor IS
    'Who changed it: key:NAME, proxy:NAME for a user of a trusted proxy, or sensorctl:USER.';
COMMENT ON COLUMN audit.action IS 'What was done, such as create or revoke.';
COMMENT ON COLUMN audit.object_kind IS 'What kind of thing was changed, such as api-key or sensor.';
COMMENT ON COLUMN audit.object_id IS 'Which one was changed.';
COMMENT ON COLUMN audit.before IS 'What it was; null for something new.';
COMMENT ON COLUMN audit.after IS 'What it became; null for something that no longer exists.';

CREATE FUNCTION refuse_audit_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    RAISE 'rows of audit cannot be changed or deleted' USING
        ERRCODE = 'insufficient_privilege',
        HINT = 'To remove them all the same, the owner must drop the trigger audit_append_only first.';
END $$;
COMMENT ON FUNCTION refuse_audit_change IS 'Refuses every change of audit but new rows.';
REVOKE EXECUTE ON FUNCTION refuse_audit_change FROM PUBLIC;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- For the functions that change something: it belongs to their transaction.
CREATE FUNCTION record_audit(
    actor text, action text, object_kind text, object_id text, before jsonb, after jsonb
) RETURNS void
LANGUAGE sql
SET search_path FROM CURRENT AS $$
    INSERT INTO audit (actor, action, object_kind, object_id, before, after)
    VALUES (left(record_audit.actor, 200), record_audit.action, record_audit.object_kind,
            left(record_audit.object_id, 200), record_audit.before, record_audit.after)
$$;
COMMENT ON FUNCTION record_audit IS 'Records a change: who did what to which object, what it was, and what it became.';
REVOKE EXECUTE ON FUNCTION record_audit FROM PUBLIC;
