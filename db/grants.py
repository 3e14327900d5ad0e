"""What each role may do with tables, views and functions. `sensorctl setup` grants exactly this.

The writer needs no privilege for tables that triggers write.
"""

WRITER_GRANTS = {
    "reading": "INSERT",
    "sensor": "INSERT",
    "retention": "SELECT",
    "calibration": "SELECT",
    "plausible_range": "SELECT",
}
# Every role but the writer may also select from every view; a view reads its tables with its owner's rights.
READER_GRANTS = {
    "alembic_version": "SELECT",
    "retention": "SELECT",
    "rollup_state": "SELECT",
    "acknowledged_loss": "SELECT",
    "calibration": "SELECT",
    "limit_rule": "SELECT",
    "silence": "SELECT",
    "model": "SELECT",
    "sensor_forecast": "SELECT",
    "virtual_value": "SELECT",
    "analysis_rebuild": "SELECT",
    "workflow": "SELECT",
    "job": "SELECT",
    "workflow_event": "SELECT",
    "schedule": "SELECT",
    "source": "SELECT",
    "source_coverage": "SELECT",
    "worker": "SELECT",
    "report_file": "SELECT",
    "report_preset": "SELECT",
    "report_retention": "SELECT",
    "file_claim": "SELECT",
}
MANAGER_GRANTS = READER_GRANTS | {
    "audit": "SELECT",
    "api_key": "SELECT",
    "login_session": "SELECT",
    "workflow_outbox": "SELECT",
}
EVALUATOR_GRANTS = READER_GRANTS | {
    "sensor": "SELECT",
    "reading": "SELECT",
    "rollup_minute": "SELECT",
    "limit_cursor": "SELECT, UPDATE",
    "limit_state": "SELECT, INSERT, UPDATE, DELETE",
    "limit_excursion": "SELECT, INSERT, UPDATE, DELETE",
    "changed_reading": "SELECT, UPDATE, DELETE",
    "alert_receiver": "SELECT, INSERT",
    "excursion_notification": "SELECT, INSERT, UPDATE",
    "detected_anomaly": "SELECT",
    "anomaly_notification": "SELECT, INSERT, UPDATE",
}
ANALYST_GRANTS = READER_GRANTS | {
    "sensor": "SELECT",
    "reading": "SELECT",
    "analysis_cursor": "SELECT, UPDATE",
    "analysis_state": "SELECT, INSERT, UPDATE, DELETE",
    "analysis_group_state": "SELECT, INSERT, UPDATE, DELETE",
    "analysis_rebuild": "SELECT, INSERT, DELETE",
    "model": "SELECT, INSERT, UPDATE, DELETE",
    "model_evaluation": "SELECT, INSERT, UPDATE, DELETE",
    "sensor_forecast": "SELECT, INSERT, UPDATE, DELETE",
    "virtual_value": "SELECT, INSERT, UPDATE, DELETE",
    "detected_anomaly": "SELECT, INSERT, UPDATE, DELETE",
    "anomaly_notification": "SELECT",
}
WORKER_GRANTS = READER_GRANTS | {"reading": "SELECT", "dead_reading": "SELECT"}
# These functions run as the owner. Most take no arguments; those of the others do not choose what is done.
WRITER_FUNCTIONS = (
    "create_partitions()",
    "roll_up_hours()",
    "drop_expired()",
    "drop_expired_reports()",
    "continue_sensor_changes()",
    "revise_readings(uuid[], text[], timestamptz[], double precision[], timestamptz[])",
    "record_dead_readings(uuid[], uuid[], text[], text[])",
    "find_stored_readings(uuid[], text[], timestamptz[])",
)
READER_FUNCTIONS = (
    "last_hour()",
    "sensor_states()",
    "sensor_five_seconds(text[], timestamptz, timestamptz)",
    "sensor_minutes(text[], timestamptz, timestamptz)",
    "sensor_hours(text[], timestamptz, timestamptz)",
    "sensor_days(text[], timestamptz, timestamptz)",
    "acknowledge_loss(text, uuid, bigint, bigint, text)",
)
# Besides those of the reader. Each records what it changes in `audit`, in the same transaction; sessions and
# the last use of a key are no changes.
MANAGER_FUNCTIONS = (
    "create_api_key(text, text, text, bytea)",
    "revoke_api_key(text, text)",
    "note_key_use(bigint[])",
    "open_session(bytea, bigint, integer)",
    "close_session(bytea)",
    "record_dead_letter_change(text, text, text[], jsonb[], jsonb)",
    "change_sensor(text, text, jsonb)",
    "merge_sensor(text, text, text)",
    "continue_sensor_changes()",
    "set_limits(text, jsonb)",
    "remove_limit(text, bigint)",
    "acknowledge_excursion(text, bigint, text)",
    "create_silence(text, jsonb, timestamptz, text)",
    "end_silence(text, bigint)",
    "mark_anomaly(text, bigint, text, text)",
    "roll_back_model(text, text, text, integer)",
    "request_rebuild(text, text, timestamptz)",
    "request_workflow(text, text, jsonb, jsonb, jsonb)",
    "cancel_workflow(text, uuid)",
    "pause_workflow(text, uuid)",
    "resume_workflow(text, uuid)",
    "retry_workflow(text, uuid)",
    "answer_workflow(text, uuid, jsonb)",
    "put_schedule(text, text, jsonb, timestamptz)",
    "enable_schedule(text, text, boolean, timestamptz)",
    "remove_schedule(text, text)",
    "fire_schedule(text, timestamptz, timestamptz, timestamptz, text, jsonb)",
    "put_source(text, text, jsonb)",
    "remove_source(text, text)",
    "confirm_events(bigint[])",
    "delete_report(text, uuid)",
    "put_report_preset(text, text, jsonb)",
    "remove_report_preset(text, text)",
)
EVALUATOR_FUNCTIONS = (
    "summarize_stored()",
    "claim_report_email(double precision)",
    "report_email_sent(bigint)",
    "report_email_failed(bigint, integer, text, double precision, double precision)",
)
ANALYST_FUNCTIONS = ("summarize_stored()", "lock_analysis()")
WORKER_FUNCTIONS = (
    "report_worker(text, text[], text)",
    "claim_job(text, text[], double precision)",
    "renew_lease(uuid, integer, double precision)",
    "save_checkpoint(uuid, integer, jsonb, bigint, bigint, jsonb, text)",
    "finish_job(uuid, integer, jsonb, text)",
    "fail_job(uuid, integer, text, boolean, double precision)",
    "release_job(uuid, integer, text)",
    "ask_job(uuid, integer, jsonb)",
    "cover_source(uuid, integer, text, tstzrange, timestamptz)",
    "reserve_source_request(text)",
    "defer_source_requests(text, double precision)",
    "store_report(uuid, integer, jsonb, bytea)",
    "claim_file(uuid, integer, text, text)",
    "release_file(uuid, integer)",
    "request_file(uuid, integer, text, text, jsonb, integer)",
    "request_dropped_file(text, text, text[], jsonb, integer)",
)
