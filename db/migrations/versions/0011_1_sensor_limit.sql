-- As in version 0009, but a sensor's own limits and those of its location are found by equality. Only patterns are
-- compared with each sensor.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE INDEX limit_rule_sensor ON limit_rule (sensor_id) WHERE ended_at IS NULL;
COMMENT ON INDEX limit_rule_sensor IS 'Finds the limits of a sensor.';

CREATE OR REPLACE VIEW sensor_limit AS
SELECT DISTINCT ON (sensor_id, kind, severity)
       sensor_id, limit_id, kind, threshold, window_seconds, delay_seconds, hysteresis, severity, schedule, zone, set_for
FROM (
    SELECT sensor.sensor_id, 'sensor' AS set_for, 1 AS generality, limit_id, kind, threshold, window_seconds,
           delay_seconds, hysteresis, severity, schedule, zone, pattern
    FROM sensor JOIN limit_rule ON limit_rule.sensor_id = sensor.sensor_id
    WHERE retired_at IS NULL AND ended_at IS NULL
    UNION ALL
    SELECT sensor.sensor_id, 'pattern', 2, limit_id, kind, threshold, window_seconds,
           delay_seconds, hysteresis, severity, schedule, zone, pattern
    FROM sensor JOIN limit_rule ON sensor.sensor_id LIKE like_pattern
    WHERE retired_at IS NULL AND ended_at IS NULL AND pattern IS NOT NULL
    UNION ALL
    SELECT sensor.sensor_id, 'location', 3, limit_id, kind, threshold, window_seconds,
           delay_seconds, hysteresis, severity, schedule, zone, pattern
    FROM sensor JOIN limit_rule ON limit_rule.location = sensor.location
    WHERE retired_at IS NULL AND ended_at IS NULL
) AS held
ORDER BY sensor_id, kind, severity, generality, length(pattern) DESC, limit_id DESC;
