-- As in version 0008, and minutes are final that are not reopened, when readings of their time were dropped.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION recompute_rollups(minutes timestamptz[], sensors text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    dropped      CONSTANT timestamptz := (SELECT readings_dropped_before FROM rollup_state);
    first_kept   CONSTANT timestamptz := readings_kept_since();
    first_minute timestamptz;
    end_minute   timestamptz;
BEGIN
    SELECT array_agg(pair.starts_at), array_agg(pair.sensor_id) INTO minutes, sensors
    FROM unnest(minutes, sensors) AS pair (starts_at, sensor_id)
    LEFT JOIN rollup_minute AS existing
           ON existing.starts_at = pair.starts_at AND existing.sensor_id = pair.sensor_id COLLATE "C"
    WHERE pair.starts_at >= dropped
       OR pair.starts_at >= first_kept AND coalesce(existing.reopened, true);
    IF minutes IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO rollup_minute AS existing
    SELECT starts_at, sensor_id COLLATE "C", 0, 0, 0, 0, starts_at, starts_at < dropped
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

-- What is final in either sensor is added up before its readings, if any are stored again, are moved: then it stays as it is.
CREATE OR REPLACE FUNCTION continue_merge(source text, target text, max_readings bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    dropped CONSTANT timestamptz := (SELECT readings_dropped_before FROM rollup_state);
    minutes CONSTANT timestamptz[] := next_minutes(source, '-infinity', max_readings);
    first_minute CONSTANT timestamptz := minutes[1];
    end_minute   CONSTANT timestamptz := minutes[cardinality(minutes)] + interval '1 minute';
BEGIN
    DELETE FROM reading AS copy
    USING unnest(minutes) AS minute, reading AS original
    WHERE copy.measured_at >= minute AND copy.measured_at < minute + interval '1 minute'
      AND copy.measured_at >= first_minute AND copy.measured_at < end_minute
      AND original.measured_at >= first_minute AND original.measured_at < end_minute
      AND original.measured_at = copy.measured_at
      AND copy.sensor_id = source AND original.sensor_id = target
      AND coalesce(original.raw_temperature, original.temperature) = coalesce(copy.raw_temperature, copy.temperature);
    WITH final AS (
        DELETE FROM rollup_minute AS minute
        WHERE sensor_id = source COLLATE "C" AND starts_at = ANY (minutes) AND (
            starts_at < dropped AND (NOT reopened OR EXISTS (
                SELECT FROM rollup_minute AS other
                WHERE other.starts_at = minute.starts_at AND other.sensor_id = target COLLATE "C" AND NOT other.reopened))
            OR NOT EXISTS (
                SELECT FROM reading
                WHERE measured_at >= starts_at AND measured_at < starts_at + interval '1 minute'
                  AND measured_at >= first_minute AND measured_at < end_minute
                  AND reading.sensor_id = source))
        RETURNING *
    )
    INSERT INTO rollup_minute AS existing
    SELECT starts_at, target COLLATE "C", readings, sum_temperature, min_temperature, max_temperature, last_measured_at
    FROM final
    ORDER BY 1
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings         = existing.readings + excluded.readings,
        sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
        min_temperature  = least(existing.min_temperature, excluded.min_temperature),
        max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
        last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at),
        reopened         = false;
    PERFORM calibrate_readings(source, target, minutes, '-infinity');
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', minute, timestamptz '2000-01-01 00:00:00+00'), sensor
    FROM unnest(minutes) AS minute CROSS JOIN unnest(ARRAY[source, target]) AS sensor
    WHERE minute < clock_timestamp() - interval '1 hour';
END $$;
