-- The functions that request workflows and change what is desired of them.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION request_workflow(actor text, kind text, spec jsonb, jobs jsonb, options jsonb)
RETURNS TABLE (workflow_id uuid, created boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    requested workflow;
    existing  workflow;
    at        timestamptz := clock_timestamp();
BEGIN
    IF jsonb_typeof(jobs) IS DISTINCT FROM 'array' OR jobs = '[]' THEN
        RAISE 'A workflow has at least one job.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'jobs';
    ELSIF jsonb_array_length(jobs) > 100000 THEN
        RAISE '%', format('A workflow has at most 100,000 jobs, not %s: request longer parts.', jsonb_array_length(jobs))
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'jobs';
    ELSIF (options ->> 'max_running')::integer < 1 THEN
        RAISE 'At least one job of a workflow must be allowed to run.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'max_running';
    END IF;
    -- A concurrent request with the same key waits here for the first one.
    INSERT INTO workflow (kind, spec, idempotency_key, request_digest, requested_by, requested_at, schedule,
                          scheduled_for, rerun_of, max_running)
    VALUES (request_workflow.kind, request_workflow.spec, options ->> 'idempotency_key', options ->> 'request_digest',
            left(actor, 200), at, options ->> 'schedule', (options ->> 'scheduled_for')::timestamptz,
            (options ->> 'rerun_of')::uuid, (options ->> 'max_running')::integer)
    ON CONFLICT (requested_by, idempotency_key) DO NOTHING
    RETURNING * INTO requested;
    IF requested.workflow_id IS NULL THEN
        SELECT * INTO existing FROM workflow
        WHERE requested_by = left(actor, 200) AND idempotency_key = options ->> 'idempotency_key';
        IF existing.request_digest IS DISTINCT FROM options ->> 'request_digest' THEN
            RAISE '%', format('The idempotency key %s was used for another request, workflow %s: use a new key.',
                              existing.idempotency_key, existing.workflow_id) USING
                ERRCODE = 'invalid_parameter_value', COLUMN = 'idempotency_key';
        END IF;
        RETURN QUERY SELECT existing.workflow_id, false;
        RETURN;
    END IF;
    PERFORM record_workflow_event(requested.workflow_id, NULL, 'requested', 'ready', NULL, actor, jsonb_build_object(
        'kind', requested.kind, 'jobs', jsonb_array_length(jobs), 'schedule', requested.schedule,
        'scheduled_for', requested.scheduled_for, 'rerun_of', requested.rerun_of));
    WITH added AS (
        INSERT INTO job (workflow_id, kind, position, spec, max_failures, state, available_at)
        SELECT requested.workflow_id, coalesce(item ->> 'kind', requested.kind), number - 1,
               coalesce(item -> 'spec', '{}'), coalesce((item ->> 'max_failures')::integer, 5),
               CASE WHEN number <= coalesce(requested.max_running, number) THEN 'ready' ELSE 'pending' END, at
        FROM jsonb_array_elements(jobs) WITH ORDINALITY AS element (item, number)
        RETURNING job_id, state, position
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT requested.workflow_id, job_id, 'ready', 'ready', 0, left(request_workflow.actor, 200)
    FROM added WHERE state = 'ready' ORDER BY position;
    RETURN QUERY SELECT requested.workflow_id, true;
END $$;
COMMENT ON FUNCTION request_workflow IS
    'Requests a workflow with its jobs. A repetition with the same actor, idempotency key and digest requests no second '
    'one. Returns the workflow, and whether it is new.';

CREATE FUNCTION cancel_workflow(actor text, id uuid) RETURNS workflow
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow := lock_workflow(id);
BEGIN
    IF locked.state IN ('succeeded', 'failed') THEN
        RAISE '%', format('Workflow %s has ended already (%s): there is nothing to cancel.', id, locked.state) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'state';
    ELSIF locked.state IN ('cancelling', 'cancelled') THEN
        RETURN locked;
    END IF;
    PERFORM change_desired_state(locked, 'cancelled', 'cancel', actor);
    WITH changed AS (
        UPDATE job SET
            state = CASE WHEN state = 'running' THEN 'cancelling' ELSE 'cancelled' END,
            ended_at = CASE WHEN state <> 'running' THEN clock_timestamp() END
        WHERE workflow_id = id AND state IN ('pending', 'ready', 'paused', 'running')
        RETURNING job_id, state, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT id, job_id, state, state, attempt, left(cancel_workflow.actor, 200) FROM changed;
    RETURN settle_workflow(id, actor);
END $$;
COMMENT ON FUNCTION cancel_workflow IS
    'Cancels a workflow: its jobs that no worker executes at once, the others when their worker stops. Returns it.';

CREATE FUNCTION pause_workflow(actor text, id uuid) RETURNS workflow
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow := lock_workflow(id);
BEGIN
    IF has_ended(locked.state) OR locked.state = 'cancelling' THEN
        RAISE '%', format('Workflow %s is %s: it cannot be paused.', id, locked.state) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'state';
    ELSIF locked.desired_state = 'paused' THEN
        RETURN locked;
    END IF;
    PERFORM change_desired_state(locked, 'paused', 'pause', actor);
    WITH changed AS (
        UPDATE job SET state = 'paused' WHERE workflow_id = id AND state = 'ready'
        RETURNING job_id, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT id, job_id, 'paused', 'paused', attempt, left(pause_workflow.actor, 200) FROM changed;
    RETURN settle_workflow(id, actor);
END $$;
COMMENT ON FUNCTION pause_workflow IS
    'Pauses a workflow: its ready jobs at once, the others at their next checkpoint. Returns it.';

CREATE FUNCTION resume_workflow(actor text, id uuid) RETURNS workflow
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow := lock_workflow(id);
BEGIN
    IF has_ended(locked.state) OR locked.state = 'cancelling' THEN
        RAISE '%', format('Workflow %s is %s: it cannot be resumed. %s', id, locked.state,
            CASE locked.state
                WHEN 'cancelling' THEN 'Retry it once it is cancelled.'
                WHEN 'succeeded' THEN 'Run it again as a new workflow: rerun.'
                ELSE 'Retry it.' END) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'state';
    ELSIF locked.desired_state = 'running' THEN
        RETURN locked;
    END IF;
    PERFORM change_desired_state(locked, 'running', 'resume', actor);
    WITH changed AS (
        UPDATE job SET state = 'ready' WHERE workflow_id = id AND state = 'paused'
        RETURNING job_id, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT id, job_id, 'ready', 'ready', attempt, left(resume_workflow.actor, 200) FROM changed;
    RETURN settle_workflow(id, actor);
END $$;
COMMENT ON FUNCTION resume_workflow IS 'Lets a paused workflow continue. Returns it.';

CREATE FUNCTION retry_workflow(actor text, id uuid) RETURNS workflow
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow := lock_workflow(id);
BEGIN
    IF locked.state NOT IN ('failed', 'cancelled') THEN
        RAISE '%', format(
            'Workflow %s is %s: only failed and cancelled workflows can be retried. Rerun it as a new workflow.',
            id, locked.state) USING ERRCODE = 'invalid_parameter_value', COLUMN = 'state';
    END IF;
    PERFORM change_desired_state(locked, 'running', 'retry', actor);
    UPDATE workflow SET ended_at = NULL, error = NULL WHERE workflow_id = id;
    WITH changed AS (
        UPDATE job SET
            state = CASE WHEN locked.max_running IS NULL THEN 'ready' ELSE 'pending' END,
            failures = 0, losses = 0, error = NULL, ended_at = NULL, available_at = clock_timestamp()
        WHERE workflow_id = id AND state IN ('failed', 'cancelled')
        RETURNING job_id, state, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT id, job_id, state, state, attempt, left(retry_workflow.actor, 200) FROM changed;
    RETURN settle_workflow(id, actor);
END $$;
COMMENT ON FUNCTION retry_workflow IS
    'Lets the failed and cancelled jobs of an ended workflow continue from their checkpoints. Returns the workflow.';

REVOKE EXECUTE ON FUNCTION request_workflow, cancel_workflow, pause_workflow, resume_workflow, retry_workflow FROM PUBLIC;
