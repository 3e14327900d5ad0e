SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION roll_up_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    rows        bigint;
    oldest      timestamptz;
    sensor      text;
    value       double precision;
    first_kept  timestamptz := '-infinity';
BEGIN
    SELECT count(*), min(measured_at), min(sensor_id COLLATE "C"), min(temperature)
    INTO rows, oldest, sensor, value FROM added;
    IF oldest < clock_timestamp() - interval '1 hour' THEN
        SELECT coalesce(max(date_trunc('day', now(), 'UTC') - make_interval(hours => 24 * days)), '-infinity')
        INTO first_kept FROM retention;
        INSERT INTO stale_hour_mark
        SELECT DISTINCT date_bin('1 hour', measured_at, timestamptz '2000-01-01 00:00:00+00'),
                        sensor_id COLLATE "C"
        FROM added
        WHERE measured_at < clock_timestamp() - interval '1 hour' AND measured_at >= first_kept;
    END IF;
    IF rows > 1 THEN
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM added
        WHERE measured_at >= first_kept
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        INSERT INTO rollup_five_seconds AS existing
        SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM added
        WHERE measured_at > now() - interval '2 hours'
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    ELSIF oldest >= first_kept THEN
        INSERT INTO rollup_minute AS existing
        VALUES (date_bin('1 minute', oldest, timestamptz '2000-01-01 00:00:00+00'), sensor, 1,
                value, value, value, oldest)
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        IF oldest > now() - interval '2 hours' THEN
            INSERT INTO rollup_five_seconds AS existing
            VALUES (date_bin('5 seconds', oldest, timestamptz '2000-01-01 00:00:00+00'), sensor, 1,
                    value, value, value, oldest)
            ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
                readings         = existing.readings + excluded.readings,
                sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
                min_temperature  = least(existing.min_temperature, excluded.min_temperature),
                max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
                last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION rebuild_rollups(since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_minute CONSTANT timestamptz := date_bin('1 minute', since, timestamptz '2000-01-01 00:00:00+00');
    end_minute   CONSTANT timestamptz := date_bin('1 minute', until, timestamptz '2000-01-01 00:00:00+00')
                                         + interval '1 minute';
    kept_minutes CONSTANT tstzrange :=
        (SELECT tstzrange(least(minutes_dropped_before, readings_dropped_before), readings_dropped_before)
         FROM rollup_state);
BEGIN
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    WITH deleted AS (
        DELETE FROM rollup_minute
        WHERE starts_at >= first_minute AND starts_at < end_minute AND NOT kept_minutes @> starts_at
        RETURNING starts_at, sensor_id
    )
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00'), sensor_id
    FROM deleted
    WHERE starts_at < clock_timestamp() - interval '1 hour';
    DELETE FROM rollup_five_seconds WHERE starts_at >= first_minute AND starts_at < end_minute;
    WITH inserted AS (
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM reading
        WHERE measured_at >= first_minute AND measured_at < end_minute AND NOT kept_minutes @> measured_at
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at)
        RETURNING starts_at, sensor_id
    )
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00'), sensor_id
    FROM inserted
    WHERE starts_at < clock_timestamp() - interval '1 hour';
    INSERT INTO rollup_five_seconds AS existing
    SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
           sensor_id COLLATE "C",
           count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
    FROM reading
    WHERE measured_at >= first_minute AND measured_at < end_minute
      AND measured_at > now() - interval '2 hours'
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings         = existing.readings + excluded.readings,
        sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
        min_temperature  = least(existing.min_temperature, excluded.min_temperature),
        max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
        last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
END $$;

CREATE OR REPLACE FUNCTION recompute_rollups(minutes timestamptz[], sensors text[]) RETURNS void
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

CREATE OR REPLACE FUNCTION continue_merge(source text, target text, max_readings bigint) RETURNS void
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

CREATE OR REPLACE FUNCTION drop_expired() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    kept          retention;
    state         rollup_state;
    first_kept    timestamptz;
    first_minute  timestamptz;
    first_day     timestamptz;
    expired       text;
    dropped       integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_five_seconds WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_five_seconds
        WHERE starts_at < now() - interval '2 hours' ORDER BY starts_at LIMIT 50000
    ));
    SELECT * INTO kept FROM retention ORDER BY days LIMIT 1;
    IF kept IS NULL THEN
        RETURN 0;
    END IF;
    SELECT * INTO state FROM rollup_state;
    first_kept := current_date - kept.days;
    UPDATE rollup_state SET readings_dropped_before = first_kept WHERE readings_dropped_before < first_kept;
    FOR expired IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    LOOP
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM reading_default WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM reading_default WHERE measured_at < first_kept ORDER BY measured_at LIMIT 50000
    ));
    first_day := coalesce(start_of_local_day(current_date - kept.minutes_days), '-infinity');
    first_minute := date_bin('1 hour', first_day, timestamptz '2000-01-01 00:00:00+00');
    IF state.minutes_dropped_before < first_minute AND state.hours_until >= first_minute
       AND state.days_until >= first_day AND NOT EXISTS (SELECT FROM stale_hour WHERE starts_at < first_minute)
    THEN
        UPDATE rollup_state SET minutes_dropped_before = first_minute;
        state.minutes_dropped_before := first_minute;
    END IF;
    DELETE FROM rollup_minute WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_minute
        WHERE starts_at < least(first_minute, state.minutes_dropped_before) ORDER BY starts_at LIMIT 50000
    ));
    first_day := coalesce(start_of_local_day(current_date - kept.hours_days), '-infinity');
    IF state.hours_dropped_before < first_day AND state.days_until >= first_day THEN
        UPDATE rollup_state SET hours_dropped_before = first_day;
        state.hours_dropped_before := first_day;
    END IF;
    DELETE FROM rollup_hour WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_hour
        WHERE starts_at < date_bin('1 hour', least(first_day, state.hours_dropped_before),
                                   timestamptz '2000-01-01 00:00:00+00')
        ORDER BY starts_at LIMIT 50000
    ));
    RETURN dropped;
END $$;

DROP FUNCTION seal_minutes, readings_kept_since;
ALTER TABLE rollup_minute DROP COLUMN reopened;
