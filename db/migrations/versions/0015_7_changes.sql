-- The functions that change schedules and sources. Each records the change in audit.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION put_schedule(actor text, schedule_name text, fields jsonb, next timestamptz) RETURNS schedule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before  schedule;
    changed schedule;
BEGIN
    SELECT * INTO before FROM schedule WHERE name = schedule_name FOR UPDATE;
    changed := jsonb_populate_record(before, fields);
    INSERT INTO schedule (name, kind, spec, cron, time_zone, overlap, catch_up, enabled, next_at, created_by)
    VALUES (schedule_name, changed.kind, coalesce(changed.spec, '{}'), changed.cron, coalesce(changed.time_zone, 'UTC'),
            coalesce(changed.overlap, 'skip'), coalesce(changed.catch_up, 'last'), coalesce(changed.enabled, true),
            CASE WHEN coalesce(changed.enabled, true) THEN next END, left(actor, 200))
    ON CONFLICT (name) DO UPDATE SET
        kind = excluded.kind, spec = excluded.spec, cron = excluded.cron, time_zone = excluded.time_zone,
        overlap = excluded.overlap, catch_up = excluded.catch_up, enabled = excluded.enabled, next_at = excluded.next_at,
        changed_at = clock_timestamp()
    RETURNING * INTO changed;
    PERFORM record_audit(actor, CASE WHEN before.name IS NULL THEN 'create' ELSE 'change' END, 'schedule', schedule_name,
                         CASE WHEN before.name IS NOT NULL THEN to_jsonb(before) END, to_jsonb(changed));
    RETURN changed;
END $$;
COMMENT ON FUNCTION put_schedule IS
    'Creates a schedule, or changes the fields that are given, and sets its next time. Returns it.';

CREATE FUNCTION enable_schedule(actor text, schedule_name text, enable boolean, next timestamptz) RETURNS schedule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM schedule WHERE name = schedule_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no schedule %s. `sensorctl schedule list` shows them.', schedule_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    RETURN put_schedule(actor, schedule_name, jsonb_build_object('enabled', enable), next);
END $$;
COMMENT ON FUNCTION enable_schedule IS 'Enables a schedule from its next time on, or disables it. Returns it.';

