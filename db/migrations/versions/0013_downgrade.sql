SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION note_changed_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO changed_reading (sensor_id, since, until)
    SELECT sensor_id, min(measured_at), max(measured_at) FROM changed
    WHERE EXISTS (SELECT FROM limit_rule WHERE ended_at IS NULL)
    GROUP BY sensor_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_changed_readings IS 'Trigger: records which times the evaluation of limits has to compute again.';
DROP FUNCTION request_rebuild, roll_back_model, mark_anomaly, lock_analysis;
DROP VIEW anomaly, model_skill;
DROP TABLE anomaly_notification, anomaly_mark, detected_anomaly, virtual_value, sensor_forecast, model_evaluation, model,
    analysis_rebuild, analysis_group_state, analysis_state, analysis_cursor;
