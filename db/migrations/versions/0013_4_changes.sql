-- The functions that change what the analysis has found or learned. Each records the change in audit.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION mark_anomaly(actor text, id bigint, new_verdict text, new_note text) RETURNS anomaly
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    marked anomaly;
    before anomaly_mark;
    after  anomaly_mark;
BEGIN
    SELECT * INTO marked FROM anomaly WHERE anomaly_id = id;
    IF NOT FOUND THEN
        RAISE '%', format('There is no anomaly %s. `sensorctl anomalies` shows them.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'anomaly_id';
    ELSIF new_verdict NOT IN ('right', 'wrong') THEN
        RAISE '%', format('An anomaly is right or wrong, not %s.', new_verdict) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'verdict';
    ELSIF length(new_note) > 500 THEN
        RAISE 'A note has at most 500 characters.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'note';
    END IF;
    DELETE FROM anomaly_mark
    WHERE (sensor_id, kind, started_at) = (marked.sensor_id, marked.kind, marked.started_at)
    RETURNING * INTO before;
    IF new_verdict IS NOT NULL THEN
        INSERT INTO anomaly_mark (sensor_id, kind, started_at, verdict, marked_by, note)
        VALUES (marked.sensor_id, marked.kind, marked.started_at, new_verdict, actor, nullif(new_note, ''))
        ON CONFLICT (sensor_id, kind, started_at) DO UPDATE SET
            verdict = excluded.verdict, marked_at = excluded.marked_at, marked_by = excluded.marked_by,
            note = excluded.note
        RETURNING * INTO after;
    END IF;
    PERFORM record_audit(actor, 'mark', 'anomaly', id::text,
                         CASE WHEN before.sensor_id IS NOT NULL THEN to_jsonb(before) END,
                         CASE WHEN after.sensor_id IS NOT NULL THEN to_jsonb(after) END);
    SELECT * INTO marked FROM anomaly WHERE anomaly_id = id;
    RETURN marked;
END $$;
COMMENT ON FUNCTION mark_anomaly IS
    'Marks an anomaly as right or wrong, with a note; null takes the mark back. Returns the anomaly.';

CREATE FUNCTION roll_back_model(actor text, id text, model_kind text, target integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before model;
    after  model;
BEGIN
    PERFORM FROM model WHERE sensor_id = id AND kind = model_kind ORDER BY version FOR UPDATE;
    SELECT * INTO before FROM model WHERE sensor_id = id AND kind = model_kind AND active;
    PERFORM FROM model WHERE sensor_id = id AND kind = model_kind AND version = target;
    IF NOT FOUND THEN
        RAISE '%', format('Sensor %s has no version %s of the model %s. `sensorctl model list` shows them.',
                          id, target, model_kind) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'version';
    END IF;
    UPDATE model SET active = false, requested_at = NULL
    WHERE sensor_id = id AND kind = model_kind AND version <> target;
    UPDATE model SET active = true, requested_at = now()
    WHERE sensor_id = id AND kind = model_kind AND version = target
    RETURNING * INTO after;
    PERFORM record_audit(actor, 'roll-back', 'model', format('%s %s', id, model_kind),
                         CASE WHEN before.sensor_id IS NOT NULL THEN to_jsonb(before) - 'state' END,
                         to_jsonb(after) - 'state');
    RETURN to_jsonb(after) - 'state';
END $$;
COMMENT ON FUNCTION roll_back_model IS
    'Lets the model of a sensor continue from an earlier version. Returns that version, without its state.';

CREATE FUNCTION request_rebuild(actor text, id text, first_measured_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    known     sensor;
    requested bigint;
BEGIN
    SELECT * INTO known FROM sensor WHERE sensor_id = id;
    IF id IS NOT NULL AND known.sensor_id IS NULL THEN
        RAISE '%', format('There is no sensor %s.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    ELSIF known.merged_into IS NOT NULL THEN
        RAISE '%', format('Sensor %s was merged into %s: rebuild that one.', id, known.merged_into) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    ELSIF known.retired_at IS NOT NULL THEN
        RAISE '%', format('Sensor %s is retired, so it is not analysed.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    ELSIF first_measured_at > now() THEN
        RAISE 'A rebuild starts from readings that are stored: its time must be in the past.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'since';
    END IF;
    INSERT INTO analysis_rebuild (sensor_id, since, requested_by)
    SELECT sensor_id, coalesce(first_measured_at, '-infinity'), actor FROM sensor
    WHERE retired_at IS NULL AND (id IS NULL OR sensor_id = id);
    GET DIAGNOSTICS requested = ROW_COUNT;
    PERFORM record_audit(actor, 'rebuild', 'model', coalesce(id, '*'), null,
                         jsonb_build_object('since', first_measured_at, 'sensors', requested));
    RETURN requested;
END $$;
COMMENT ON FUNCTION request_rebuild IS
    'Lets the analysis learn a sensor (null: all) again from a time on (null: from its first reading). Returns the '
    'number of sensors.';

REVOKE EXECUTE ON FUNCTION mark_anomaly, roll_back_model, request_rebuild FROM PUBLIC;