CREATE FUNCTION remove_schedule(actor text, schedule_name text) RETURNS schedule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed schedule;
BEGIN
    DELETE FROM schedule WHERE name = schedule_name RETURNING * INTO removed;
    IF NOT FOUND THEN
        RAISE '%', format('There is no schedule %s. `sensorctl schedule list` shows them.', schedule_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    PERFORM record_audit(actor, 'remove', 'schedule', schedule_name, to_jsonb(removed), NULL);
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_schedule IS 'Removes a schedule. The workflows that it requested stay. Returns what it was.';

CREATE FUNCTION fire_schedule(
    schedule_name text, expected_next timestamptz, new_next timestamptz, due timestamptz, workflow_kind text, jobs jsonb
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    fired    schedule;
    previous uuid[];
    one      uuid;
    result   text := 'fired';
BEGIN
    SELECT * INTO fired FROM schedule WHERE name = schedule_name FOR NO KEY UPDATE;
    IF NOT FOUND OR NOT fired.enabled OR fired.next_at IS DISTINCT FROM expected_next THEN
        RETURN 'moved';
    END IF;
    SELECT array_agg(workflow_id ORDER BY workflow_id) INTO previous FROM workflow
    WHERE state IN ('ready', 'running', 'paused', 'cancelling') AND schedule = schedule_name
        AND scheduled_for IS DISTINCT FROM due;
    IF due IS NULL OR jobs = '[]' THEN
        result := CASE WHEN due IS NULL THEN 'skipped' ELSE 'nothing' END;
    ELSIF previous IS NOT NULL AND fired.overlap = 'skip' THEN
        result := 'skipped';
    ELSIF previous IS NOT NULL AND fired.overlap = 'queue' THEN
        RETURN 'queued';
    ELSIF previous IS NOT NULL THEN
        result := 'replaced';
        -- All in their order, before the jobs of the first one are locked.
        PERFORM FROM workflow WHERE workflow_id = ANY (previous) ORDER BY workflow_id FOR NO KEY UPDATE;
        FOR one IN SELECT workflow_id FROM workflow WHERE workflow_id = ANY (previous) AND NOT has_ended(state) LOOP
            PERFORM cancel_workflow('schedule:' || schedule_name, one);
        END LOOP;
    END IF;
    IF result IN ('fired', 'replaced') THEN
        PERFORM request_workflow(
            'schedule:' || schedule_name, workflow_kind, fired.spec, jobs, jsonb_build_object(
                'idempotency_key', format('schedule:%s:%s', schedule_name, to_char(due AT TIME ZONE 'UTC',
                                                                                  'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
                'schedule', schedule_name, 'scheduled_for', due, 'max_running', fired.spec -> 'max_running'));
    END IF;
    UPDATE schedule SET next_at = new_next, fired_at = clock_timestamp(), outcome = result WHERE name = schedule_name;
    RETURN result;
END $$;
COMMENT ON FUNCTION fire_schedule IS
    'Requests the workflow of a schedule for a time that is due (null: none, the time was missed), and sets the next time, '
    'in one transaction. Returns fired, replaced (after cancelling the last one), skipped, nothing (there are no jobs), '
    'queued (the last one has not ended, nothing changed), or moved (the next time is another by now, nothing changed).';

CREATE FUNCTION put_source(actor text, source_name text, fields jsonb) RETURNS source
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before  source;
    changed source;
BEGIN
    SELECT * INTO before FROM source WHERE name = source_name FOR UPDATE;
    changed := jsonb_populate_record(before, fields);
    INSERT INTO source (name, kind, address, secret_name, sensors, unit, time_zone, cursor, requests_per_minute,
                        lag_seconds, options, created_by)
    VALUES (source_name, changed.kind, changed.address, changed.secret_name, coalesce(changed.sensors, '[]'),
            coalesce(changed.unit, 'celsius'), changed.time_zone, changed.cursor,
            coalesce(changed.requests_per_minute, 60), coalesce(changed.lag_seconds, 0), coalesce(changed.options, '{}'),
            left(actor, 200))
    ON CONFLICT (name) DO UPDATE SET
        kind = excluded.kind, address = excluded.address, secret_name = excluded.secret_name, sensors = excluded.sensors,
        unit = excluded.unit, time_zone = excluded.time_zone, cursor = excluded.cursor,
        requests_per_minute = excluded.requests_per_minute, lag_seconds = excluded.lag_seconds,
        options = excluded.options, changed_at = clock_timestamp()
    RETURNING * INTO changed;
    PERFORM record_audit(actor, CASE WHEN before.name IS NULL THEN 'create' ELSE 'change' END, 'source', source_name,
                         CASE WHEN before.name IS NOT NULL THEN to_jsonb(before) END, to_jsonb(changed));
    RETURN changed;
END $$;
COMMENT ON FUNCTION put_source IS 'Creates a source, or changes the fields that are given. Returns it.';

CREATE FUNCTION remove_source(actor text, source_name text) RETURNS source
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed source;
    used_by text;
BEGIN
    SELECT * INTO removed FROM source WHERE name = source_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no source %s. `sensorctl source list` shows them.', source_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    SELECT 'the schedule ' || name INTO used_by FROM schedule WHERE spec ->> 'source' = source_name ORDER BY name LIMIT 1;
    IF used_by IS NULL THEN
        SELECT 'workflow ' || workflow_id INTO used_by FROM workflow
        WHERE state IN ('ready', 'running', 'paused', 'cancelling') AND spec ->> 'source' = source_name
        ORDER BY requested_at LIMIT 1;
    END IF;
    IF used_by IS NOT NULL THEN
        RAISE '%', format('The source %s is used by %s: remove or cancel that first.', source_name, used_by) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    DELETE FROM source WHERE name = source_name;
    DELETE FROM source_coverage WHERE source = source_name;
    PERFORM record_audit(actor, 'remove', 'source', source_name, to_jsonb(removed), NULL);
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_source IS 'Removes a source that nothing uses. Its readings stay. Returns what it was.';

REVOKE EXECUTE ON FUNCTION
    put_schedule, enable_schedule, remove_schedule, fire_schedule, put_source, remove_source
FROM PUBLIC;
