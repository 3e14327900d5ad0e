SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE VIEW sensor_status AS
SELECT sensor_id, sensor.name, sensor.location,
       state.last_measured_at, state.last_received_at, state.last_temperature, state.usual_interval,
       CASE WHEN now() > state.last_received_at + greatest(interval '30 seconds', 5 * state.usual_interval)
             AND state.last_received_at < state.last_measured_at + interval '1 day'
             AND state.usual_interval IS NOT NULL
            THEN state.last_received_at
       END AS offline_since
FROM sensor_states() AS state
JOIN sensor USING (sensor_id)
ORDER BY sensor_id;
COMMENT ON COLUMN sensor_status.offline_since IS
    'When its latest reading was stored, if it has sent none for five usual intervals and at least '
    '30 seconds; null while it sends readings, and for imported history.';
