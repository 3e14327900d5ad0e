-- Where sensors were, so that a report of the past has the limits of the location at that time.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE VIEW sensor_location AS
WITH moved AS (
    SELECT object_id AS sensor_id, audit_id, at, before ->> 'location' AS location
    FROM audit
    WHERE object_kind = 'sensor' AND before ->> 'location' <> coalesce(after ->> 'location', '')
)
SELECT sensor_id, location, lag(at) OVER (PARTITION BY sensor_id ORDER BY audit_id) AS since, at AS until
FROM moved
UNION ALL
SELECT sensor_id, location, (SELECT max(at) FROM moved WHERE moved.sensor_id = sensor.sensor_id), NULL
FROM sensor;
COMMENT ON VIEW sensor_location IS
    'Where each sensor is and was: one row per location and time. Before its first known location it counts as there.';
COMMENT ON COLUMN sensor_location.sensor_id IS 'The sensor.';
COMMENT ON COLUMN sensor_location.location IS 'Its location; null: unknown.';
COMMENT ON COLUMN sensor_location.since IS 'When it was moved there; null: it was there from the start.';
COMMENT ON COLUMN sensor_location.until IS 'When it was moved to another; null: it is there now.';
