-- What is dropped again, after a longer retention had let it be stored again, is final again.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION seal_minutes(since timestamptz, until timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    sealed integer;
BEGIN
    UPDATE rollup_minute SET reopened = false WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_minute WHERE starts_at >= since AND starts_at < until AND reopened LIMIT 50000
    ));
    GET DIAGNOSTICS sealed = ROW_COUNT;
    RETURN sealed;
END $$;
COMMENT ON FUNCTION seal_minutes IS
    'Makes minutes final whose readings are about to be dropped again, at most 50,000. Returns their number.';

-- As in version 0007. A day that was dropped before is dropped again once its minutes are final, a few at a time.
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
    expired_day   timestamptz;
    dropped       integer := 0;
    deadline      CONSTANT timestamptz := clock_timestamp() + interval '200 ms';
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
    FOR expired, expired_day IN
        SELECT relname, to_date(right(relname, 8), 'YYYYMMDD') FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
        ORDER BY relname DESC
    LOOP
        IF expired_day < state.readings_dropped_before THEN
            EXIT WHEN clock_timestamp() > deadline
                OR seal_minutes(expired_day, expired_day + interval '1 day') = 50000;
        END IF;
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    WITH deleted AS (
        DELETE FROM reading_default WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM reading_default WHERE measured_at < first_kept ORDER BY measured_at LIMIT 50000
        ))
        RETURNING measured_at, sensor_id
    )
    UPDATE rollup_minute AS minute SET reopened = false
    FROM (
        SELECT DISTINCT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at,
               sensor_id COLLATE "C" AS sensor_id
        FROM deleted
    ) AS expired_minute
    WHERE minute.starts_at = expired_minute.starts_at AND minute.sensor_id = expired_minute.sensor_id
      AND minute.reopened;
    first_day := coalesce(start_of_local_day(current_date - kept.minutes_days), '-infinity');
    first_minute := date_bin('1 hour', first_day, timestamptz '2000-01-01 00:00:00+00');
    IF state.minutes_dropped_before < first_minute AND state.hours_until >= first_minute
       AND state.days_until >= first_day AND NOT EXISTS (SELECT FROM stale_hour WHERE starts_at < first_minute)
    THEN
        UPDATE rollup_state SET minutes_dropped_before = first_minute;
        state.minutes_dropped_before := first_minute;
    END IF;
    WITH deleted AS (
        DELETE FROM rollup_minute WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM rollup_minute
            WHERE starts_at < least(first_minute, state.minutes_dropped_before) ORDER BY starts_at LIMIT 50000
        ))
        RETURNING starts_at, sensor_id
    )
    UPDATE rollup_hour AS hour SET reopened = false
    FROM (
        SELECT DISTINCT date_bin('1 hour', starts_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at, sensor_id
        FROM deleted
    ) AS expired_hour
    WHERE hour.starts_at = expired_hour.starts_at AND hour.sensor_id = expired_hour.sensor_id AND hour.reopened;
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

REVOKE EXECUTE ON FUNCTION seal_minutes FROM PUBLIC;
