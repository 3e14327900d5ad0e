-- Versions of files, each of which one workflow processes, however often it is requested.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE file_claim (
    path        text        NOT NULL CHECK (length(path) BETWEEN 1 AND 1000),
    version     text        NOT NULL CHECK (length(version) BETWEEN 1 AND 1000),
    workflow_id uuid        NOT NULL REFERENCES workflow,
    claimed_at  timestamptz NOT NULL,
    PRIMARY KEY (path, version)
);
CREATE INDEX file_claim_workflow ON file_claim (workflow_id);
COMMENT ON INDEX file_claim_workflow IS 'Finds the file of a workflow.';
COMMENT ON TABLE file_claim IS
    'Which workflow processes, or has processed, a version of a file: one row per version of a file.';
COMMENT ON COLUMN file_claim.path IS 'Path of the file below the WebDAV folder.';
COMMENT ON COLUMN file_claim.version IS 'ETag of the file, or where the server has none, its size and time.';
COMMENT ON COLUMN file_claim.workflow_id IS 'The workflow.';
COMMENT ON COLUMN file_claim.claimed_at IS 'Since when.';

CREATE FUNCTION claim_file(id uuid, own_attempt integer, file_path text, file_version text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held  job := hold_job(id, own_attempt);
    owner uuid;
BEGIN
    IF held.job_id IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO file_claim AS existing (path, version, workflow_id, claimed_at)
    VALUES (file_path, file_version, held.workflow_id, clock_timestamp())
    ON CONFLICT (path, version) DO UPDATE SET workflow_id = held.workflow_id, claimed_at = clock_timestamp()
    WHERE (SELECT ended_at IS NOT NULL FROM workflow WHERE workflow.workflow_id = existing.workflow_id);
    SELECT workflow_id INTO STRICT owner FROM file_claim WHERE path = file_path AND version = file_version;
    RETURN owner;
END $$;
COMMENT ON FUNCTION claim_file IS
    'Lets the workflow of a job process a version of a file, unless another does that and has not ended. Returns the '
    'workflow that has it; null if the lease is lost.';

CREATE FUNCTION request_file(
    id uuid, own_attempt integer, file_path text, file_version text, file_spec jsonb, max_failures integer
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held     job := hold_job(id, own_attempt);
    previous workflow;
    new_id   uuid;
BEGIN
    IF held.job_id IS NULL OR held.kind <> 'files' THEN
        RAISE 'The job that looks for files has lost its lease.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'job';
    END IF;
    -- Two jobs that look at the same time request a file once.
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
COMMENT ON FUNCTION request_file IS
    'Requests a workflow for a version of a file, for a job that looks for files, unless one has it. Returns the new '
    'workflow; null if there is none.';

CREATE FUNCTION release_file(id uuid, own_attempt integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held job := hold_job(id, own_attempt);
BEGIN
    DELETE FROM file_claim WHERE workflow_id = held.workflow_id;
END $$;
COMMENT ON FUNCTION release_file IS
    'Lets other workflows process the version of a file that the workflow of a job has, after it was moved elsewhere: '
    'somebody may move it back.';

REVOKE EXECUTE ON FUNCTION claim_file, request_file, release_file FROM PUBLIC;
