-- Roll-ups of the readings per sensor and minute, and per sensor and five seconds for the last two hours.
-- Triggers update them in the statement that changes the readings.
-- See docs/adr/0010-rollups-and-partitions.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Collation "C" compares bytes, which is the fastest, and gives every trigger the same order.
CREATE TABLE rollup_minute (
    starts_at        timestamptz NOT NULL,
    sensor_id        text COLLATE "C" NOT NULL,
    readings         integer NOT NULL,
    sum_temperature  double precision NOT NULL,
    min_temperature  double precision NOT NULL,
    max_temperature  double precision NOT NULL,
    last_measured_at timestamptz NOT NULL,
    PRIMARY KEY (starts_at, sensor_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE rollup_minute IS
    'Aggregates of the readings: one row per sensor and minute with readings. Triggers of reading update it.';
COMMENT ON COLUMN rollup_minute.starts_at IS 'Start of the minute.';
COMMENT ON COLUMN rollup_minute.sensor_id IS 'The sensor; see table sensor.';
COMMENT ON COLUMN rollup_minute.readings IS 'Number of readings measured in the minute.';
COMMENT ON COLUMN rollup_minute.sum_temperature IS
    'Sum of their temperatures in °C; divide by readings for the mean.';
COMMENT ON COLUMN rollup_minute.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN rollup_minute.max_temperature IS 'Highest temperature in °C.';
COMMENT ON COLUMN rollup_minute.last_measured_at IS 'When the latest of the readings was measured.';

CREATE TABLE rollup_five_seconds (
    starts_at        timestamptz NOT NULL,
    sensor_id        text COLLATE "C" NOT NULL,
    readings         integer NOT NULL,
    sum_temperature  double precision NOT NULL,
    min_temperature  double precision NOT NULL,
    max_temperature  double precision NOT NULL,
    last_measured_at timestamptz NOT NULL,
    PRIMARY KEY (starts_at, sensor_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE rollup_five_seconds IS
    'Aggregates of the readings of about the last two hours: one row per sensor and five seconds with '
    'readings. The last-hour views need them for the minute in which the hour begins.';
COMMENT ON COLUMN rollup_five_seconds.starts_at IS 'Start of the five seconds.';
COMMENT ON COLUMN rollup_five_seconds.sensor_id IS 'The sensor; see table sensor.';
COMMENT ON COLUMN rollup_five_seconds.readings IS 'Number of readings measured in the five seconds.';
COMMENT ON COLUMN rollup_five_seconds.sum_temperature IS
    'Sum of their temperatures in °C; divide by readings for the mean.';
COMMENT ON COLUMN rollup_five_seconds.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN rollup_five_seconds.max_temperature IS 'Highest temperature in °C.';
COMMENT ON COLUMN rollup_five_seconds.last_measured_at IS 'When the latest of the readings was measured.';

-- Updating a roll-up changes no indexed column, so this index costs one entry per row, not per reading.
CREATE INDEX rollup_minute_sensor ON rollup_minute (sensor_id, starts_at);
COMMENT ON INDEX rollup_minute_sensor IS 'Finds the minutes of one sensor in the order of time.';

-- The rows are inserted in the order of the key, so that two writers of the same rows wait for each other
-- instead of deadlocking. A single reading needs no grouping, which would be a third of the cost.
CREATE FUNCTION roll_up_inserted() RETURNS trigger
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
COMMENT ON FUNCTION roll_up_inserted IS 'Trigger: adds inserted readings to the roll-ups.';

-- The lock keeps writers out, so that the rebuilt roll-ups include every reading.
CREATE FUNCTION rebuild_rollups(since timestamptz, until timestamptz) RETURNS void
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
COMMENT ON FUNCTION rebuild_rollups IS
    'Computes the roll-ups again, from the minute that contains since to the one that contains until.';

-- Only the owner can delete or change readings, which is rare, so the affected minutes are computed again.
CREATE FUNCTION roll_up_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM rebuild_rollups(starts_at, starts_at)
    FROM (SELECT DISTINCT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at
          FROM changed) AS minutes;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION roll_up_changed IS 'Trigger: computes the roll-ups of deleted or changed readings again.';

CREATE FUNCTION roll_up_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    TRUNCATE rollup_minute, rollup_five_seconds;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION roll_up_truncated IS 'Trigger: empties the roll-ups when the readings are truncated.';

CREATE TRIGGER roll_up_inserted AFTER INSERT ON reading
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION roll_up_inserted();
CREATE TRIGGER roll_up_deleted AFTER DELETE ON reading
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();
CREATE TRIGGER roll_up_updated_from AFTER UPDATE ON reading
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();
CREATE TRIGGER roll_up_updated_to AFTER UPDATE ON reading
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_changed();
CREATE TRIGGER roll_up_truncated AFTER TRUNCATE ON reading
FOR EACH STATEMENT EXECUTE FUNCTION roll_up_truncated();

REVOKE EXECUTE ON FUNCTION roll_up_inserted, roll_up_changed, roll_up_truncated, rebuild_rollups FROM PUBLIC;
