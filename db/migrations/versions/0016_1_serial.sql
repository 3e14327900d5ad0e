-- The serial number of a sensor: a report prints it, and the file of a logger names its sensor by it.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE sensor
    ADD COLUMN serial text,
    ADD CONSTRAINT sensor_serial_is_valid CHECK (serial <> '' AND serial !~ '[\u0001-\u001f\u007f-\u009f]');
COMMENT ON COLUMN sensor.serial IS 'Serial number of its logger or probe; null until someone sets it.';
COMMENT ON CONSTRAINT sensor_serial_is_valid ON sensor IS 'A serial number has characters, and no control characters.';
-- A merged sensor may have that of the sensor which its readings were moved to.
CREATE UNIQUE INDEX sensor_serial ON sensor (serial) WHERE merged_into IS NULL;
COMMENT ON INDEX sensor_serial IS 'Finds the sensor that has a serial number; no two have the same.';

CREATE OR REPLACE VIEW sensor_settings AS
SELECT sensor_id, name, location, note, unit, expected_interval_seconds, plausible_min, plausible_max,
       retired_at, merged_into, registered_at,
       coalesce(current.offset_kelvin, 0) AS offset_kelvin, coalesce(current.slope, 1) AS slope,
       current.valid_from AS calibrated_from,
       recalibration.since AS recalibrated_until,
       serial
FROM sensor
LEFT JOIN LATERAL (
    SELECT offset_kelvin, slope, valid_from
    FROM calibration
    WHERE calibration.sensor_id = sensor.sensor_id AND valid_from <= now()
    ORDER BY valid_from DESC
    LIMIT 1
) AS current ON true
LEFT JOIN recalibration USING (sensor_id);
COMMENT ON COLUMN sensor_settings.serial IS 'Serial number of its logger or probe; null if not set.';

-- As in version 0008, with the serial number.
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
    owner_id   text;
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
                      'plausible_max', 'retired', 'offset', 'slope', 'since', 'serial');
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
    BEGIN
        UPDATE sensor SET
            name = CASE WHEN changes ? 'name' THEN changes ->> 'name' ELSE name END,
            location = CASE WHEN changes ? 'location' THEN changes ->> 'location' ELSE location END,
            note = CASE WHEN changes ? 'note' THEN changes ->> 'note' ELSE note END,
            unit = CASE WHEN changes ? 'unit' THEN changes ->> 'unit' ELSE unit END,
            expected_interval_seconds = CASE WHEN changes ? 'expected_interval_seconds'
                THEN (changes ->> 'expected_interval_seconds')::double precision ELSE expected_interval_seconds END,
            plausible_min = lowest,
            plausible_max = highest,
            serial = CASE WHEN changes ? 'serial' THEN changes ->> 'serial' ELSE serial END,
            retired_at = CASE WHEN NOT changes ? 'retired' THEN retired_at
                              WHEN (changes ->> 'retired')::boolean THEN coalesce(retired_at, now()) END
        WHERE sensor_id = id;
    EXCEPTION WHEN unique_violation THEN
        SELECT sensor_id INTO owner_id FROM sensor WHERE serial = changes ->> 'serial' AND merged_into IS NULL;
        RAISE '%', format('Sensor %s has the serial number %s: clear it there first.', owner_id, changes ->> 'serial')
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'serial';
    END;
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
