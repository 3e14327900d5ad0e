-- As before, and minutes whose readings were dropped stay as they are when readings of their time are stored again.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- As in version 0007. Only late readings can be of a minute that is final.
CREATE OR REPLACE FUNCTION roll_up_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    rows        bigint;
    oldest      timestamptz;
    sensor      text;
    value       double precision;
    first_kept  timestamptz := '-infinity';
    dropped     timestamptz := '-infinity';
BEGIN
    SELECT count(*), min(measured_at), min(sensor_id COLLATE "C"), min(temperature)
    INTO rows, oldest, sensor, value FROM added;
    IF oldest < clock_timestamp() - interval '1 hour' THEN
        SELECT readings_kept_since(), readings_dropped_before INTO first_kept, dropped FROM rollup_state;
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
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at),
               min(measured_at) < dropped
        FROM added
        WHERE measured_at >= first_kept
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at)
        WHERE existing.starts_at >= dropped OR existing.reopened;
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
                value, value, value, oldest, oldest < dropped)
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at)
        WHERE existing.starts_at >= dropped OR existing.reopened;
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

-- As in version 0007. What is older than both times is dropped, or about to be.
CREATE OR REPLACE FUNCTION rebuild_rollups(since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_minute CONSTANT timestamptz := date_bin('1 minute', since, timestamptz '2000-01-01 00:00:00+00');
    end_minute   CONSTANT timestamptz := date_bin('1 minute', until, timestamptz '2000-01-01 00:00:00+00')
                                         + interval '1 minute';
    dropped      CONSTANT timestamptz := (SELECT readings_dropped_before FROM rollup_state);
    first_kept   CONSTANT timestamptz := least(dropped, readings_kept_since());
BEGIN
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    WITH deleted AS (
        DELETE FROM rollup_minute
        WHERE starts_at >= first_minute AND starts_at < end_minute AND starts_at >= first_kept
          AND (starts_at >= dropped OR reopened)
        RETURNING starts_at, sensor_id
    )
    INSERT INTO stale_hour_mark
    SELECT DISTINCT date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00'), sensor_id
    FROM deleted
    WHERE starts_at < clock_timestamp() - interval '1 hour';
    DELETE FROM rollup_five_seconds WHERE starts_at >= first_minute AND starts_at < end_minute;
    WITH inserted AS (
        INSERT INTO rollup_minute
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at),
               min(measured_at) < dropped
        FROM reading
        WHERE measured_at >= first_minute AND measured_at < end_minute AND measured_at >= first_kept
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO NOTHING
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
