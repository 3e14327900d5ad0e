-- Workflows and their jobs. Only functions of this version change them.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE workflow (
    workflow_id     uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    spec            jsonb       NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
    idempotency_key text        CHECK (length(idempotency_key) BETWEEN 1 AND 300),
    request_digest  text,
    desired_state   text        NOT NULL DEFAULT 'running' CHECK (desired_state IN ('running', 'paused', 'cancelled')),
    state           text        NOT NULL DEFAULT 'ready' CHECK (
        state IN ('ready', 'running', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled')),
    requested_by    text        NOT NULL CHECK (length(requested_by) BETWEEN 1 AND 200),
    requested_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    schedule        text,
    scheduled_for   timestamptz,
    rerun_of        uuid        REFERENCES workflow,
    max_running     integer     CHECK (max_running > 0),
    started_at      timestamptz,
    ended_at        timestamptz,
    error           text,
    UNIQUE (requested_by, idempotency_key)
) WITH (fillfactor = 70);
CREATE INDEX workflow_requested ON workflow (requested_at, workflow_id);
COMMENT ON INDEX workflow_requested IS 'Lists the newest workflows.';
CREATE INDEX workflow_schedule ON workflow (schedule, scheduled_for) WHERE schedule IS NOT NULL;
COMMENT ON INDEX workflow_schedule IS 'Finds the workflows that a schedule requested.';
CREATE INDEX workflow_open ON workflow (schedule) WHERE state IN ('ready', 'running', 'paused', 'cancelling');
COMMENT ON INDEX workflow_open IS 'Finds the workflows that have not ended.';
CREATE INDEX workflow_failed ON workflow (ended_at) WHERE state = 'failed';
COMMENT ON INDEX workflow_failed IS 'Finds the workflows that failed lately.';
CREATE INDEX workflow_rerun ON workflow (rerun_of) WHERE rerun_of IS NOT NULL;
COMMENT ON INDEX workflow_rerun IS 'Finds the workflows that repeat another.';
COMMENT ON TABLE workflow IS 'Work that was requested: one row per workflow, which has one or more jobs.';
COMMENT ON COLUMN workflow.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow.kind IS 'What it does, such as rest, live, backfill or dummy.';
COMMENT ON COLUMN workflow.spec IS 'What was requested. It contains no secrets, only their names.';
COMMENT ON COLUMN workflow.idempotency_key IS 'Key of the request: its repetition requests no second workflow. Null: none.';
COMMENT ON COLUMN workflow.request_digest IS 'Digest of the request, by which a repetition is recognised.';
COMMENT ON COLUMN workflow.desired_state IS 'What is requested now: running, paused or cancelled.';
COMMENT ON COLUMN workflow.state IS
    'Derived from its jobs: ready (none has started), running, paused, cancelling, succeeded, failed or cancelled.';
COMMENT ON COLUMN workflow.requested_by IS 'Who requested it, as in audit; schedule:NAME for a schedule.';
COMMENT ON COLUMN workflow.requested_at IS 'When it was requested.';
COMMENT ON COLUMN workflow.schedule IS 'The schedule that requested it; else null.';
COMMENT ON COLUMN workflow.scheduled_for IS 'For which time the schedule requested it; else null.';
COMMENT ON COLUMN workflow.rerun_of IS 'The workflow that it repeats; else null.';
COMMENT ON COLUMN workflow.max_running IS 'How many of its jobs may be ready or run at once; null: all.';
COMMENT ON COLUMN workflow.started_at IS 'When its first job started; null: none has.';
COMMENT ON COLUMN workflow.ended_at IS 'When its last job ended; null: it has not ended.';
COMMENT ON COLUMN workflow.error IS 'Why it failed; else null.';

CREATE TABLE job (
    job_id        uuid             PRIMARY KEY DEFAULT gen_random_uuid(),
    workflow_id   uuid             NOT NULL REFERENCES workflow,
    kind          text             NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    position      integer          NOT NULL CHECK (position >= 0),
    spec          jsonb            NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
    state         text             NOT NULL CHECK (
        state IN ('pending', 'ready', 'running', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled')),
    attempt       integer          NOT NULL DEFAULT 0,
    failures      integer          NOT NULL DEFAULT 0,
    max_failures  integer          NOT NULL DEFAULT 5 CHECK (max_failures > 0),
    losses        integer          NOT NULL DEFAULT 0,
    available_at  timestamptz      NOT NULL DEFAULT clock_timestamp(),
    lease_owner   text,
    lease_seconds double precision CHECK (lease_seconds > 0 AND lease_seconds <= 3600),
    lease_ends_at timestamptz,
    checkpoint    jsonb,
    done          bigint           NOT NULL DEFAULT 0 CHECK (done >= 0),
    total         bigint           CHECK (total >= 0),
    counts        jsonb            NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(counts) = 'object'),
    message       text,
    error         text,
    progress_at   timestamptz,
    started_at    timestamptz,
    ended_at      timestamptz,
    CHECK ((state IN ('running', 'cancelling')) = (lease_ends_at IS NOT NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    UNIQUE (workflow_id, position)
) WITH (fillfactor = 70);
CREATE INDEX job_state ON job (workflow_id, state, position);
COMMENT ON INDEX job_state IS 'Finds the jobs of a workflow that are in a state.';
CREATE INDEX job_ready ON job (available_at, position) WHERE state = 'ready';
COMMENT ON INDEX job_ready IS 'Finds the next job to claim, however many have ended.';
-- Not of the end of the lease: each renewal would change the index.
CREATE INDEX job_leased ON job (job_id) WHERE state IN ('running', 'cancelling');
COMMENT ON INDEX job_leased IS 'Finds the jobs whose lease may have expired.';
CREATE INDEX job_unfinished ON job ((spec ->> 'source')) WHERE state NOT IN ('succeeded', 'cancelled');
COMMENT ON INDEX job_unfinished IS 'Finds what jobs have yet to fetch of a source, or could not fetch.';
COMMENT ON TABLE job IS 'The parts of workflows that a worker executes one at a time: one row per job.';
COMMENT ON COLUMN job.job_id IS 'The job.';
COMMENT ON COLUMN job.workflow_id IS 'Its workflow.';
COMMENT ON COLUMN job.kind IS 'Which code of the worker executes it.';
COMMENT ON COLUMN job.position IS 'Its number in the workflow, from 0, in which order jobs start.';
COMMENT ON COLUMN job.spec IS 'What it has to do. It contains no secrets, only their names.';
COMMENT ON COLUMN job.state IS
    'pending (waits for a place under max_running), ready, running, paused, cancelling, succeeded, failed or cancelled.';
COMMENT ON COLUMN job.attempt IS
    'How often it was claimed. The number of the current attempt is required for whatever its worker writes.';
COMMENT ON COLUMN job.failures IS 'How many attempts have failed since it was requested or retried.';
COMMENT ON COLUMN job.max_failures IS 'With how many failures it is failed.';
COMMENT ON COLUMN job.losses IS
    'How often its worker was lost since the last checkpoint; from the fifth time on it counts as a failure.';
COMMENT ON COLUMN job.available_at IS 'From when on a ready job may be claimed.';
COMMENT ON COLUMN job.lease_owner IS 'The worker that executes it; else null.';
COMMENT ON COLUMN job.lease_seconds IS 'For how long its lease is renewed; null: no worker has it.';
COMMENT ON COLUMN job.lease_ends_at IS
    'When its lease ends by the clock of the database. From then on any worker may claim the job.';
COMMENT ON COLUMN job.checkpoint IS 'What the next attempt continues from; null: from the beginning.';
COMMENT ON COLUMN job.done IS 'How much is done, in units of the kind.';
COMMENT ON COLUMN job.total IS 'How much there is to do, in units of the kind; null: unknown.';
COMMENT ON COLUMN job.counts IS 'What it counted, such as published and skipped values.';
COMMENT ON COLUMN job.message IS 'What it reported last.';
COMMENT ON COLUMN job.error IS 'Why its last attempt failed; null: it did not.';
COMMENT ON COLUMN job.progress_at IS 'When its progress was last recorded as an event.';
COMMENT ON COLUMN job.started_at IS 'When its first attempt started.';
COMMENT ON COLUMN job.ended_at IS 'When it succeeded, failed or was cancelled; null: it has not ended.';
