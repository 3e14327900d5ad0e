-- As in version 0001, and a limit on how long a sensor may be silent takes the place of five usual intervals.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE VIEW sensor_status AS
SELECT state.sensor_id, sensor.name, sensor.location,
       state.last_measured_at, state.last_received_at, state.last_temperature, state.usual_interval,
       CASE WHEN now() > state.last_received_at
                + coalesce(make_interval(secs => stale.delay_seconds),
                           greatest(interval '30 seconds', 5 * state.usual_interval))
             AND state.last_received_at < state.last_measured_at + interval '1 day'
             AND (state.usual_interval IS NOT NULL OR stale.delay_seconds IS NOT NULL)
            THEN state.last_received_at
       END AS offline_since
FROM sensor_states() AS state
JOIN sensor USING (sensor_id)
LEFT JOIN (SELECT sensor_id, delay_seconds FROM sensor_limit WHERE kind = 'stale') AS stale
    ON stale.sensor_id = state.sensor_id
ORDER BY state.sensor_id;
COMMENT ON COLUMN sensor_status.offline_since IS
    'When its latest reading was stored, if it has sent none for as long as its limit `stale` or, without one, for '
    'five usual intervals and at least 30 seconds; null while it sends readings, and for imported history.';
