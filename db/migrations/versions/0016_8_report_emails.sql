-- The e-mails of reports to the recipients that their spec names. The alerter sends them: it alone has the password of
-- the SMTP server.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE report_email (
    email_id        bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    workflow_id     uuid        NOT NULL REFERENCES workflow,
    job_id          uuid        NOT NULL REFERENCES job,
    recipient       text        NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254),
    requested_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT clock_timestamp(),
    sent_at         timestamptz,
    failed_at       timestamptz,
    error           text,
    UNIQUE (job_id, recipient),
    CHECK (num_nonnulls(next_attempt_at, sent_at, failed_at) = 1)
);
CREATE INDEX report_email_due ON report_email (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
COMMENT ON INDEX report_email_due IS 'Finds the e-mails that are to be sent, however many were.';
CREATE INDEX report_email_workflow ON report_email (workflow_id);
COMMENT ON INDEX report_email_workflow IS 'Finds the e-mails of a workflow.';
COMMENT ON TABLE report_email IS 'The e-mails of reports: one row per report and recipient.';
COMMENT ON COLUMN report_email.email_id IS 'The e-mail.';
COMMENT ON COLUMN report_email.workflow_id IS 'The workflow that requested the report.';
COMMENT ON COLUMN report_email.job_id IS 'The job that made it.';
COMMENT ON COLUMN report_email.recipient IS 'The address that it is sent to.';
COMMENT ON COLUMN report_email.requested_at IS 'When the report was made.';
COMMENT ON COLUMN report_email.attempts IS 'How often the alerter has started to send it.';
COMMENT ON COLUMN report_email.next_attempt_at IS 'From when on it is sent, or sent again; null: it was sent, or has failed.';
COMMENT ON COLUMN report_email.sent_at IS 'When the SMTP server accepted it; null: it did not.';
COMMENT ON COLUMN report_email.failed_at IS 'When it was given up; null: it was not.';
COMMENT ON COLUMN report_email.error IS 'Why the last attempt failed; null: it did not.';

CREATE FUNCTION queue_report_emails() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO report_email (workflow_id, job_id, recipient)
    SELECT NEW.workflow_id, NEW.job_id, recipient
    FROM jsonb_array_elements_text(NEW.spec -> 'recipients') AS recipient
    WHERE EXISTS (SELECT FROM report_file WHERE job_id = NEW.job_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION queue_report_emails IS
    'Trigger: queues the e-mails of a report in the transaction in which its job succeeds.';
CREATE TRIGGER job_report_made AFTER UPDATE OF state ON job FOR EACH ROW
    WHEN (NEW.state = 'succeeded' AND OLD.state <> 'succeeded' AND jsonb_typeof(NEW.spec -> 'recipients') = 'array')
    EXECUTE FUNCTION queue_report_emails();

CREATE FUNCTION claim_report_email(seconds double precision) RETURNS report_email
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE report_email SET
        attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => seconds)
    WHERE email_id = (
        SELECT email_id FROM report_email WHERE next_attempt_at <= clock_timestamp()
        ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING *
$$;
COMMENT ON FUNCTION claim_report_email IS
    'Claims the next e-mail for some seconds, after which it is sent again unless it was settled; null if none is due.';

CREATE FUNCTION report_email_sent(id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    sent report_email;
BEGIN
    UPDATE report_email SET sent_at = clock_timestamp(), failed_at = NULL, next_attempt_at = NULL, error = NULL
    WHERE email_id = id AND sent_at IS NULL RETURNING * INTO sent;
    IF FOUND THEN
        PERFORM record_workflow_event(sent.workflow_id, sent.job_id, 'e-mailed', NULL, NULL, 'alerter',
            jsonb_build_object('recipient', sent.recipient));
    END IF;
END $$;
COMMENT ON FUNCTION report_email_sent IS 'Records that the SMTP server accepted an e-mail.';

CREATE FUNCTION report_email_failed(
    id bigint, own_attempt integer, new_error text, retry_seconds double precision, limit_seconds double precision
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    at     timestamptz := clock_timestamp();
    failed report_email;
BEGIN
    UPDATE report_email SET
        error = left(new_error, 2000),
        failed_at = CASE WHEN at >= requested_at + make_interval(secs => limit_seconds) THEN at END,
        next_attempt_at = CASE WHEN at < requested_at + make_interval(secs => limit_seconds)
                               THEN at + make_interval(secs => retry_seconds) END
    WHERE email_id = id AND attempts = own_attempt AND next_attempt_at IS NOT NULL RETURNING * INTO failed;
    IF failed.failed_at IS NOT NULL OR failed.attempts = 1 THEN
        PERFORM record_workflow_event(failed.workflow_id, failed.job_id, 'e-mail-failed', NULL, NULL, 'alerter',
            jsonb_build_object('recipient', failed.recipient, 'error', failed.error,
                               'retry_seconds', CASE WHEN failed.failed_at IS NULL THEN retry_seconds END));
    END IF;
    RETURN failed.failed_at IS NOT NULL;
END $$;
COMMENT ON FUNCTION report_email_failed IS
    'Records that an attempt failed. It is sent again after retry_seconds, until limit_seconds after the report was made: '
    'then it has failed, and this returns true.';

REVOKE EXECUTE ON FUNCTION queue_report_emails, claim_report_email, report_email_sent, report_email_failed FROM PUBLIC;
