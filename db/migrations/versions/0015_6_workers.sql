-- The functions of workers. What they write requires the attempt that they claimed.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION report_worker(worker_name text, job_kinds text[], worker_version text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO worker AS reported (name, kinds, version) VALUES (worker_name, job_kinds, worker_version)
    ON CONFLICT (name) DO UPDATE SET
        kinds = excluded.kinds, version = excluded.version, seen_at = excluded.seen_at,
        started_at = CASE WHEN reported.seen_at < excluded.seen_at - interval '1 minute' THEN excluded.started_at
                          ELSE reported.started_at END;
    DELETE FROM worker WHERE name IN (
        SELECT name FROM worker WHERE seen_at < clock_timestamp() - interval '1 day' FOR UPDATE SKIP LOCKED);
END $$;
COMMENT ON FUNCTION report_worker IS 'Records that a worker is there. It removes those that were not for a day.';

CREATE FUNCTION claim_job(worker_name text, job_kinds text[], seconds double precision) RETURNS job
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    at      timestamptz := clock_timestamp();
    lost    job[];
    held    job;
    claimed job;
    parent  workflow;
BEGIN
    SELECT array_agg(found.job) INTO lost FROM (
        SELECT job FROM job JOIN workflow USING (workflow_id)
        WHERE job.state IN ('running', 'cancelling') AND lease_ends_at < at
        LIMIT 20 FOR NO KEY UPDATE SKIP LOCKED
    ) AS found;
    FOREACH held IN ARRAY coalesce(lost, '{}') LOOP
        IF lose_worker(held) <> 'ready' THEN
            PERFORM settle_workflow(held.workflow_id, 'worker:' || worker_name);
        END IF;
    END LOOP;
    SELECT * INTO claimed FROM job WHERE state = 'ready' AND available_at <= at AND kind = ANY (job_kinds)
    ORDER BY available_at, position LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF claimed.job_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE job SET
        state = 'running', attempt = attempt + 1, lease_owner = worker_name, lease_seconds = seconds,
        lease_ends_at = clock_timestamp() + make_interval(secs => seconds), progress_at = clock_timestamp(),
        started_at = coalesce(started_at, clock_timestamp())
    WHERE job_id = claimed.job_id RETURNING * INTO claimed;
    PERFORM record_workflow_event(claimed.workflow_id, claimed.job_id, 'claimed', 'running', claimed.attempt,
                                  'worker:' || worker_name, NULL);
    UPDATE workflow SET state = 'running', started_at = coalesce(started_at, clock_timestamp())
    WHERE workflow_id IN (
        SELECT workflow_id FROM workflow WHERE workflow_id = claimed.workflow_id AND state = 'ready'
        FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING * INTO parent;
    IF FOUND THEN
        PERFORM record_workflow_event(parent.workflow_id, NULL, 'running', 'running', NULL, 'worker:' || worker_name, NULL);
    END IF;
    RETURN claimed;
END $$;
COMMENT ON FUNCTION claim_job IS
    'Claims the next job of these kinds for a worker and for some seconds; null if there is none. Before, it ends the '
    'attempts of workers whose lease has expired.';

CREATE FUNCTION hold_job(id uuid, own_attempt integer) RETURNS job
LANGUAGE sql
SET search_path FROM CURRENT AS $$
    SELECT * FROM job WHERE job_id = id AND attempt = own_attempt AND state IN ('running', 'cancelling') FOR NO KEY UPDATE
$$;
COMMENT ON FUNCTION hold_job IS 'Locks a job for the attempt that has its lease; null if another has it, or none.';

CREATE FUNCTION hold_job_of_workflow(id uuid, own_attempt integer) RETURNS job
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM workflow WHERE workflow_id = (SELECT workflow_id FROM job WHERE job_id = id) FOR NO KEY UPDATE;
    RETURN hold_job(id, own_attempt);
END $$;
COMMENT ON FUNCTION hold_job_of_workflow IS 'Locks the workflow of a job, and then the job as hold_job does.';

CREATE FUNCTION job_instruction(held job) RETURNS text
LANGUAGE sql STABLE
SET search_path FROM CURRENT AS $$
    SELECT CASE interrupted_state(held) WHEN 'cancelled' THEN 'cancel' WHEN 'paused' THEN 'pause' ELSE 'run' END
$$;
COMMENT ON FUNCTION job_instruction IS 'Returns what the worker of a job is to do: run, pause or cancel.';

CREATE FUNCTION renew_lease(id uuid, own_attempt integer, seconds double precision) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held job := hold_job(id, own_attempt);
BEGIN
    IF held.job_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE job SET lease_seconds = seconds, lease_ends_at = clock_timestamp() + make_interval(secs => seconds)
    WHERE job_id = id;
    RETURN job_instruction(held);
END $$;
COMMENT ON FUNCTION renew_lease IS
    'Renews the lease of a job for some seconds. Returns run, pause or cancel; null if the lease is lost.';

CREATE FUNCTION save_checkpoint(
    id uuid, own_attempt integer, new_checkpoint jsonb, new_done bigint, new_total bigint, new_counts jsonb,
    new_message text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held   job := hold_job(id, own_attempt);
    at     timestamptz := clock_timestamp();
    is_due boolean;
BEGIN
    IF held.job_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- A job that runs for a year has some hundred thousand events then, instead of six million.
    is_due := held.progress_at <= at - greatest(
        interval '5 seconds', least((at - held.started_at) / 100, interval '5 minutes'));
    UPDATE job SET
        checkpoint = new_checkpoint, done = new_done, total = new_total, counts = coalesce(new_counts, counts),
        message = coalesce(new_message, message), losses = 0, lease_ends_at = at + make_interval(secs => lease_seconds),
        progress_at = CASE WHEN is_due THEN at ELSE progress_at END
    WHERE job_id = id RETURNING * INTO held;
    IF is_due THEN
        PERFORM record_workflow_event(held.workflow_id, id, 'progress', NULL, own_attempt, 'worker:' || held.lease_owner,
            jsonb_build_object('done', held.done, 'total', held.total, 'counts', held.counts, 'message', held.message));
    END IF;
    RETURN job_instruction(held);
END $$;
COMMENT ON FUNCTION save_checkpoint IS
    'Saves what a later attempt continues from, with the progress, and renews the lease. Returns what renew_lease returns.';

CREATE FUNCTION finish_job(id uuid, own_attempt integer, new_counts jsonb, new_message text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held job := hold_job_of_workflow(id, own_attempt);
BEGIN
    IF held.job_id IS NULL THEN  -- a worker that lost the answer repeats the call
        RETURN EXISTS (SELECT FROM job WHERE job_id = id AND attempt = own_attempt AND state = 'succeeded');
    END IF;
    held.counts := coalesce(new_counts, held.counts);
    held.message := coalesce(new_message, held.message);
    held.error := NULL;
    PERFORM end_attempt(held, 'succeeded', 'succeeded', jsonb_build_object(
        'done', held.done, 'total', held.total, 'counts', held.counts, 'message', held.message), NULL);
    PERFORM settle_workflow(held.workflow_id, 'worker:' || held.lease_owner);
    RETURN true;
END $$;
COMMENT ON FUNCTION finish_job IS 'Ends a job as succeeded. Returns false if the lease is lost.';

CREATE FUNCTION fail_job(
    id uuid, own_attempt integer, new_error text, may_retry boolean, retry_after_seconds double precision
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held      job := hold_job_of_workflow(id, own_attempt);
    outcome   text;
    delay     double precision;
BEGIN
    IF held.job_id IS NULL THEN
        RETURN false;
    END IF;
    held.failures := held.failures + 1;
    held.error := left(new_error, 2000);
    outcome := interrupted_state(held);
    IF outcome <> 'cancelled' AND (NOT may_retry OR held.failures >= held.max_failures) THEN
        outcome := 'failed';
    END IF;
    -- Jitter, so that jobs which failed together do not all return together.
    delay := greatest(0, least(coalesce(
        retry_after_seconds, least(300, 2 ^ least(held.failures - 1, 20)) * (0.5 + random() / 2)), 86400));
    PERFORM end_attempt(held, 'failure', outcome, jsonb_build_object(
        'error', held.error, 'failures', held.failures, 'max_failures', held.max_failures,
        'retry_seconds', CASE WHEN outcome IN ('ready', 'paused') THEN round(delay::numeric, 1) END),
        clock_timestamp() + make_interval(secs => delay));
    IF outcome <> 'ready' THEN
        PERFORM settle_workflow(held.workflow_id, 'worker:' || held.lease_owner);
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION fail_job IS
    'Ends an attempt as failed, and the job, too, if it may not be retried or has failed max_failures times. The next '
    'attempt starts after the seconds, or after 1, 2, 4 … up to 300. Returns false if the lease is lost.';

CREATE FUNCTION release_job(id uuid, own_attempt integer, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held    job := hold_job_of_workflow(id, own_attempt);
    outcome text;
BEGIN
    IF reason IS NULL OR reason NOT IN ('shutdown', 'pause', 'cancel') THEN
        RAISE '%', format('A job is released because of shutdown, pause or cancel, not %s.', reason) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'reason';
    ELSIF held.job_id IS NULL THEN
        RETURN false;
    END IF;
    outcome := interrupted_state(held);
    PERFORM end_attempt(held, 'released', outcome, jsonb_build_object('reason', reason), held.available_at);
    IF outcome <> 'ready' THEN
        PERFORM settle_workflow(held.workflow_id, 'worker:' || held.lease_owner);
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION release_job IS
    'Ends an attempt that did not fail. The job becomes cancelled or paused if that is desired by now, else ready. Returns '
    'false if the lease is lost.';

CREATE FUNCTION cover_source(id uuid, own_attempt integer, source_name text, new_range tstzrange, new_cursor timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held job := hold_job_of_workflow(id, own_attempt);
BEGIN
    IF held.job_id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM FROM source WHERE name = source_name FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no source %s any more.', source_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'source';
    END IF;
    INSERT INTO source_coverage AS existing (source, covered) VALUES (source_name, tstzmultirange(new_range))
    ON CONFLICT (source) DO UPDATE SET covered = existing.covered + excluded.covered;
    UPDATE source SET cursor = greatest(cursor, new_cursor)
    WHERE name = source_name AND (cursor IS NULL OR cursor < new_cursor);
    RETURN true;
END $$;
COMMENT ON FUNCTION cover_source IS
    'Records that a time of a source was read completely, and with a cursor, up to when. For the transaction of '
    'save_checkpoint or finish_job, before it. Returns false if the lease is lost.';

REVOKE EXECUTE ON FUNCTION
    report_worker, claim_job, hold_job, hold_job_of_workflow, job_instruction, renew_lease, save_checkpoint, finish_job,
    fail_job, release_job, cover_source
FROM PUBLIC;
