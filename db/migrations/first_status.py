"""The view `sensor_status`: when a sensor was last heard, how often it usually is, since when it is silent.

See docs/adr/0014-system-status.md. It costs some index look-ups a sensor, however many readings there are.
"""

from db.migrations.first_rollups import MINUTE

# So many stretches, each from one minute with readings to the next one, tell the usual interval.
STRETCHES = 10
# A sensor is silent after so many of its intervals, and not before a restart of anything could be over.
INTERVALS = 5
PATIENCE = "interval '30 seconds'"
# A clock may be ahead by this; what claims to come from later says nothing.
AHEAD = "interval '5 minutes'"
# What was on its way for longer is history that somebody imported, not a sensor that was heard.
OLDEST_NEWS = "interval '1 day'"

# A stretch has a mean interval, and the median of several is the usual one: a gap or a burst is one stretch.
# Then a query for each day on which some sensor was heard last, with that day known while it is planned, so
# that other partitions cost nothing.
SENSOR_STATES = f"""
CREATE FUNCTION sensor_states() RETURNS TABLE (
    sensor_id        text,
    last_measured_at timestamptz,
    last_received_at timestamptz,
    last_temperature double precision,
    usual_interval   interval
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = SCHEMA, pg_temp SET plan_cache_mode = force_custom_plan SET TimeZone = 'UTC'
SET jit = off SET max_parallel_workers_per_gather = 0 SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    day       timestamptz;
    sensors   text[];
    moments   timestamptz[];
    intervals interval[];
BEGIN
    FOR day, sensors, moments, intervals IN
        SELECT date_trunc('day', last_at), array_agg(sensor_id), array_agg(last_at), array_agg(usual)
        FROM sensor
        CROSS JOIN LATERAL (
            SELECT max(last_measured_at) AS last_at,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY (last_measured_at - before) / readings)
                       AS usual
            FROM (
                SELECT last_measured_at, readings,
                       lag(last_measured_at) OVER (ORDER BY starts_at) AS before
                FROM (
                    SELECT starts_at, last_measured_at, readings
                    FROM {MINUTE} AS minute
                    WHERE minute.sensor_id = sensor.sensor_id COLLATE "C" AND starts_at <= now() + {AHEAD}
                    ORDER BY starts_at DESC
                    LIMIT {STRETCHES + 1}
                ) AS minute
            ) AS stretch
        ) AS heard
        WHERE last_at IS NOT NULL
        GROUP BY 1
    LOOP
        RETURN QUERY
        SELECT heard.sensor_id, heard.measured_at, received_at, temperature, usual
        FROM unnest(sensors, moments, intervals) AS heard (sensor_id, measured_at, usual)
        CROSS JOIN LATERAL (
            SELECT received_at, temperature
            FROM reading
            WHERE reading.measured_at >= day AND reading.measured_at < day + interval '1 day'
              AND reading.measured_at = heard.measured_at AND reading.sensor_id = heard.sensor_id
            ORDER BY reading_id DESC
            LIMIT 1
        ) AS last;
    END LOOP;
END $$
"""

# It is the arrival that tells whether a sensor is silent, on the database's own clock: a sensor's may be
# wrong, and its readings may have waited.
SENSOR_STATUS = f"""
CREATE VIEW sensor_status AS
SELECT sensor_id, sensor.name, sensor.location,
       state.last_measured_at, state.last_received_at, state.last_temperature, state.usual_interval,
       CASE WHEN now() > state.last_received_at + greatest({PATIENCE}, {INTERVALS} * state.usual_interval)
             AND state.last_received_at < state.last_measured_at + {OLDEST_NEWS}
             AND state.usual_interval IS NOT NULL
            THEN state.last_received_at
       END AS silent_since
FROM sensor_states() AS state
JOIN sensor USING (sensor_id)
ORDER BY sensor_id
"""

CREATE = (SENSOR_STATES, SENSOR_STATUS)
DROP = ("DROP VIEW sensor_status",)
FUNCTIONS = ("sensor_states",)
