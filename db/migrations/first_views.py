"""The views: the last hour, the series, the numbers of the runs, and all readings."""

from db.migrations.first_rollups import FIVE_SECONDS, MINUTE, ORIGIN

# The hour in three pieces: whole minutes, at its old edge whole five seconds, and there the readings of
# less than five seconds. The last reading of a sensor is then one look into the readings' index.
# Planned each time, with the moments known, so that partitions and days outside of the hour cost nothing;
# compiling such a plan, or starting others to share it, would take longer than running it, and with indexes
# alone it is the same plan for a new table and for an old one.
LAST_HOUR = f"""
CREATE FUNCTION last_hour() RETURNS TABLE (
    sensor_id        text,
    readings         bigint,
    sum_temperature  double precision,
    min_temperature  double precision,
    max_temperature  double precision,
    last_measured_at timestamptz,
    last_reading_id  uuid,
    last_temperature double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = SCHEMA, pg_temp SET plan_cache_mode = force_custom_plan
SET jit = off SET max_parallel_workers_per_gather = 0 SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    an_hour_ago CONSTANT timestamptz := now() - interval '1 hour';
    first_fine  CONSTANT timestamptz := date_bin('5 seconds', an_hour_ago, {ORIGIN}) + interval '5 seconds';
    first_whole CONSTANT timestamptz := date_bin('1 minute', an_hour_ago, {ORIGIN}) + interval '1 minute';
BEGIN
    RETURN QUERY
    WITH piece AS (
        SELECT starts_at, sensor_id, readings, sum_temperature, min_temperature, max_temperature,
               last_measured_at
        FROM {MINUTE}
        WHERE starts_at >= first_whole
        UNION ALL
        SELECT * FROM {FIVE_SECONDS}
        WHERE starts_at >= first_fine AND starts_at < first_whole
        UNION ALL
        SELECT an_hour_ago, sensor_id COLLATE "C", count(*)::integer,
               sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM reading
        WHERE measured_at > an_hour_ago AND measured_at < first_fine
        GROUP BY sensor_id
    ), hour AS (
        SELECT sensor_id, sum(readings) AS readings, sum(sum_temperature) AS sum_temperature,
               min(min_temperature) AS min_temperature, max(max_temperature) AS max_temperature,
               max(last_measured_at) AS last_measured_at
        FROM piece
        GROUP BY sensor_id
    )
    SELECT sensor_id, readings, sum_temperature, min_temperature, max_temperature, last_measured_at,
           last_reading_id, last_temperature
    FROM hour
    CROSS JOIN LATERAL (
        SELECT reading_id AS last_reading_id, temperature AS last_temperature
        FROM reading
        WHERE reading.measured_at > an_hour_ago
          AND reading.measured_at = hour.last_measured_at AND reading.sensor_id = hour.sensor_id
        ORDER BY reading_id DESC
        LIMIT 1
    ) AS last;
END $$
"""

LAST_HOUR_SUMMARY = """
CREATE VIEW last_hour_summary AS
SELECT sensor_id, sensor.name, sensor.location,
       hour.readings,
       hour.min_temperature, hour.sum_temperature / hour.readings AS mean_temperature, hour.max_temperature,
       hour.last_temperature, hour.last_measured_at
FROM last_hour() AS hour
LEFT JOIN sensor USING (sensor_id)
ORDER BY sensor_id
"""

LAST_HOUR_OVERALL = """
CREATE VIEW last_hour_overall AS
SELECT coalesce(sum(readings), 0)::bigint     AS readings,
       min(min_temperature)                   AS min_temperature,
       sum(sum_temperature) / sum(readings)   AS mean_temperature,
       max(max_temperature)                   AS max_temperature,
       (array_agg(last_temperature ORDER BY last_measured_at DESC, last_reading_id DESC))[1]
                                              AS last_temperature,
       max(last_measured_at)                  AS last_measured_at
FROM last_hour()
"""

READING_MINUTE = f"""
CREATE VIEW reading_minute AS
SELECT sensor_id COLLATE "default" AS sensor_id, starts_at AS minute, readings::bigint AS readings,
       min_temperature, sum_temperature / readings AS mean_temperature, max_temperature
FROM {MINUTE}
"""

READING_HOUR = f"""
CREATE VIEW reading_hour AS
SELECT sensor_id COLLATE "default" AS sensor_id, date_bin('1 hour', starts_at, {ORIGIN}) AS hour,
       sum(readings)                        AS readings,
       min(min_temperature)                 AS min_temperature,
       sum(sum_temperature) / sum(readings) AS mean_temperature,
       max(max_temperature)                 AS max_temperature
FROM {MINUTE}
GROUP BY 1, 2
"""

# A run numbers its readings from 1. There is no index for this: see docs/adr/0007-reconciliation.md.
READING_SEQUENCE = """
CREATE VIEW reading_sequence AS
SELECT sensor_id, run_id, sequence, measured_at
FROM reading
WHERE run_id IS NOT NULL AND sequence >= 1
"""

READING_GAP = """
CREATE VIEW reading_gap AS
SELECT sensor_id, run_id,
       previous + 1            AS first_missing,
       sequence - 1            AS last_missing,
       sequence - 1 - previous AS missing
FROM (
    SELECT sensor_id, run_id, sequence,
           lag(sequence, 1, 0::bigint) OVER (PARTITION BY run_id, sensor_id ORDER BY sequence) AS previous
    FROM reading_sequence
) AS numbered
WHERE sequence > previous + 1
"""

# Every reading, for those who may read views only.
STORED_READING = """
CREATE VIEW stored_reading AS
SELECT reading_id, sensor_id, measured_at, temperature, received_at, run_id, sequence
FROM reading
"""

CREATE = (
    LAST_HOUR,
    LAST_HOUR_SUMMARY,
    LAST_HOUR_OVERALL,
    READING_MINUTE,
    READING_HOUR,
    READING_SEQUENCE,
    READING_GAP,
    STORED_READING,
)
DROP = (
    "DROP VIEW last_hour_summary, last_hour_overall, reading_minute, reading_hour",
    "DROP VIEW reading_gap, reading_sequence, stored_reading",
)
FUNCTIONS = ("last_hour",)
