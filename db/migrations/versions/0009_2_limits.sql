SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A limit never changes: a change ends it and adds another, so that an excursion keeps the limit it was beyond.
CREATE TABLE limit_rule (
    limit_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind           text NOT NULL CHECK (kind IN ('high', 'low', 'rate', 'stale')),
    sensor_id      text,
    location       text,
    pattern        text,
    threshold      double precision CHECK (abs(threshold) < 'Infinity'),
    window_seconds double precision CHECK (window_seconds > 0 AND window_seconds <= 86400),
    delay_seconds  double precision NOT NULL DEFAULT 0 CHECK (delay_seconds >= 0 AND delay_seconds <= 2678400),
    hysteresis     double precision NOT NULL DEFAULT 0 CHECK (hysteresis >= 0 AND hysteresis < 'Infinity'),
    severity       text NOT NULL DEFAULT 'warning' CHECK (severity IN ('warning', 'critical')),
    schedule       text,
    zone           text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    created_by     text NOT NULL,
    ended_at       timestamptz,
    ended_by       text,
    -- `*` and `?` of a pattern as LIKE has them.
    like_pattern   text GENERATED ALWAYS AS (
        replace(replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')
    ) STORED,
    CHECK (num_nonnulls(sensor_id, location, pattern) = 1),
    CHECK ((kind = 'stale') = (threshold IS NULL)),
    CHECK ((kind = 'rate') = (window_seconds IS NOT NULL)),
    CHECK (kind <> 'rate' OR threshold > 0),
    CHECK (kind <> 'stale' OR delay_seconds > 0),
    CHECK ((schedule IS NULL) = (zone IS NULL))
);
CREATE UNIQUE INDEX limit_rule_active
    ON limit_rule (kind, severity, coalesce(sensor_id, ''), coalesce(location, ''), coalesce(pattern, ''))
    WHERE ended_at IS NULL;
COMMENT ON INDEX limit_rule_active IS 'A sensor or a group has one limit of a kind and severity.';
COMMENT ON TABLE limit_rule IS
    'Limits of a sensor, or of all sensors of a location or a pattern: one row per limit, also of those that ended. '
    'What a limit is does not change.';
COMMENT ON COLUMN limit_rule.limit_id IS 'Number of the limit.';
COMMENT ON COLUMN limit_rule.kind IS
    'high or low: temperatures beyond the threshold; rate: a change by more than the threshold within the window; '
    'stale: no reading for longer than the delay.';
COMMENT ON COLUMN limit_rule.sensor_id IS 'The sensor; null if the limit is of a group.';
COMMENT ON COLUMN limit_rule.location IS 'The location whose sensors have the limit; null if it is not of a location.';
COMMENT ON COLUMN limit_rule.pattern IS
    'Pattern of the IDs of the sensors that have the limit, with * and ?; null if it is not of a pattern.';
COMMENT ON COLUMN limit_rule.threshold IS 'Threshold in °C, of a rate in K; null if stale.';
COMMENT ON COLUMN limit_rule.window_seconds IS 'Time within which a rate may not change by more than the threshold.';
COMMENT ON COLUMN limit_rule.delay_seconds IS
    'How long the value must be beyond the threshold, or the sensor silent, until it counts.';
COMMENT ON COLUMN limit_rule.hysteresis IS 'By how many K the value must come back until an excursion ends.';
COMMENT ON COLUMN limit_rule.severity IS 'Severity of the alert: warning or critical.';
COMMENT ON COLUMN limit_rule.schedule IS
    'Times of the week at which it holds, such as mon-fri 08:00-18:00; null: always.';
COMMENT ON COLUMN limit_rule.zone IS 'Time zone of the schedule.';
COMMENT ON COLUMN limit_rule.created_at IS 'When it was set.';
COMMENT ON COLUMN limit_rule.created_by IS 'Who set it, as in audit.';
COMMENT ON COLUMN limit_rule.ended_at IS 'When it was changed or removed; null: it holds.';
COMMENT ON COLUMN limit_rule.ended_by IS 'Who changed or removed it, as in audit.';
COMMENT ON COLUMN limit_rule.like_pattern IS 'The pattern as LIKE has it.';

-- Of limits of the same kind and severity the most specific holds, and of two patterns the longer.
CREATE VIEW sensor_limit AS
SELECT DISTINCT ON (sensor.sensor_id, kind, severity)
       sensor.sensor_id, limit_id, kind, threshold, window_seconds, delay_seconds, hysteresis, severity, schedule, zone,
       CASE WHEN limit_rule.sensor_id IS NOT NULL THEN 'sensor'
            WHEN pattern IS NOT NULL THEN 'pattern'
            ELSE 'location' END AS set_for
FROM sensor
JOIN limit_rule ON ended_at IS NULL
    AND (limit_rule.sensor_id = sensor.sensor_id OR limit_rule.location = sensor.location
         OR sensor.sensor_id LIKE like_pattern)
WHERE retired_at IS NULL
ORDER BY sensor.sensor_id, kind, severity,
         limit_rule.sensor_id IS NULL, limit_rule.location IS NOT NULL, length(pattern) DESC, limit_id DESC;
COMMENT ON VIEW sensor_limit IS
    'The limits that hold for each sensor that is not retired, its own or those of a group: one row per sensor and '
    'limit. Of limits of the '
    'same kind and severity the sensor''s own holds, then that of the longest pattern, then that of its location.';
COMMENT ON COLUMN sensor_limit.sensor_id IS 'The sensor.';
COMMENT ON COLUMN sensor_limit.limit_id IS 'The limit; see limit_rule.';
COMMENT ON COLUMN sensor_limit.kind IS 'What it limits: high, low, rate or stale.';
COMMENT ON COLUMN sensor_limit.threshold IS 'Threshold in °C, of a rate in K; null if stale.';
COMMENT ON COLUMN sensor_limit.window_seconds IS 'Time within which a rate may not change by more.';
COMMENT ON COLUMN sensor_limit.delay_seconds IS 'How long it must last until it counts.';
COMMENT ON COLUMN sensor_limit.hysteresis IS 'By how many K the value must come back.';
COMMENT ON COLUMN sensor_limit.severity IS 'Severity of the alert: warning or critical.';
COMMENT ON COLUMN sensor_limit.schedule IS 'Times of the week at which it holds; null: always.';
COMMENT ON COLUMN sensor_limit.zone IS 'Time zone of the schedule.';
COMMENT ON COLUMN sensor_limit.set_for IS 'Whether it was set for the sensor, a pattern or the location.';

CREATE TABLE limit_excursion (
    excursion_id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    limit_id          bigint NOT NULL REFERENCES limit_rule,
    sensor_id         text NOT NULL,
    started_at        timestamptz NOT NULL,
    ended_at          timestamptz CHECK (ended_at >= started_at),
    end_reason        text CHECK (end_reason IN ('recovered', 'unknown', 'schedule', 'removed')),
    last_measured_at  timestamptz NOT NULL,
    peak              double precision NOT NULL,
    peak_temperature  double precision NOT NULL,
    peak_at           timestamptz NOT NULL,
    degree_minutes    double precision NOT NULL,
    detected_at       timestamptz NOT NULL DEFAULT now(),
    withdrawn_at      timestamptz,
    acknowledged_at   timestamptz,
    acknowledged_by   text,
    acknowledged_note text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX limit_excursion_open ON limit_excursion (sensor_id, limit_id)
    WHERE ended_at IS NULL AND withdrawn_at IS NULL;
COMMENT ON INDEX limit_excursion_open IS 'Finds the open excursion of a sensor and a limit, of which there is one.';
CREATE INDEX limit_excursion_sensor ON limit_excursion (sensor_id, started_at);
COMMENT ON INDEX limit_excursion_sensor IS 'Finds the excursions of a sensor by time.';
CREATE INDEX limit_excursion_detected ON limit_excursion (detected_at);
COMMENT ON INDEX limit_excursion_detected IS 'Finds the excursions that were detected since a time.';
COMMENT ON TABLE limit_excursion IS
    'Excursions beyond a limit: one row per excursion; see the view excursion. The alerter writes it.';
COMMENT ON COLUMN limit_excursion.excursion_id IS 'Number of the excursion.';
COMMENT ON COLUMN limit_excursion.limit_id IS 'The limit.';
COMMENT ON COLUMN limit_excursion.sensor_id IS 'The sensor.';
COMMENT ON COLUMN limit_excursion.started_at IS 'When the value crossed the threshold.';
COMMENT ON COLUMN limit_excursion.ended_at IS 'When it ended; null while it lasts.';
COMMENT ON COLUMN limit_excursion.end_reason IS
    'Why it ended: recovered, unknown (a gap between readings), schedule, or removed (the limit).';
COMMENT ON COLUMN limit_excursion.last_measured_at IS 'When it ended, or the last reading it is computed from.';
COMMENT ON COLUMN limit_excursion.peak IS 'Value furthest beyond the threshold: in °C, of a rate in K.';
COMMENT ON COLUMN limit_excursion.peak_temperature IS 'Temperature at the peak in °C.';
COMMENT ON COLUMN limit_excursion.peak_at IS 'When the peak was measured.';
COMMENT ON COLUMN limit_excursion.degree_minutes IS 'Integral beyond the threshold in K·min.';
COMMENT ON COLUMN limit_excursion.detected_at IS 'When it was found to be one.';
COMMENT ON COLUMN limit_excursion.withdrawn_at IS
    'When late or changed readings showed that there was none, after receivers were notified; else null.';
COMMENT ON COLUMN limit_excursion.acknowledged_at IS 'When it was acknowledged; null: it was not.';
COMMENT ON COLUMN limit_excursion.acknowledged_by IS 'Who acknowledged it, as in audit.';
COMMENT ON COLUMN limit_excursion.acknowledged_note IS 'What that person noted.';

CREATE VIEW excursion AS
SELECT excursion.sensor_id, kind AS rule, threshold, started_at, excursion.ended_at, peak_temperature, degree_minutes,
       acknowledged_at, acknowledged_by, acknowledged_note, excursion_id, limit_id, severity, end_reason, peak, peak_at,
       coalesce(excursion.ended_at, last_measured_at) - started_at AS duration,
       last_measured_at, detected_at, delay_seconds, hysteresis, window_seconds, name, sensor.location
FROM limit_excursion AS excursion
JOIN limit_rule USING (limit_id)
LEFT JOIN sensor ON sensor.sensor_id = excursion.sensor_id
WHERE withdrawn_at IS NULL;
COMMENT ON VIEW excursion IS
    'Times in which a sensor was beyond a limit, at least as long as the delay: one row per excursion.';
COMMENT ON COLUMN excursion.sensor_id IS 'The sensor.';
COMMENT ON COLUMN excursion.rule IS 'The kind of limit: high, low or rate.';
COMMENT ON COLUMN excursion.threshold IS 'Threshold of the limit in °C, of a rate in K.';
COMMENT ON COLUMN excursion.started_at IS 'When the value crossed the threshold, interpolated between readings.';
COMMENT ON COLUMN excursion.ended_at IS
    'When it had come back by the hysteresis, interpolated; before a gap, the last reading; null while it lasts.';
COMMENT ON COLUMN excursion.peak_temperature IS 'Temperature furthest beyond the threshold in °C; of a rate, at the peak.';
COMMENT ON COLUMN excursion.degree_minutes IS 'Integral beyond the threshold in K·min.';
COMMENT ON COLUMN excursion.acknowledged_at IS 'When it was acknowledged; null: it was not.';
COMMENT ON COLUMN excursion.acknowledged_by IS 'Who acknowledged it, as in audit.';
COMMENT ON COLUMN excursion.acknowledged_note IS 'What that person noted.';
COMMENT ON COLUMN excursion.excursion_id IS 'Number of the excursion.';
COMMENT ON COLUMN excursion.limit_id IS 'The limit; see limit_rule.';
COMMENT ON COLUMN excursion.severity IS 'Severity of its alert: warning or critical.';
COMMENT ON COLUMN excursion.end_reason IS
    'Why it ended: recovered, unknown (a gap between readings), schedule, or removed (the limit); null while it lasts.';
COMMENT ON COLUMN excursion.peak IS 'Value furthest beyond the threshold: in °C, of a rate in K.';
COMMENT ON COLUMN excursion.peak_at IS 'When the peak was measured.';
COMMENT ON COLUMN excursion.duration IS 'How long it lasted, or has lasted until the last reading.';
COMMENT ON COLUMN excursion.last_measured_at IS 'When it ended, or the last reading it is computed from.';
COMMENT ON COLUMN excursion.detected_at IS 'When it was found to be one.';
COMMENT ON COLUMN excursion.delay_seconds IS 'Delay of the limit.';
COMMENT ON COLUMN excursion.hysteresis IS 'Hysteresis of the limit in K.';
COMMENT ON COLUMN excursion.window_seconds IS 'Window of the limit, if it is of a rate.';
COMMENT ON COLUMN excursion.name IS 'Name of the sensor; null if not set.';
COMMENT ON COLUMN excursion.location IS 'Where the sensor is; null if not set.';
