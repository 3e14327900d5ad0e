-- How the states of jobs and workflows follow from each other. These functions are called by those that follow.
--
-- Lock order: a schedule, then workflows in the order of workflow_id, then their jobs, then a source. A claim locks jobs
-- before workflows, and therefore never waits: it skips what is locked. It alone changes the state of a job without the
-- lock of its workflow, from ready to running.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION has_ended(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$ SELECT state IN ('succeeded', 'failed', 'cancelled') $$;
COMMENT ON FUNCTION has_ended IS 'Returns whether a workflow or a job in this state has ended.';

CREATE FUNCTION settle_workflow(id uuid, actor text) RETURNS workflow
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    settled   workflow;
    was       text;
    places    bigint;
    job_error text;
BEGIN
    SELECT * INTO settled FROM workflow WHERE workflow_id = id FOR NO KEY UPDATE;
    was := settled.state;
    IF settled.desired_state = 'running' AND EXISTS (SELECT FROM job WHERE workflow_id = id AND state = 'pending') THEN
        places := settled.max_running - (
            SELECT count(*) FROM job
            WHERE workflow_id = id AND state IN ('ready', 'running', 'paused', 'cancelling'));
        WITH next AS MATERIALIZED (
            SELECT job_id FROM job WHERE workflow_id = id AND state = 'pending'
            ORDER BY position LIMIT CASE WHEN places < 0 THEN 0 ELSE places END FOR NO KEY UPDATE
        ), released AS (
            UPDATE job SET state = 'ready', available_at = clock_timestamp() FROM next WHERE job.job_id = next.job_id
            RETURNING job.job_id, attempt
        )
        INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
        SELECT id, job_id, 'ready', 'ready', attempt, left(settle_workflow.actor, 200) FROM released;
    END IF;
    IF settled.started_at IS NULL THEN  -- the claim of its first job has skipped it
        SELECT min(started_at) INTO settled.started_at FROM job WHERE workflow_id = id AND attempt > 0;
    END IF;
    IF EXISTS (
        SELECT FROM job WHERE workflow_id = id AND state IN ('pending', 'ready', 'running', 'paused', 'cancelling')
    ) THEN
        settled.state := CASE
            WHEN settled.desired_state = 'cancelled' THEN 'cancelling'
            WHEN settled.desired_state = 'paused'
                 AND NOT EXISTS (SELECT FROM job WHERE workflow_id = id AND state IN ('running', 'cancelling'))
                THEN 'paused'
            WHEN settled.started_at IS NULL THEN 'ready'
            ELSE 'running' END;
    ELSE
        settled.state := CASE
            WHEN EXISTS (SELECT FROM job WHERE workflow_id = id AND state = 'cancelled') THEN 'cancelled'
            WHEN EXISTS (SELECT FROM job WHERE workflow_id = id AND state = 'failed') THEN 'failed'
            ELSE 'succeeded' END;
    END IF;
    IF settled.state = was THEN
        RETURN settled;
    END IF;
    IF has_ended(settled.state) THEN
        settled.ended_at := clock_timestamp();
        SELECT error INTO job_error FROM job WHERE workflow_id = id AND state = 'failed' ORDER BY position LIMIT 1;
        settled.error := job_error;
    END IF;
    UPDATE workflow SET
        state = settled.state, started_at = settled.started_at, ended_at = settled.ended_at, error = settled.error
    WHERE workflow_id = id;
    PERFORM record_workflow_event(id, NULL, settled.state, settled.state, NULL, settle_workflow.actor,
                                  jsonb_build_object('error', settled.error));
    RETURN settled;
END $$;
COMMENT ON FUNCTION settle_workflow IS
    'Makes pending jobs ready where there are places, and derives the state of a workflow from its jobs.';

CREATE FUNCTION interrupted_state(held job) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT AS $$
    SELECT CASE
        WHEN held.state = 'cancelling' OR desired_state = 'cancelled' THEN 'cancelled'
        WHEN desired_state = 'paused' THEN 'paused'
        ELSE 'ready' END
    FROM workflow WHERE workflow_id = held.workflow_id
$$;
COMMENT ON FUNCTION interrupted_state IS
    'Returns what a job becomes whose attempt ends before its work does, by what is desired.';

CREATE FUNCTION end_attempt(held job, event text, new_state text, detail jsonb, available_at timestamptz) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    UPDATE job SET
        state = new_state, lease_owner = NULL, lease_seconds = NULL, lease_ends_at = NULL,
        failures = held.failures, losses = held.losses, error = held.error, counts = held.counts,
        message = held.message, available_at = coalesce(end_attempt.available_at, clock_timestamp()),
        ended_at = CASE WHEN has_ended(new_state) THEN clock_timestamp() END
    WHERE job_id = held.job_id;
    PERFORM record_workflow_event(held.workflow_id, held.job_id, end_attempt.event, new_state, held.attempt,
                                  'worker:' || held.lease_owner, end_attempt.detail);
END $$;
COMMENT ON FUNCTION end_attempt IS
    'Ends the attempt of a job that is locked with its workflow, and records it. The caller settles the workflow.';

CREATE FUNCTION lose_worker(held job) RETURNS text
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    outcome text := interrupted_state(held);
BEGIN
    held.losses := held.losses + 1;
    IF held.losses >= 5 THEN
        held.failures := held.failures + 1;
        held.error := format('The worker was lost %s times without a checkpoint in between.', held.losses);
        IF outcome = 'ready' AND held.failures >= held.max_failures THEN
            outcome := 'failed';
        END IF;
    END IF;
    PERFORM end_attempt(held, 'worker-lost', outcome, jsonb_build_object(
        'worker', held.lease_owner, 'lease_ended_at', held.lease_ends_at, 'losses', held.losses,
        'error', CASE WHEN outcome = 'failed' THEN held.error END), held.available_at);
    RETURN outcome;
END $$;
COMMENT ON FUNCTION lose_worker IS
    'Ends the attempt of a job whose lease has expired, and which is locked with its workflow. Returns the new state. The '
    'caller settles the workflow.';

CREATE FUNCTION lock_workflow(id uuid) RETURNS workflow
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow;
BEGIN
    SELECT * INTO locked FROM workflow WHERE workflow_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no workflow %s. `sensorctl workflow list` shows them.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'workflow_id';
    END IF;
    RETURN locked;
END $$;
COMMENT ON FUNCTION lock_workflow IS 'Locks a workflow, or refuses an unknown one.';

CREATE FUNCTION change_desired_state(locked workflow, desired text, event text, actor text) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    held job;
BEGIN
    UPDATE workflow SET desired_state = desired WHERE workflow_id = locked.workflow_id;
    PERFORM record_workflow_event(locked.workflow_id, NULL, change_desired_state.event, NULL, NULL,
                                  change_desired_state.actor, NULL);
    FOR held IN
        SELECT * FROM job WHERE workflow_id = locked.workflow_id AND state IN ('running', 'cancelling')
            AND lease_ends_at < clock_timestamp()
        FOR NO KEY UPDATE
    LOOP
        PERFORM lose_worker(held);
    END LOOP;
END $$;
COMMENT ON FUNCTION change_desired_state IS
    'Changes what is desired of a locked workflow, and ends the attempts of lost workers.';

REVOKE EXECUTE ON FUNCTION
    has_ended, settle_workflow, interrupted_state, end_attempt, lose_worker, lock_workflow, change_desired_state
FROM PUBLIC;
