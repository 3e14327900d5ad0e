-- What people say of a sensor, its calibrations, and the raw temperature of a calibrated reading.
-- See docs/adr/0025-calibration.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE sensor
    ADD COLUMN note                      text,
    ADD COLUMN unit                      text,
    ADD COLUMN expected_interval_seconds double precision,
    ADD COLUMN plausible_min             double precision,
    ADD COLUMN plausible_max             double precision,
    ADD COLUMN retired_at                timestamptz,
    ADD COLUMN merged_into               text,
    ADD CONSTRAINT sensor_settings_are_valid CHECK (
        note !~ '[\u0001-\u001f\u007f-\u009f]'
        AND unit IN ('celsius', 'fahrenheit', 'kelvin')
        AND expected_interval_seconds > 0 AND expected_interval_seconds < 'Infinity'
        AND abs(plausible_min) < 'Infinity' AND abs(plausible_max) < 'Infinity'
        AND plausible_min < plausible_max
        AND merged_into <> sensor_id),
    ADD CONSTRAINT sensor_merged_is_retired CHECK (merged_into IS NULL OR retired_at IS NOT NULL);
COMMENT ON COLUMN sensor.note IS 'Anything worth knowing about it; null until someone sets it.';
COMMENT ON COLUMN sensor.unit IS
    'Unit in which its temperatures are shown: celsius, fahrenheit or kelvin; null for °C. They are stored in °C.';
COMMENT ON COLUMN sensor.expected_interval_seconds IS
    'Expected time between two readings in seconds, for finding that it is offline; null for its usual interval.';
COMMENT ON COLUMN sensor.plausible_min IS
    'Lowest plausible temperature in °C, before calibration; null for PLAUSIBLE_MIN.';
COMMENT ON COLUMN sensor.plausible_max IS
    'Highest plausible temperature in °C, before calibration; null for PLAUSIBLE_MAX.';
COMMENT ON COLUMN sensor.retired_at IS 'Since when it is not monitored any more; null while it is.';
COMMENT ON COLUMN sensor.merged_into IS 'The sensor to which its readings were moved; null if they were not.';
COMMENT ON CONSTRAINT sensor_settings_are_valid ON sensor IS
    'The note has no control characters, the numbers are finite, and the range contains a temperature.';
COMMENT ON CONSTRAINT sensor_merged_is_retired ON sensor IS 'A merged sensor is retired.';
CREATE INDEX sensor_merged ON sensor (sensor_id) WHERE merged_into IS NOT NULL;
COMMENT ON INDEX sensor_merged IS 'Finds the merged sensors.';

-- Without a default the column changes no stored row.
ALTER TABLE reading ADD COLUMN raw_temperature double precision;
COMMENT ON COLUMN reading.temperature IS 'Temperature in °C, calibrated.';
COMMENT ON COLUMN reading.raw_temperature IS
    'Temperature in °C as the sensor sent it; null where calibration does not change it.';

CREATE TABLE calibration (
    sensor_id     text             NOT NULL,
    valid_from    timestamptz      NOT NULL,
    offset_kelvin double precision NOT NULL,
    slope         double precision NOT NULL,
    created_at    timestamptz      NOT NULL DEFAULT now(),
    created_by    text             NOT NULL,
    PRIMARY KEY (sensor_id, valid_from),
    CONSTRAINT calibration_is_finite CHECK (
        isfinite(valid_from) AND abs(offset_kelvin) <= 1000 AND slope >= 0.01 AND slope <= 100)
);
COMMENT ON TABLE calibration IS
    'Calibrations: one row per sensor and time from which it holds, until that of the next. '
    'The stored temperature is slope times the raw one plus the offset.';
COMMENT ON COLUMN calibration.sensor_id IS 'The sensor.';
COMMENT ON COLUMN calibration.valid_from IS 'It holds for readings measured at this time or later.';
COMMENT ON COLUMN calibration.offset_kelvin IS 'What is added, in K.';
COMMENT ON COLUMN calibration.slope IS 'By what the raw temperature in °C is multiplied before; 1 changes nothing.';
COMMENT ON COLUMN calibration.created_at IS 'When it was set.';
COMMENT ON COLUMN calibration.created_by IS 'Who set it.';
COMMENT ON CONSTRAINT calibration_is_finite ON calibration IS
    'The offset is at most 1000 K either way, the slope from 0.01 to 100, and the time is not infinite.';

CREATE TABLE recalibration (
    sensor_id text PRIMARY KEY,
    since     timestamptz NOT NULL
);
COMMENT ON TABLE recalibration IS
    'Sensors whose stored readings do not all have their calibration yet: continue_sensor_changes() works on '
    'them, the oldest reading first.';
COMMENT ON COLUMN recalibration.sensor_id IS 'The sensor.';
COMMENT ON COLUMN recalibration.since IS 'Readings measured before this time have their calibration.';

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

CREATE VIEW plausible_range AS
SELECT sensor_id, plausible_min, plausible_max
FROM sensor
WHERE plausible_min IS NOT NULL OR plausible_max IS NOT NULL;
COMMENT ON VIEW plausible_range IS 'Plausible ranges of single sensors, for the consumers: one row per sensor with one.';
COMMENT ON COLUMN plausible_range.sensor_id IS 'The sensor.';
COMMENT ON COLUMN plausible_range.plausible_min IS 'Lowest plausible temperature in °C; null for PLAUSIBLE_MIN.';
COMMENT ON COLUMN plausible_range.plausible_max IS 'Highest plausible temperature in °C; null for PLAUSIBLE_MAX.';

CREATE OR REPLACE VIEW stored_reading AS
SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence,
       coalesce(raw_temperature, temperature) AS raw_temperature
FROM reading;
COMMENT ON COLUMN stored_reading.temperature IS 'Temperature in °C, calibrated.';
COMMENT ON COLUMN stored_reading.raw_temperature IS 'Temperature in °C as the sensor sent it.';
