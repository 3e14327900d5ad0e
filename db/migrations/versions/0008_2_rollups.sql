-- Changed readings: the roll-ups of the minutes and sensors that they concern are computed again, with one
-- statement each, and no other writer waits. See docs/adr/0010-rollups-and-partitions.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The first statement locks the minutes in the order in which inserts do (roll_up_inserted). A transaction
-- that holds a minute's row has inserted its readings before; so the next statements, which see what is committed by then, see
-- all readings that the row counts. A reading that is inserted meanwhile waits for the row, and is added to the
-- new one. Five seconds need no locks of their own: inserts lock the minute first. A minute without a row gets an
-- empty one, which keeps this order. Minutes whose readings are dropped stay as they are, and hours that are over
-- are marked, as in rebuild_rollups().
CREATE FUNCTION recompute_rollups(minutes timestamptz[], sensors text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_minute timestamptz;
    end_minute   timestamptz;
BEGIN
    SELECT array_agg(starts_at), array_agg(sensor_id) INTO minutes, sensors
    FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id), rollup_state
    WHERE NOT tstzrange(least(minutes_dropped_before, readings_dropped_before), readings_dropped_before) @> starts_at;
    IF minutes IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO rollup_minute AS existing
    SELECT starts_at, sensor_id COLLATE "C", 0, 0, 0, 0, starts_at
    FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    ORDER BY 1, 2
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET readings = existing.readings WHERE false;
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00'), sensor_id COLLATE "C"
    FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    WHERE starts_at < clock_timestamp() - interval '1 hour';
    SELECT min(minute), max(minute) + interval '1 minute' INTO first_minute, end_minute
    FROM unnest(minutes) AS minute;
    UPDATE rollup_minute AS existing SET
        readings         = coalesce(fresh.readings, 0),
        sum_temperature  = coalesce(fresh.sum_temperature, 0),
        min_temperature  = coalesce(fresh.min_temperature, 0),
        max_temperature  = coalesce(fresh.max_temperature, 0),
        last_measured_at = coalesce(fresh.last_measured_at, pair.starts_at)
    FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    LEFT JOIN (
        SELECT minute, reading.sensor_id,
               count(*)::integer AS readings, sum(temperature) AS sum_temperature,
               min(temperature) AS min_temperature, max(temperature) AS max_temperature,
               max(measured_at) AS last_measured_at
        FROM (SELECT DISTINCT minute FROM unnest(minutes) AS minute) AS affected
        JOIN reading ON measured_at >= minute AND measured_at < minute + interval '1 minute'
                    AND measured_at >= first_minute AND measured_at < end_minute
                    AND reading.sensor_id = ANY (sensors)
        GROUP BY 1, 2
    ) AS fresh ON fresh.minute = pair.starts_at AND fresh.sensor_id = pair.sensor_id
    WHERE existing.starts_at = pair.starts_at AND existing.sensor_id = pair.sensor_id COLLATE "C";
    DELETE FROM rollup_minute AS existing
    USING unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    WHERE existing.starts_at = pair.starts_at AND existing.sensor_id = pair.sensor_id COLLATE "C"
      AND existing.readings = 0;
    IF end_minute <= now() - interval '2 hours' THEN
        RETURN;
    END IF;
    DELETE FROM rollup_five_seconds AS existing
    USING unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    WHERE existing.starts_at >= pair.starts_at AND existing.starts_at < pair.starts_at + interval '1 minute'
      AND existing.sensor_id = pair.sensor_id COLLATE "C";
    INSERT INTO rollup_five_seconds
    SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'), reading.sensor_id COLLATE "C",
           count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
    FROM (SELECT DISTINCT minute FROM unnest(minutes) AS minute) AS affected
    JOIN reading ON measured_at >= minute AND measured_at < minute + interval '1 minute'
                AND measured_at >= first_minute AND measured_at < end_minute
                AND measured_at > now() - interval '2 hours'
                AND reading.sensor_id = ANY (sensors)
    WHERE (minute, reading.sensor_id) IN (
        SELECT starts_at, sensor_id FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id))
    GROUP BY 1, 2
    ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION recompute_rollups IS
    'Computes the roll-ups of these minutes and sensors, pairs of the two arrays, again.';

CREATE OR REPLACE FUNCTION roll_up_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    minutes timestamptz[];
    sensors text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(minute), array_agg(sensor_id) INTO minutes, sensors FROM (
            SELECT DISTINCT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS minute, sensor_id
            FROM changed
        ) AS pair;
    ELSE
        SELECT array_agg(minute), array_agg(sensor_id) INTO minutes, sensors FROM (
            SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS minute, sensor_id
            FROM changed
            UNION
            SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'), sensor_id
            FROM added
        ) AS pair;
    END IF;
    IF minutes IS NOT NULL THEN
        PERFORM recompute_rollups(minutes, sensors);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER roll_up_updated_from ON reading;
DROP TRIGGER roll_up_updated_to ON reading;
CREATE TRIGGER roll_up_updated AFTER UPDATE ON reading
REFERENCING OLD TABLE AS changed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();

REVOKE EXECUTE ON FUNCTION recompute_rollups FROM PUBLIC;
