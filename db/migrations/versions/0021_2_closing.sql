-- As in version 0007, and also on another server than the one on which the barrier of the hours was set.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION close_hours(deadline timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    target CONSTANT timestamptz :=
        date_bin('1 hour', now() - interval '1 hour', timestamptz '2000-01-01 00:00:00+00');
    state  rollup_state;
    hour   timestamptz;
    closed integer := 0;
BEGIN
    -- After a dump and restore the number is one that the new server has not given yet.
    UPDATE rollup_state SET closing_until = hours_until, closing_xid = '0'
    WHERE closing_xid > pg_snapshot_xmax(pg_current_snapshot());
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
