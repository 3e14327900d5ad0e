SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP VIEW undone_import;

DROP TRIGGER job_report_made ON job;
DROP FUNCTION queue_report_emails, claim_report_email, report_email_sent, report_email_failed;
DROP TABLE report_email;

DROP FUNCTION ask_job, answer_workflow;
ALTER TABLE job DROP COLUMN question;
COMMENT ON COLUMN workflow_event.event IS
    'What happened: requested, ready, claimed, progress, failure, worker-lost, released, pause, resume, cancel, retry, or '
    'the name of the new state.';

DROP FUNCTION release_file, request_file, claim_file;
DROP TABLE file_claim;
DROP FUNCTION drop_expired_reports, remove_report_preset, put_report_preset, delete_report, store_report;
DROP VIEW report;
DROP TABLE report_retention, report_file, report_preset;

DROP VIEW sensor_settings;
CREATE VIEW sensor_settings AS
SELECT sensor_id, name, location, note, unit, expected_interval_seconds, plausible_min, plausible_max,
       retired_at, merged_into, registered_at,
       coalesce(current.offset_kelvin, 0) AS offset_kelvin, coalesce(current.slope, 1) AS slope,
       current.valid_from AS calibrated_from,
       recalibration.since AS recalibrated_until
FROM sensor
LEFT JOIN LATERAL (
    SELECT offset_kelvin, slope, valid_from
    FROM calibration
    WHERE calibration.sensor_id = sensor.sensor_id AND valid_from <= now()
    ORDER BY valid_from DESC
    LIMIT 1
) AS current ON true
LEFT JOIN recalibration USING (sensor_id);
COMMENT ON VIEW sensor_settings IS 'What people have set: one row per sensor, also of those that are retired.';
COMMENT ON COLUMN sensor_settings.sensor_id IS 'The sensor.';
COMMENT ON COLUMN sensor_settings.name IS 'Name for people; null if not set.';
COMMENT ON COLUMN sensor_settings.location IS 'Where it is; null if not set.';
COMMENT ON COLUMN sensor_settings.note IS 'Anything worth knowing about it; null if not set.';
COMMENT ON COLUMN sensor_settings.unit IS 'Unit in which its temperatures are shown; null for °C.';
COMMENT ON COLUMN sensor_settings.expected_interval_seconds IS
    'Expected time between two readings in seconds; null for its usual interval.';
COMMENT ON COLUMN sensor_settings.plausible_min IS 'Lowest plausible temperature in °C; null for PLAUSIBLE_MIN.';
COMMENT ON COLUMN sensor_settings.plausible_max IS 'Highest plausible temperature in °C; null for PLAUSIBLE_MAX.';
COMMENT ON COLUMN sensor_settings.retired_at IS 'Since when it is not monitored any more; null while it is.';
COMMENT ON COLUMN sensor_settings.merged_into IS 'The sensor to which its readings were moved; null if none.';
COMMENT ON COLUMN sensor_settings.registered_at IS 'When its first reading was stored.';
COMMENT ON COLUMN sensor_settings.offset_kelvin IS 'Offset of its present calibration in K.';
COMMENT ON COLUMN sensor_settings.slope IS 'Slope of its present calibration.';
COMMENT ON COLUMN sensor_settings.calibrated_from IS 'Since when its present calibration holds; null if it has none.';
COMMENT ON COLUMN sensor_settings.recalibrated_until IS
    'Up to which time its stored readings have their calibration; null if all have.';

CREATE OR REPLACE FUNCTION change_sensor(actor text, id text, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    previous   sensor_settings;
    changed    sensor_settings;
    lowest     double precision;
    highest    double precision;
    new_offset double precision;
    new_slope  double precision;
    since      timestamptz := changes ->> 'since';
    unknown    text;
BEGIN
    PERFORM FROM sensor WHERE sensor_id = id FOR UPDATE;
    SELECT * INTO previous FROM sensor_settings WHERE sensor_id = id;
    IF NOT FOUND THEN
        RAISE '%', format('There is no sensor %s: a sensor exists once it has sent a reading.', id)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    IF previous.merged_into IS NOT NULL THEN
        RAISE '%', format('Sensor %s was merged into %s: change that one.', id, previous.merged_into)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    SELECT min(key) INTO unknown FROM jsonb_object_keys(changes) AS key
    WHERE key NOT IN ('name', 'location', 'note', 'unit', 'expected_interval_seconds', 'plausible_min',
                      'plausible_max', 'retired', 'offset', 'slope', 'since');
    IF unknown IS NOT NULL THEN
        RAISE '%', format('A sensor has no field %s.', unknown)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = unknown;
    END IF;
    lowest := CASE WHEN changes ? 'plausible_min' THEN changes ->> 'plausible_min'
                   ELSE previous.plausible_min::text END;
    highest := CASE WHEN changes ? 'plausible_max' THEN changes ->> 'plausible_max'
                    ELSE previous.plausible_max::text END;
    IF lowest >= highest THEN
        RAISE 'The plausible range contains no temperature: plausible_min must be below plausible_max.'
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = CASE WHEN changes ? 'plausible_min' THEN 'plausible_min' ELSE 'plausible_max' END;
    END IF;
    UPDATE sensor SET
        name = CASE WHEN changes ? 'name' THEN changes ->> 'name' ELSE name END,
        location = CASE WHEN changes ? 'location' THEN changes ->> 'location' ELSE location END,
        note = CASE WHEN changes ? 'note' THEN changes ->> 'note' ELSE note END,
        unit = CASE WHEN changes ? 'unit' THEN changes ->> 'unit' ELSE unit END,
        expected_interval_seconds = CASE WHEN changes ? 'expected_interval_seconds'
            THEN (changes ->> 'expected_interval_seconds')::double precision ELSE expected_interval_seconds END,
        plausible_min = lowest,
        plausible_max = highest,
        retired_at = CASE WHEN NOT changes ? 'retired' THEN retired_at
                          WHEN (changes ->> 'retired')::boolean THEN coalesce(retired_at, now()) END
    WHERE sensor_id = id;
    new_offset := CASE WHEN changes ? 'offset' THEN coalesce((changes ->> 'offset')::double precision, 0)
                       ELSE previous.offset_kelvin END;
    new_slope := CASE WHEN changes ? 'slope' THEN coalesce((changes ->> 'slope')::double precision, 1)
                      ELSE previous.slope END;
    IF since > now() THEN
        RAISE 'A calibration cannot begin in the future: since must be a time in the past.'
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'since';
    END IF;
    IF since IS NOT NULL AND previous.calibrated_from IS NULL AND NOT changes ?| ARRAY['offset', 'slope'] THEN
        RAISE 'The sensor has no calibration that could hold since then: give its offset or slope, too.'
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'since';
    END IF;
    IF since IS NOT NULL OR (new_offset, new_slope) <> (previous.offset_kelvin, previous.slope) THEN
        PERFORM calibrate(actor, id, new_offset, new_slope, since);
    END IF;
    SELECT * INTO changed FROM sensor_settings WHERE sensor_id = id;
    IF to_jsonb(changed) <> to_jsonb(previous) THEN
        PERFORM record_audit(actor, 'change', 'sensor', id, to_jsonb(previous), to_jsonb(changed));
    END IF;
    RETURN to_jsonb(changed);
END $$;

ALTER TABLE sensor DROP COLUMN serial;
