-- Questions of jobs: a job that does not know what is meant is paused until somebody answers.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE job ADD COLUMN question jsonb CHECK (jsonb_typeof(question) = 'object');
COMMENT ON COLUMN job.question IS
    'What the job asks, with the options of an answer; it is paused until the answer. Null: nothing.';
COMMENT ON COLUMN workflow_event.event IS
    'What happened: requested, ready, claimed, progress, failure, worker-lost, released, needs-answer, pause, resume, '
    'answer, cancel, retry, or the name of the new state.';

CREATE FUNCTION ask_job(id uuid, own_attempt integer, new_question jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held    job := hold_job_of_workflow(id, own_attempt);
    outcome text;
BEGIN
    IF held.job_id IS NULL THEN  -- a worker that lost the answer repeats the call
        RETURN EXISTS (
            SELECT FROM job WHERE job_id = id AND attempt = own_attempt AND state = 'paused' AND question = new_question);
    END IF;
    outcome := CASE WHEN interrupted_state(held) = 'cancelled' THEN 'cancelled' ELSE 'paused' END;
    held.message := left(new_question ->> 'question', 2000);
    UPDATE job SET question = new_question WHERE job_id = id;
    -- The whole workflow waits for the answer: a paused job of a workflow that is to run would be resumed by none.
    UPDATE workflow SET desired_state = 'paused' WHERE workflow_id = held.workflow_id AND desired_state = 'running';
    WITH changed AS (
        UPDATE job SET state = 'paused'
        WHERE workflow_id = held.workflow_id AND state = 'ready' AND outcome = 'paused'
        RETURNING job_id, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor)
    SELECT held.workflow_id, job_id, 'paused', 'paused', attempt, 'worker:' || held.lease_owner FROM changed;
    PERFORM end_attempt(held, 'needs-answer', outcome, jsonb_build_object('question', new_question), NULL);
    PERFORM settle_workflow(held.workflow_id, 'worker:' || held.lease_owner);
    RETURN true;
END $$;
COMMENT ON FUNCTION ask_job IS
    'Ends the attempt of a job that needs an answer: it is paused, and its workflow with it, until answer_workflow. '
    'Returns false if the lease is lost.';

CREATE FUNCTION answer_workflow(actor text, id uuid, answer jsonb) RETURNS workflow
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    locked workflow := lock_workflow(id);
BEGIN
    IF jsonb_typeof(answer) IS DISTINCT FROM 'object' OR answer = '{}' THEN
        RAISE 'An answer is an object with at least one option.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'options';
    ELSIF NOT EXISTS (SELECT FROM job WHERE workflow_id = id AND state = 'paused' AND question IS NOT NULL) THEN
        RAISE '%', format('Workflow %s is %s, and asks nothing: there is nothing to answer.', id, locked.state) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'state';
    END IF;
    PERFORM change_desired_state(locked, 'running', 'answer', actor);
    WITH changed AS (
        UPDATE job SET
            state = 'ready', available_at = clock_timestamp(),
            message = CASE WHEN question IS NULL THEN message END,
            spec = CASE WHEN question IS NULL THEN spec
                        ELSE jsonb_set(spec, '{options}', coalesce(spec -> 'options', '{}') || answer) END,
            question = NULL
        WHERE workflow_id = id AND state = 'paused'
        RETURNING job_id, attempt
    )
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor, detail)
    SELECT id, job_id, 'ready', 'ready', attempt, left(answer_workflow.actor, 200), jsonb_build_object('answer', answer)
    FROM changed;
    RETURN settle_workflow(id, actor);
END $$;
COMMENT ON FUNCTION answer_workflow IS
    'Adds an answer to the options of the jobs that ask, and lets the workflow continue. Returns it.';

REVOKE EXECUTE ON FUNCTION ask_job, answer_workflow FROM PUBLIC;
