-- Applies calibrations and merges to the stored readings, in parts of bounded size.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- At least one minute, and more while they have at most max_readings readings together.
CREATE FUNCTION next_minutes(id text, since timestamptz, max_readings bigint) RETURNS timestamptz[]
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT array_agg(starts_at ORDER BY starts_at) FROM (
        SELECT starts_at, row_number() OVER (ORDER BY starts_at) AS number,
               sum(readings) OVER (ORDER BY starts_at) AS total
        FROM (
            SELECT starts_at, readings FROM rollup_minute
            WHERE sensor_id = id COLLATE "C" AND starts_at >= since
            ORDER BY starts_at LIMIT 1000
        ) AS minute
    ) AS minutes
    WHERE number = 1 OR total <= max_readings
$$;
COMMENT ON FUNCTION next_minutes IS 'The next minutes of a sensor from a time on; null if there are none.';

-- The readings of the source get the calibration of the target. Both are the same sensor in a recalibration.
CREATE FUNCTION calibrate_readings(source text, target text, minutes timestamptz[], since timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_minute CONSTANT timestamptz := minutes[1];
    end_minute   CONSTANT timestamptz := minutes[cardinality(minutes)] + interval '1 minute';
BEGIN
    UPDATE reading SET
        sensor_id = target,
        (temperature, raw_temperature) = (
            SELECT coalesce(calibrated.value, raw.value), CASE WHEN calibrated.value <> raw.value THEN raw.value END
            FROM (SELECT coalesce(reading.raw_temperature, reading.temperature) AS value) AS raw
            LEFT JOIN LATERAL (
                SELECT raw.value * slope + offset_kelvin AS value
                FROM calibration
                WHERE calibration.sensor_id = target AND valid_from <= reading.measured_at
                ORDER BY valid_from DESC
                LIMIT 1
            ) AS calibrated ON true)
    FROM unnest(minutes) AS minute
    WHERE measured_at >= minute AND measured_at < minute + interval '1 minute' AND measured_at >= since
      AND measured_at >= first_minute AND measured_at < end_minute
      AND reading.sensor_id = source;
END $$;
COMMENT ON FUNCTION calibrate_readings IS
    'Moves the readings of these minutes to the target, with its calibration: those measured since a time.';

CREATE FUNCTION continue_recalibration(pending recalibration, max_readings bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    minutes CONSTANT timestamptz[] := next_minutes(
        pending.sensor_id, date_bin('1 minute', pending.since, timestamptz '2000-01-01 00:00:00+00'), max_readings);
BEGIN
    IF minutes IS NULL THEN
        DELETE FROM recalibration WHERE sensor_id = pending.sensor_id;
        RETURN;
    END IF;
    PERFORM calibrate_readings(pending.sensor_id, pending.sensor_id, minutes, pending.since);
    UPDATE recalibration SET since = minutes[cardinality(minutes)] + interval '1 minute'
    WHERE sensor_id = pending.sensor_id;
END $$;
COMMENT ON FUNCTION continue_recalibration IS 'Recalibrates the next minutes of a sensor, or ends its recalibration.';

-- A reading that both sensors have was stored under both IDs, and is kept once. Minutes that remain have no readings
-- any more, because those were dropped after the retention.
CREATE FUNCTION continue_merge(source text, target text, max_readings bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
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
    PERFORM calibrate_readings(source, target, minutes, '-infinity');
    WITH dropped AS (
        DELETE FROM rollup_minute
        WHERE sensor_id = source COLLATE "C" AND starts_at = ANY (minutes) AND NOT EXISTS (
            SELECT FROM reading
            WHERE measured_at >= starts_at AND measured_at < starts_at + interval '1 minute'
              AND measured_at >= first_minute AND measured_at < end_minute
              AND reading.sensor_id = source)
        RETURNING *
    )
    INSERT INTO rollup_minute AS existing
    SELECT starts_at, target COLLATE "C", readings, sum_temperature, min_temperature, max_temperature, last_measured_at
    FROM dropped
    ORDER BY 1
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings         = existing.readings + excluded.readings,
        sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
        min_temperature  = least(existing.min_temperature, excluded.min_temperature),
        max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
        last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', minute, timestamptz '2000-01-01 00:00:00+00'), sensor
    FROM unnest(minutes) AS minute CROSS JOIN unnest(ARRAY[source, target]) AS sensor
    WHERE minute < clock_timestamp() - interval '1 hour';
END $$;
COMMENT ON FUNCTION continue_merge IS 'Moves the next minutes of a merged sensor, with their readings, to the other.';

CREATE FUNCTION merge_with_readings() RETURNS SETOF sensor
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT sensor.* FROM sensor
    WHERE merged_into IS NOT NULL AND EXISTS (
        SELECT FROM rollup_minute WHERE rollup_minute.sensor_id = sensor.sensor_id COLLATE "C")
    ORDER BY sensor_id LIMIT 1
$$;
COMMENT ON FUNCTION merge_with_readings IS 'A merged sensor that still has readings; no row if there is none.';

-- Whatever another session does at this moment, it does not have to be done here.
CREATE FUNCTION advance_sensor_changes(max_readings bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    pending recalibration;
    merged  sensor;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675003) THEN
        RETURN true;
    END IF;
    SELECT * INTO pending FROM recalibration ORDER BY sensor_id LIMIT 1 FOR UPDATE;
    IF FOUND THEN
        PERFORM continue_recalibration(pending, max_readings);
    ELSE
        SELECT * INTO merged FROM merge_with_readings();
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        PERFORM continue_merge(merged.sensor_id, merged.merged_into, max_readings);
    END IF;
    RETURN EXISTS (SELECT FROM recalibration) OR EXISTS (SELECT FROM merge_with_readings());
END $$;
COMMENT ON FUNCTION advance_sensor_changes IS
    'Applies calibrations and merges to about this many readings. Returns whether something is left to do.';

CREATE FUNCTION continue_sensor_changes() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
BEGIN
    RETURN advance_sensor_changes(500);
END $$;
COMMENT ON FUNCTION continue_sensor_changes IS
    'advance_sensor_changes with a limit that takes a few hundredths of a second. Consumers call it regularly.';

REVOKE EXECUTE ON FUNCTION next_minutes, calibrate_readings, continue_recalibration, continue_merge,
    merge_with_readings, advance_sensor_changes, continue_sensor_changes FROM PUBLIC;
