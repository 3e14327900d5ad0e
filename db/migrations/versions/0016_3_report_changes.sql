-- The functions that store and remove reports, and change presets.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION store_report(id uuid, own_attempt integer, fields jsonb, new_content bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held   job := hold_job(id, own_attempt);
    parent workflow;
    stored uuid;
BEGIN
    IF held.job_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO parent FROM workflow WHERE workflow_id = held.workflow_id;
    INSERT INTO report_file AS existing (
        workflow_id, job_id, format, name, title, period, sensors, summary, bytes, sha256, document_sha256, content,
        requested_by, made_at)
    VALUES (
        held.workflow_id, held.job_id, fields ->> 'format', fields ->> 'name', fields ->> 'title',
        tstzrange((fields ->> 'start')::timestamptz, (fields ->> 'end')::timestamptz),
        ARRAY(SELECT jsonb_array_elements_text(fields -> 'sensors')), coalesce(fields -> 'summary', '{}'),
        octet_length(new_content), sha256(new_content), decode(fields ->> 'document_sha256', 'hex'), new_content,
        parent.requested_by, (fields ->> 'made_at')::timestamptz)
    ON CONFLICT (job_id, format) DO UPDATE SET
        name = excluded.name, title = excluded.title, period = excluded.period, sensors = excluded.sensors,
        summary = excluded.summary, bytes = excluded.bytes, sha256 = excluded.sha256,
        document_sha256 = excluded.document_sha256, content = excluded.content, made_at = excluded.made_at
    RETURNING report_id INTO stored;
    RETURN stored;
END $$;
COMMENT ON FUNCTION store_report IS
    'Stores a file of a report that a job has made, in place of what an earlier attempt stored. Returns the file; null if '
    'the lease is lost.';

CREATE FUNCTION delete_report(actor text, id uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed jsonb;
BEGIN
    SELECT to_jsonb(report) INTO removed FROM report WHERE report_id = id;
    DELETE FROM report_file WHERE report_id = id;
    IF NOT FOUND THEN
        RAISE '%', format('There is no report %s. `sensorctl report list` shows them.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'report_id';
    END IF;
    PERFORM record_audit(actor, 'delete', 'report', id::text, removed, NULL);
    RETURN id;
END $$;
COMMENT ON FUNCTION delete_report IS 'Deletes a file of a report. What it was made of stays. Returns the file.';

CREATE FUNCTION drop_expired_reports() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    dropped integer;
BEGIN
    DELETE FROM report_file WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM report_file
        WHERE made_at < (SELECT (current_date - min(days))::timestamptz FROM report_retention)
        ORDER BY made_at LIMIT 100 FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION drop_expired_reports IS
    'Deletes reports that were made before their retention, 100 at most. Returns their number. Consumers call it regularly.';

CREATE FUNCTION put_report_preset(actor text, preset_name text, fields jsonb) RETURNS report_preset
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before  report_preset;
    changed report_preset;
BEGIN
    SELECT * INTO before FROM report_preset WHERE name = preset_name FOR UPDATE;
    changed := jsonb_populate_record(before, fields);
    INSERT INTO report_preset (
        name, title, low, high, excursion_low, excursion_high, is_frozen, source, created_by)
    VALUES (preset_name, changed.title, changed.low, changed.high, changed.excursion_low, changed.excursion_high,
            coalesce(changed.is_frozen, false), changed.source, left(actor, 200))
    ON CONFLICT (name) DO UPDATE SET
        title = excluded.title, low = excluded.low, high = excluded.high, excursion_low = excluded.excursion_low,
        excursion_high = excluded.excursion_high, is_frozen = excluded.is_frozen, source = excluded.source,
        changed_at = clock_timestamp()
    RETURNING * INTO changed;
    PERFORM record_audit(actor, CASE WHEN before.name IS NULL THEN 'create' ELSE 'change' END, 'report-preset', preset_name,
                         CASE WHEN before.name IS NOT NULL THEN to_jsonb(before) END, to_jsonb(changed));
    RETURN changed;
END $$;
COMMENT ON FUNCTION put_report_preset IS 'Adds a preset, or changes the fields that are given. Returns it.';

CREATE FUNCTION remove_report_preset(actor text, preset_name text) RETURNS report_preset
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed report_preset;
    used_by text;
BEGIN
    SELECT name INTO used_by FROM schedule WHERE kind = 'report' AND spec ->> 'preset' = preset_name ORDER BY name LIMIT 1;
    IF used_by IS NOT NULL THEN
        RAISE '%', format('The preset %s is used by the schedule %s: remove or change that first.', preset_name, used_by)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    DELETE FROM report_preset WHERE name = preset_name RETURNING * INTO removed;
    IF NOT FOUND THEN
        RAISE '%', format('There is no preset %s. `sensorctl report preset list` shows them.', preset_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    PERFORM record_audit(actor, 'remove', 'report-preset', preset_name, to_jsonb(removed), NULL);
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_report_preset IS
    'Removes a preset that no schedule uses. Reports that were made with it stay. Returns what it was.';

REVOKE EXECUTE ON FUNCTION
    store_report, delete_report, drop_expired_reports, put_report_preset, remove_report_preset
FROM PUBLIC;
