DROP FUNCTION revise_readings;
ALTER TABLE reading DROP COLUMN revised_at;
DROP FUNCTION remove_source, put_source, fire_schedule, remove_schedule, enable_schedule, put_schedule, cover_source,
    release_job, fail_job, finish_job, save_checkpoint, renew_lease, job_instruction, hold_job_of_workflow, hold_job,
    claim_job, report_worker,
    retry_workflow, resume_workflow, pause_workflow, cancel_workflow, request_workflow, change_desired_state,
    lock_workflow, lose_worker, end_attempt, interrupted_state, settle_workflow, has_ended, record_workflow_event,
    confirm_events;
DROP FUNCTION defer_source_requests, reserve_source_request;
DROP TABLE source_request_rate, worker, source_coverage, source, schedule, workflow_outbox, workflow_event, job, workflow;
DROP FUNCTION queue_workflow_events, refuse_event_change;
