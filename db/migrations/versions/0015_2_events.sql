-- What happened to workflows, and what is yet to be published of it.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Without foreign keys, which would lock a workflow at each event of a job.
CREATE TABLE workflow_event (
    event_id    bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    workflow_id uuid        NOT NULL,
    job_id      uuid,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    event       text        NOT NULL,
    state       text,
    attempt     integer,
    actor       text        NOT NULL,
    detail      jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX workflow_event_workflow ON workflow_event (workflow_id, event_id);
COMMENT ON INDEX workflow_event_workflow IS 'Finds what happened to one workflow.';
COMMENT ON TABLE workflow_event IS
    'Everything that happened to workflows and jobs: one row per event. Rows are only added.';
COMMENT ON COLUMN workflow_event.event_id IS 'Number of the row, ascending; the ID of the message that reports it.';
COMMENT ON COLUMN workflow_event.workflow_id IS 'The workflow.';
COMMENT ON COLUMN workflow_event.job_id IS 'The job; null for an event of the whole workflow.';
COMMENT ON COLUMN workflow_event.at IS 'When it happened.';
COMMENT ON COLUMN workflow_event.event IS
    'What happened: requested, ready, claimed, progress, failure, worker-lost, released, pause, resume, cancel, retry, or '
    'the name of the new state.';
COMMENT ON COLUMN workflow_event.state IS 'The state from then on; null: it did not change.';
COMMENT ON COLUMN workflow_event.attempt IS 'The attempt of the job; null for an event of the whole workflow.';
COMMENT ON COLUMN workflow_event.actor IS 'Who caused it: as in audit, worker:NAME or schedule:NAME.';
COMMENT ON COLUMN workflow_event.detail IS 'What else is known of it, such as the reason, the progress or the error.';

CREATE FUNCTION refuse_event_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    RAISE 'rows of workflow_event cannot be changed or deleted' USING
        ERRCODE = 'insufficient_privilege',
        HINT = 'To remove them all the same, the owner must drop the trigger workflow_event_append_only first.';
END $$;
COMMENT ON FUNCTION refuse_event_change IS 'Refuses every change of workflow_event but new rows.';
CREATE TRIGGER workflow_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();

CREATE TABLE workflow_outbox (
    event_id bigint PRIMARY KEY
);
COMMENT ON TABLE workflow_outbox IS 'Events that the broker has not confirmed yet: one row per event.';
COMMENT ON COLUMN workflow_outbox.event_id IS 'The event.';

CREATE FUNCTION queue_workflow_events() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO workflow_outbox (event_id) SELECT event_id FROM recorded;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION queue_workflow_events IS 'Trigger: puts new events into workflow_outbox.';
CREATE TRIGGER workflow_event_recorded AFTER INSERT ON workflow_event
    REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION queue_workflow_events();

CREATE FUNCTION confirm_events(confirmed bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM workflow_outbox
    WHERE event_id IN (
        SELECT event_id FROM workflow_outbox WHERE event_id = ANY (confirmed) ORDER BY event_id FOR UPDATE);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
COMMENT ON FUNCTION confirm_events IS
    'Removes from workflow_outbox the events that the broker has confirmed. Returns their number.';

CREATE FUNCTION record_workflow_event(
    workflow_id uuid, job_id uuid, event text, state text, attempt integer, actor text, detail jsonb
) RETURNS void
LANGUAGE sql
SET search_path FROM CURRENT AS $$
    INSERT INTO workflow_event (workflow_id, job_id, event, state, attempt, actor, detail)
    VALUES (record_workflow_event.workflow_id, record_workflow_event.job_id, record_workflow_event.event,
            record_workflow_event.state, record_workflow_event.attempt, left(record_workflow_event.actor, 200),
            jsonb_strip_nulls(coalesce(record_workflow_event.detail, '{}')))
$$;
COMMENT ON FUNCTION record_workflow_event IS 'Records what happened to a workflow or to one of its jobs.';

REVOKE EXECUTE ON FUNCTION refuse_event_change, queue_workflow_events, confirm_events, record_workflow_event FROM PUBLIC;
