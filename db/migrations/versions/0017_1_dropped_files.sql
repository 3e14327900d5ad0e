-- Files that the reporter finds in the folder for work by itself, without a job that looks for them.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION request_file_version(file_path text, file_version text, file_spec jsonb, max_failures integer)
RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    previous workflow;
    new_id   uuid;
BEGIN
    -- Two that look at the same time request a file once.
    PERFORM pg_advisory_xact_lock(hashtextextended(format('file %s %s', file_path, file_version), 0));
    SELECT workflow.* INTO previous FROM file_claim JOIN workflow USING (workflow_id)
    WHERE path = file_path AND version = file_version;
    -- What has failed is requested again later, and what was cancelled only by a person.
    IF previous.workflow_id IS NOT NULL AND (
        previous.ended_at IS NULL OR previous.state = 'cancelled'
        OR (previous.state = 'failed' AND previous.ended_at > clock_timestamp() - interval '1 hour')) THEN
        RETURN NULL;
    END IF;
    SELECT requested.workflow_id INTO new_id FROM request_workflow(
        'files', 'file', file_spec, jsonb_build_array(jsonb_build_object(
            'kind', 'file', 'spec', file_spec, 'max_failures', max_failures)), '{}') AS requested;
    INSERT INTO file_claim (path, version, workflow_id, claimed_at)
    VALUES (file_path, file_version, new_id, clock_timestamp())
    ON CONFLICT (path, version) DO UPDATE SET workflow_id = excluded.workflow_id, claimed_at = excluded.claimed_at;
    RETURN new_id;
END $$;
COMMENT ON FUNCTION request_file_version IS
    'Requests a workflow for a version of a file, unless one has it. Returns the new workflow; null if there is none.';

CREATE OR REPLACE FUNCTION request_file(
    id uuid, own_attempt integer, file_path text, file_version text, file_spec jsonb, max_failures integer
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held job := hold_job(id, own_attempt);
BEGIN
    IF held.job_id IS NULL OR held.kind <> 'files' THEN
        RAISE 'The job that looks for files has lost its lease.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'job';
    END IF;
    RETURN request_file_version(file_path, file_version, file_spec, max_failures);
END $$;

CREATE FUNCTION request_dropped_file(
    file_path text, file_version text, names text[], file_spec jsonb, max_failures integer
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- What was requested by somebody says how to read files, and what their reports are like.
    IF EXISTS (SELECT FROM schedule WHERE kind = 'files' AND enabled)
        OR EXISTS (
            SELECT FROM workflow
            WHERE ended_at IS NULL AND (kind = 'files' OR (kind = 'file' AND spec ->> 'file' = ANY (names)))) THEN
        RETURN NULL;
    END IF;
    RETURN request_file_version(file_path, file_version, file_spec, max_failures);
END $$;
COMMENT ON FUNCTION request_dropped_file IS
    'Requests a workflow for a version of a file that was found in the folder for work, unless one has it, or a schedule '
    'or somebody requests the files there, or this one by one of its names. Returns the new workflow; null if there is '
    'none.';

REVOKE EXECUTE ON FUNCTION request_file_version, request_dropped_file FROM PUBLIC;
