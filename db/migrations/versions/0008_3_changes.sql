-- The functions that change sensors. What takes long is done in parts, each a transaction: the change is recorded
-- at once, and continue_sensor_changes() applies it to the stored readings. Consumers call it regularly.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A reading that was stored by a statement that does not see the calibration is stored before the lock is granted,
-- so that the recalibration sees it. Only the parent is locked: that suffices for inserts, and does not wait for a
-- vacuum of a partition.
CREATE FUNCTION calibrate(actor text, id text, new_offset double precision, new_slope double precision,
                          since timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    first_valid timestamptz := since;
BEGIN
    LOCK TABLE ONLY reading IN SHARE ROW EXCLUSIVE MODE;
    first_valid := coalesce(since, clock_timestamp());
    DELETE FROM calibration WHERE sensor_id = id AND valid_from >= first_valid;
    INSERT INTO calibration (sensor_id, valid_from, offset_kelvin, slope, created_by)
    VALUES (id, first_valid, new_offset, new_slope, actor);
    INSERT INTO recalibration AS existing VALUES (id, first_valid)
    ON CONFLICT (sensor_id) DO UPDATE SET since = least(existing.since, excluded.since);
END $$;
COMMENT ON FUNCTION calibrate IS
    'Sets the calibration of a sensor from a time on (null: now), in place of every later calibration.';

CREATE FUNCTION change_sensor(actor text, id text, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    previous   sensor_settings;
    changed    sensor_settings;
    lowest     double precision;
    highest    double precision;
    new_offset double precision;
    new_slope  double precision;
    since      timestamptz := changes ->> 'since';
    unknown    text;
BEGIN
    PERFORM FROM sensor WHERE sensor_id = id FOR UPDATE;
    SELECT * INTO previous FROM sensor_settings WHERE sensor_id = id;
    IF NOT FOUND THEN
        RAISE '%', format('There is no sensor %s: a sensor exists once it has sent a reading.', id)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    IF previous.merged_into IS NOT NULL THEN
        RAISE '%', format('Sensor %s was merged into %s: change that one.', id, previous.merged_into)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    SELECT min(key) INTO unknown FROM jsonb_object_keys(changes) AS key
    WHERE key NOT IN ('name', 'location', 'note', 'unit', 'expected_interval_seconds', 'plausible_min',
                      'plausible_max', 'retired', 'offset', 'slope', 'since');
    IF unknown IS NOT NULL THEN
        RAISE '%', format('A sensor has no field %s.', unknown)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = unknown;
    END IF;
    lowest := CASE WHEN changes ? 'plausible_min' THEN changes ->> 'plausible_min'
                   ELSE previous.plausible_min::text END;
    highest := CASE WHEN changes ? 'plausible_max' THEN changes ->> 'plausible_max'
                    ELSE previous.plausible_max::text END;
    IF lowest >= highest THEN
        RAISE 'The plausible range contains no temperature: plausible_min must be below plausible_max.'
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = CASE WHEN changes ? 'plausible_min' THEN 'plausible_min' ELSE 'plausible_max' END;
    END IF;
    UPDATE sensor SET
        name = CASE WHEN changes ? 'name' THEN changes ->> 'name' ELSE name END,
        location = CASE WHEN changes ? 'location' THEN changes ->> 'location' ELSE location END,
        note = CASE WHEN changes ? 'note' THEN changes ->> 'note' ELSE note END,
        unit = CASE WHEN changes ? 'unit' THEN changes ->> 'unit' ELSE unit END,
        expected_interval_seconds = CASE WHEN changes ? 'expected_interval_seconds'
            THEN (changes ->> 'expected_interval_seconds')::double precision ELSE expected_interval_seconds END,
        plausible_min = lowest,
        plausible_max = highest,
        retired_at = CASE WHEN NOT changes ? 'retired' THEN retired_at
                          WHEN (changes ->> 'retired')::boolean THEN coalesce(retired_at, now()) END
    WHERE sensor_id = id;
    new_offset := CASE WHEN changes ? 'offset' THEN coalesce((changes ->> 'offset')::double precision, 0)
                       ELSE previous.offset_kelvin END;
    new_slope := CASE WHEN changes ? 'slope' THEN coalesce((changes ->> 'slope')::double precision, 1)
                      ELSE previous.slope END;
    IF since > now() THEN
        RAISE 'A calibration cannot begin in the future: since must be a time in the past.'
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'since';
    END IF;
    IF since IS NOT NULL AND previous.calibrated_from IS NULL AND NOT changes ?| ARRAY['offset', 'slope'] THEN
        RAISE 'The sensor has no calibration that could hold since then: give its offset or slope, too.'
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'since';
    END IF;
    IF since IS NOT NULL OR (new_offset, new_slope) <> (previous.offset_kelvin, previous.slope) THEN
        PERFORM calibrate(actor, id, new_offset, new_slope, since);
    END IF;
    SELECT * INTO changed FROM sensor_settings WHERE sensor_id = id;
    IF to_jsonb(changed) <> to_jsonb(previous) THEN
        PERFORM record_audit(actor, 'change', 'sensor', id, to_jsonb(previous), to_jsonb(changed));
    END IF;
    RETURN to_jsonb(changed);
END $$;
COMMENT ON FUNCTION change_sensor IS
    'Changes the fields of a sensor that are given: null clears one. Returns its row of sensor_settings.';

-- Readings of both sensors at one time are compared as the sensors sent them.
CREATE FUNCTION conflicting_reading(source text, target text)
RETURNS TABLE (measured_at timestamptz, source_temperature double precision, target_temperature double precision)
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    day timestamptz;
BEGIN
    FOR day IN
        SELECT DISTINCT date_trunc('day', source_minute.starts_at, 'UTC')
        FROM rollup_minute AS source_minute
        JOIN rollup_minute AS target_minute USING (starts_at)
        WHERE source_minute.sensor_id = source COLLATE "C" AND target_minute.sensor_id = target COLLATE "C"
        ORDER BY 1
    LOOP
        RETURN QUERY
        SELECT source_reading.measured_at, source_reading.raw, target_reading.raw
        FROM (
            SELECT measured_at, coalesce(raw_temperature, temperature) AS raw FROM reading
            WHERE sensor_id = source AND measured_at >= day AND measured_at < day + interval '1 day'
        ) AS source_reading
        JOIN (
            SELECT measured_at, coalesce(raw_temperature, temperature) AS raw FROM reading
            WHERE sensor_id = target AND measured_at >= day AND measured_at < day + interval '1 day'
        ) AS target_reading USING (measured_at)
        GROUP BY 1, 2, 3
        HAVING source_reading.raw <> target_reading.raw
        ORDER BY 1
        LIMIT 1;
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION conflicting_reading IS
    'The first time at which both sensors measured, but not the same temperature; no row if there is none.';

-- Hours and days whose minutes are dropped are no longer computed from anything, so they are added up here. The lock
-- keeps the functions out that compute and drop roll-ups.
CREATE FUNCTION merge_final_rollups(source text, target text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(5675002);
    WITH moved AS (
        DELETE FROM rollup_hour USING rollup_state
        WHERE sensor_id = source COLLATE "C" AND starts_at < minutes_dropped_before
        RETURNING rollup_hour.*
    )
    INSERT INTO rollup_hour AS existing
        (starts_at, sensor_id, readings, sum_temperature, min_temperature, max_temperature, reopened)
    SELECT starts_at, target, readings, sum_temperature, min_temperature, max_temperature, reopened FROM moved
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings        = existing.readings + excluded.readings,
        sum_temperature = existing.sum_temperature + excluded.sum_temperature,
        min_temperature = least(existing.min_temperature, excluded.min_temperature),
        max_temperature = greatest(existing.max_temperature, excluded.max_temperature),
        reopened        = existing.reopened AND excluded.reopened;
    WITH moved AS (
        DELETE FROM rollup_day USING rollup_state
        WHERE sensor_id = source COLLATE "C" AND starts_at < minutes_dropped_before
        RETURNING rollup_day.*
    )
    INSERT INTO rollup_day AS existing
        (starts_at, sensor_id, ends_at, readings, sum_temperature, min_temperature, max_temperature)
    SELECT starts_at, target, ends_at, readings, sum_temperature, min_temperature, max_temperature FROM moved
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings        = existing.readings + excluded.readings,
        sum_temperature = existing.sum_temperature + excluded.sum_temperature,
        min_temperature = least(existing.min_temperature, excluded.min_temperature),
        max_temperature = greatest(existing.max_temperature, excluded.max_temperature);
END $$;
COMMENT ON FUNCTION merge_final_rollups IS 'Moves the hours and days of a sensor whose minutes are dropped to another.';

CREATE FUNCTION merge_sensor(actor text, source text, target text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    previous sensor_settings;
    other    sensor_settings;
    conflict record;
    changed  sensor_settings;
BEGIN
    IF source = target THEN
        RAISE 'A sensor cannot be merged into itself: name two sensors.'
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'into';
    END IF;
    PERFORM FROM sensor WHERE sensor_id IN (source, target) ORDER BY sensor_id FOR UPDATE;
    SELECT * INTO previous FROM sensor_settings WHERE sensor_id = source;
    IF previous.sensor_id IS NULL THEN
        RAISE '%', format('There is no sensor %s: a sensor exists once it has sent a reading.', source)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    SELECT * INTO other FROM sensor_settings WHERE sensor_id = target;
    IF other.sensor_id IS NULL THEN
        RAISE '%', format('There is no sensor %s to merge into: a sensor exists once it has sent a reading.', target)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'into';
    END IF;
    IF other.merged_into IS NOT NULL THEN
        RAISE '%', format('Sensor %s was merged into %s itself: merge into that one.', target, other.merged_into)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'into';
    END IF;
    IF previous.merged_into = target THEN
        RETURN to_jsonb(previous);
    END IF;
    IF previous.merged_into IS NOT NULL THEN
        RAISE '%', format('Sensor %s was merged into %s already.', source, previous.merged_into)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    END IF;
    SELECT * INTO conflict FROM conflicting_reading(source, target);
    IF FOUND THEN
        RAISE '%', format(
            'Both sensors measured at %s, but %s °C and %s °C, so they are two sensors. If they are one all the same, '
            'delete the wrong readings first: sensorctl import undo, or as the owner of the database.',
            to_char(conflict.measured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            conflict.source_temperature, conflict.target_temperature)
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'into';
    END IF;
    UPDATE sensor SET merged_into = target WHERE merged_into = source;
    UPDATE sensor SET merged_into = target, retired_at = coalesce(retired_at, now()) WHERE sensor_id = source;
    DELETE FROM recalibration WHERE sensor_id = source;
    PERFORM merge_final_rollups(source, target);
    INSERT INTO acknowledged_loss
    SELECT target, run_id, first_sequence, last_sequence, reason, acknowledged_at, acknowledged_by
    FROM acknowledged_loss WHERE sensor_id = source
    ON CONFLICT DO NOTHING;
    DELETE FROM acknowledged_loss WHERE sensor_id = source;
    SELECT * INTO changed FROM sensor_settings WHERE sensor_id = source;
    PERFORM record_audit(actor, 'merge', 'sensor', source, to_jsonb(previous), to_jsonb(changed));
    RETURN to_jsonb(changed);
END $$;
COMMENT ON FUNCTION merge_sensor IS
    'Merges a sensor into another: from now on its readings, also those that arrive later, are moved there. '
    'Returns its row of sensor_settings.';

REVOKE EXECUTE ON FUNCTION calibrate, change_sensor, conflicting_reading, merge_final_rollups, merge_sensor
FROM PUBLIC;
