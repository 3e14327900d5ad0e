-- The functions that compute and drop the roll-ups of closed hours and days.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- An hour is closed an hour after its end, when later readings mark it (roll_up_inserted), and when every
-- transaction that started before has ended and is seen: the two are closing_until and closing_xid. So no
-- reading is missed and no writer waits. now() is the start of this transaction, before it gets its ID.
CREATE FUNCTION close_hours(deadline timestamptz) RETURNS integer
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
COMMENT ON FUNCTION close_hours IS
    'Computes hours that are over, in the order of time, until the deadline. Returns their number.';

CREATE FUNCTION close_days(deadline timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    state  rollup_state;
    next   timestamptz;
    day    record;
    closed integer := 0;
BEGIN
    SELECT * INTO state FROM rollup_state;
    WHILE clock_timestamp() < deadline LOOP
        -- The next day with readings.
        SELECT greatest(coalesce(min(starts_at), state.hours_until), state.days_until) INTO next
        FROM rollup_hour
        WHERE starts_at > state.days_until - interval '1 hour' AND starts_at < state.hours_until;
        EXIT WHEN next >= state.hours_until AND next = state.days_until OR NOT isfinite(next);
        SELECT * INTO day FROM local_days(next, next + interval '1 microsecond');
        EXIT WHEN day.ends_at > state.hours_until AND day.starts_at <= state.days_until;
        DELETE FROM rollup_day WHERE starts_at >= state.days_until AND starts_at < least(day.ends_at, state.hours_until);
        IF day.ends_at > state.hours_until THEN
            state.days_until := day.starts_at;
            EXIT;
        END IF;
        INSERT INTO rollup_day
        SELECT day.starts_at, sensor_id, day.ends_at, readings, sum_temperature, min_temperature, max_temperature
        FROM aggregate_day(NULL, day.starts_at, day.ends_at);
        state.days_until := day.ends_at;
        closed := closed + 1;
    END LOOP;
    UPDATE rollup_state SET days_until = state.days_until WHERE days_until <> state.days_until;
    RETURN closed;
END $$;
COMMENT ON FUNCTION close_days IS
    'Computes days whose hours are computed, in the order of time, until the deadline. Returns their number.';

-- Every mark that is deleted belongs to a transaction whose minutes the next statement sees. A mark that is
-- stored meanwhile stays.
CREATE FUNCTION refresh_stale_hours(max_hours integer) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    state   rollup_state;
    hours   timestamptz[];
    sensors text[];
    day     record;
BEGIN
    SELECT * INTO state FROM rollup_state;
    WITH oldest AS (
        SELECT DISTINCT starts_at, sensor_id
        FROM (SELECT starts_at, sensor_id FROM stale_hour_mark WHERE starts_at < state.hours_until
              ORDER BY starts_at LIMIT 20 * max_hours) AS mark
        LIMIT max_hours
    ), deleted AS (
        DELETE FROM stale_hour_mark AS mark USING oldest
        WHERE mark.starts_at = oldest.starts_at AND mark.sensor_id = oldest.sensor_id
    )
    SELECT array_agg(starts_at), array_agg(sensor_id) INTO hours, sensors FROM oldest
    WHERE NOT EXISTS (
        SELECT FROM rollup_hour AS final
        WHERE final.sensor_id = oldest.sensor_id AND final.starts_at = oldest.starts_at
          AND NOT final.reopened AND final.starts_at < state.minutes_dropped_before);
    IF hours IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_hour AS hour USING unnest(hours, sensors) AS stale (starts_at, sensor_id)
    WHERE hour.starts_at = stale.starts_at AND hour.sensor_id = stale.sensor_id COLLATE "C";
    INSERT INTO rollup_hour
    SELECT stale.starts_at, stale.sensor_id, sum(readings),
           sum(sum_temperature), min(min_temperature), max(max_temperature),
           stale.starts_at < state.minutes_dropped_before
    FROM unnest(hours, sensors) AS stale (starts_at, sensor_id)
    JOIN rollup_minute AS minute
      ON minute.sensor_id = stale.sensor_id COLLATE "C"
     AND minute.starts_at >= stale.starts_at AND minute.starts_at < stale.starts_at + interval '1 hour'
    GROUP BY stale.starts_at, stale.sensor_id;
    FOR day IN
        SELECT near.starts_at, near.ends_at, changed.sensors
        FROM (
            SELECT ((starts_at + past) AT TIME ZONE state.time_zone)::date AS day,
                   array_agg(DISTINCT sensor_id) AS sensors
            FROM unnest(hours, sensors) AS stale (starts_at, sensor_id)
            CROSS JOIN unnest(ARRAY[interval '0', interval '59 minutes']) AS past
            GROUP BY 1
        ) AS changed
        CROSS JOIN LATERAL local_day_start(changed.day, state.time_zone) AS day_start
        CROSS JOIN LATERAL local_days(day_start, day_start + interval '1 microsecond') AS near
        WHERE near.ends_at <= state.days_until
    LOOP
        DELETE FROM rollup_day WHERE starts_at = day.starts_at AND sensor_id = ANY (day.sensors);
        INSERT INTO rollup_day
        SELECT day.starts_at, sensor_id, day.ends_at, readings, sum_temperature, min_temperature, max_temperature
        FROM aggregate_day(day.sensors, day.starts_at, day.ends_at);
    END LOOP;
    RETURN cardinality(hours);
END $$;
COMMENT ON FUNCTION refresh_stale_hours IS
    'Computes hours again in which readings were stored late, changed or deleted, and their days. '
    'Returns the number of hours.';

-- One process at a time, and not while others drop what this reads.
CREATE FUNCTION roll_up_hours() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    deadline CONSTANT timestamptz := clock_timestamp() + interval '200 ms';
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    RETURN close_hours(deadline) + refresh_stale_hours(500) + close_days(deadline);
END $$;
COMMENT ON FUNCTION roll_up_hours IS
    'Computes closed hours and days, for about 200 ms. Returns the number of both; 0 if nothing is left to do. '
    'Consumers call it regularly.';

CREATE FUNCTION reset_hours() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(5675002);
    UPDATE rollup_state SET
        hours_until = minutes_dropped_before,
        days_until = least(days_until, start_of_local_day(minutes_dropped_before + interval '59 minutes'));
END $$;
COMMENT ON FUNCTION reset_hours IS 'Lets roll_up_hours() compute all hours and days again whose minutes are kept.';

CREATE FUNCTION set_time_zone(zone text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    state      rollup_state;
    first_hour timestamptz;
    splitting  record;
BEGIN
    PERFORM pg_advisory_xact_lock(5675002);
    SELECT * INTO state FROM rollup_state;
    IF zone = state.time_zone THEN
        RETURN;
    END IF;
    PERFORM now() AT TIME ZONE zone;
    -- Where minutes are dropped, days can be computed of whole hours only.
    SELECT min(starts_at) INTO first_hour FROM rollup_hour WHERE starts_at < state.minutes_dropped_before;
    SELECT day.starts_at, day.zone INTO splitting FROM (
        SELECT local_day_start((first_hour AT TIME ZONE zone)::date + n, zone), zone
        FROM generate_series(1, extract(day FROM state.minutes_dropped_before - first_hour)::integer) AS n
        UNION ALL
        SELECT state.hours_dropped_before, state.time_zone
        WHERE isfinite(state.hours_dropped_before) AND state.hours_dropped_before < state.minutes_dropped_before
    ) AS day (starts_at, zone)
    WHERE extract(minute FROM day.starts_at AT TIME ZONE 'UTC') <> 0
    ORDER BY 1 DESC LIMIT 1;
    IF splitting.zone IS NOT NULL THEN
        RAISE '%', format(
            'a day in %s starts at %s UTC, within an hour, and the minutes before %s are dropped, so the days '
            'cannot be computed for another time zone', splitting.zone,
            to_char(splitting.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
            to_char(state.minutes_dropped_before AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
        USING ERRCODE = 'invalid_parameter_value', COLUMN = 'time_zone';
    END IF;
    DELETE FROM rollup_day WHERE starts_at >= state.hours_dropped_before;
    UPDATE rollup_state SET time_zone = zone, days_until = state.hours_dropped_before;
END $$;
COMMENT ON FUNCTION set_time_zone IS
    'Sets the time zone of the days, and lets roll_up_hours() compute all days again whose hours are kept.';

-- As in version 0001, and minutes and hours have a retention of their own. A level is dropped up to the start of
-- a day, and only if the next one is computed from all of it. At most 50,000 rows are deleted per statement.
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
COMMENT ON FUNCTION drop_expired IS
    'Drops the partitions of days before the retention, and deletes old roll-ups and stray readings. '
    'Returns the number of dropped partitions. Consumers call it regularly.';

CREATE FUNCTION start_of_local_day(moment timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT local_day_start((moment AT TIME ZONE time_zone)::date, time_zone) FROM rollup_state
$$;
COMMENT ON FUNCTION start_of_local_day IS 'The start of the day in rollup_state''s time zone that contains a time.';

REVOKE EXECUTE ON FUNCTION
    close_hours, close_days, refresh_stale_hours, roll_up_hours, reset_hours, set_time_zone, start_of_local_day
FROM PUBLIC;
