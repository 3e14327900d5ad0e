SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP VIEW reading_day;
CREATE OR REPLACE VIEW reading_hour AS
SELECT sensor_id COLLATE "default" AS sensor_id,
       date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00') AS hour,
       sum(readings)                        AS readings,
       min(min_temperature)                 AS min_temperature,
       sum(sum_temperature) / sum(readings) AS mean_temperature,
       max(max_temperature)                 AS max_temperature
FROM rollup_minute
GROUP BY 1, 2;
COMMENT ON VIEW reading_hour IS 'The series per UTC hour: one row per sensor and hour with readings.';
CREATE OR REPLACE FUNCTION roll_up_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM added OFFSET 1) THEN
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM added
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
    ELSE
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C", 1, temperature, temperature, temperature, measured_at
        FROM added
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        INSERT INTO rollup_five_seconds AS existing
        SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C", 1, temperature, temperature, temperature, measured_at
        FROM added
        WHERE measured_at > now() - interval '2 hours'
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION rebuild_rollups(since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_minute CONSTANT timestamptz := date_bin('1 minute', since, timestamptz '2000-01-01 00:00:00+00');
    end_minute   CONSTANT timestamptz := date_bin('1 minute', until, timestamptz '2000-01-01 00:00:00+00')
                                         + interval '1 minute';
BEGIN
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM rollup_minute WHERE starts_at >= first_minute AND starts_at < end_minute;
    DELETE FROM rollup_five_seconds WHERE starts_at >= first_minute AND starts_at < end_minute;
    INSERT INTO rollup_minute AS existing
    SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
           sensor_id COLLATE "C",
           count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
    FROM reading
    WHERE measured_at >= first_minute AND measured_at < end_minute
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
    TRUNCATE rollup_minute, rollup_five_seconds;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION drop_expired() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' SET TimeZone = 'UTC' AS $$
DECLARE
    first_kept CONSTANT timestamptz := (SELECT current_date - min(days) FROM retention);
    expired    text;
    dropped    integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_five_seconds WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_five_seconds
        WHERE starts_at < now() - interval '2 hours' ORDER BY starts_at LIMIT 50000
    ));
    IF first_kept IS NULL THEN
        RETURN 0;
    END IF;
    FOR expired IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    LOOP
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM rollup_minute WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_minute WHERE starts_at < first_kept ORDER BY starts_at LIMIT 50000
    ));
    DELETE FROM reading_default WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM reading_default WHERE measured_at < first_kept ORDER BY measured_at LIMIT 50000
    ));
    RETURN dropped;
END $$;
DROP FUNCTION
    roll_up_hours, close_hours, close_days, refresh_stale_hours, reset_hours, set_time_zone, start_of_local_day,
    sensor_five_seconds, sensor_minutes, sensor_hours, sensor_days, aggregate_day, local_days, local_day_start;
DROP VIEW stale_hour;
DROP TABLE rollup_hour, rollup_day, stale_hour_mark, rollup_state;
ALTER TABLE retention DROP CONSTRAINT retention_levels, DROP COLUMN minutes_days, DROP COLUMN hours_days;
