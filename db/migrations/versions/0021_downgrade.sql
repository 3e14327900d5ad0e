SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION remove_limit(actor text, id bigint) RETURNS limit_rule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed limit_rule;
BEGIN
    SELECT * INTO removed FROM limit_rule WHERE limit_id = id AND ended_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no limit %s. `sensorctl limit list` shows the limits.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'limit_id';
    END IF;
    PERFORM end_limit(actor, removed);
    PERFORM record_audit(actor, 'remove', 'limit', id::text, to_jsonb(removed), null);
    RETURN removed;
END $$;

CREATE OR REPLACE FUNCTION close_hours(deadline timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    target CONSTANT timestamptz :=
        date_bin('1 hour', now() - interval '1 hour', timestamptz '2000-01-01 00:00:00+00');
    state  rollup_state;
    hour   timestamptz;
    closed integer := 0;
BEGIN
    UPDATE rollup_state SET closing_until = target, closing_xid = pg_current_xact_id()
    WHERE closing_until < target AND pg_snapshot_xmin(pg_current_snapshot()) >= closing_xid;
    SELECT * INTO state FROM rollup_state;
    IF pg_snapshot_xmin(pg_current_snapshot()) < state.closing_xid THEN
        RETURN 0;
    END IF;
    WHILE state.hours_until < state.closing_until AND clock_timestamp() < deadline LOOP
        SELECT date_bin('1 hour', min(starts_at), timestamptz '2000-01-01 00:00:00+00') INTO hour
        FROM rollup_minute WHERE starts_at >= state.hours_until AND starts_at < state.closing_until;
        DELETE FROM rollup_hour
        WHERE starts_at >= state.hours_until AND starts_at < coalesce(hour + interval '1 hour', state.closing_until);
        INSERT INTO rollup_hour (starts_at, sensor_id, readings, sum_temperature, min_temperature, max_temperature)
        SELECT hour, sensor_id, sum(readings), sum(sum_temperature), min(min_temperature), max(max_temperature)
        FROM rollup_minute
        WHERE starts_at >= hour AND starts_at < hour + interval '1 hour'
        GROUP BY sensor_id;
        state.hours_until := coalesce(hour + interval '1 hour', state.closing_until);
        closed := closed + 1;
    END LOOP;
    UPDATE rollup_state SET hours_until = state.hours_until WHERE hours_until <> state.hours_until;
    RETURN closed;
END $$;

CREATE OR REPLACE FUNCTION revise_readings(
    ids uuid[], sensors text[], times timestamptz[], temperatures double precision[], revisions timestamptz[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET jit = off SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    first_time CONSTANT timestamptz := (SELECT min(measured_at) FROM unnest(times) AS measured_at);
    last_time  CONSTANT timestamptz := (SELECT max(measured_at) FROM unnest(times) AS measured_at);
BEGIN
    PERFORM pg_advisory_xact_lock(5675003);
    RETURN QUERY
    UPDATE reading SET
        revised_at = newest.revised_at,
        (temperature, raw_temperature) = (
            SELECT coalesce(calibrated.value, newest.temperature),
                   CASE WHEN calibrated.value <> newest.temperature THEN newest.temperature END
            FROM (SELECT) AS one
            LEFT JOIN LATERAL (
                SELECT newest.temperature * slope + offset_kelvin AS value
                FROM calibration
                WHERE calibration.sensor_id = reading.sensor_id AND valid_from <= reading.measured_at
                ORDER BY valid_from DESC
                LIMIT 1
            ) AS calibrated ON true)
    FROM (
        SELECT DISTINCT ON (reading_id) given.*, merged_into
        FROM unnest(ids, sensors, times, temperatures, revisions)
            AS given (reading_id, sensor_id, measured_at, temperature, revised_at)
        LEFT JOIN sensor USING (sensor_id)
        WHERE substr(reading_id::text, 15, 1) = '5'
        ORDER BY reading_id, given.revised_at DESC
    ) AS newest
    WHERE reading.reading_id = newest.reading_id AND reading.measured_at = newest.measured_at
      AND reading.measured_at BETWEEN first_time AND last_time
      AND reading.sensor_id IN (newest.sensor_id, newest.merged_into)
      AND (reading.revised_at IS NULL OR reading.revised_at < newest.revised_at)
      AND coalesce(reading.raw_temperature, reading.temperature) <> newest.temperature
    RETURNING reading.reading_id;
END $$;
