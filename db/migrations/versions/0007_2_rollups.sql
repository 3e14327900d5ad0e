-- Late readings mark their hours. Everything else of the roll-ups is as before.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The first statement reads the only row of most calls, so that the others need no query. A reading is late one
-- hour after its time: roll_up_hours() closes an hour after that. It marks its hour, with a plain insert that
-- waits for no other transaction. One that is older than the retention is dropped soon, so no roll-up counts it.
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

-- Minutes whose readings are dropped stay as they are.
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

CREATE OR REPLACE FUNCTION roll_up_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    TRUNCATE rollup_minute, rollup_five_seconds, rollup_hour, rollup_day, stale_hour_mark;
    UPDATE rollup_state SET
        hours_until = '-infinity', days_until = '-infinity', readings_dropped_before = '-infinity',
        minutes_dropped_before = '-infinity', hours_dropped_before = '-infinity';
    RETURN NULL;
END $$;
