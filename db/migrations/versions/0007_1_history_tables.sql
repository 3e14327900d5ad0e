-- Roll-ups of hours and days, and how long each level is kept. See docs/adr/0026-hours-and-days.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE rollup_hour (
    starts_at       timestamptz NOT NULL,
    sensor_id       text COLLATE "C" NOT NULL,
    readings        bigint NOT NULL,
    sum_temperature double precision NOT NULL,
    min_temperature double precision NOT NULL,
    max_temperature double precision NOT NULL,
    reopened        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (starts_at, sensor_id)
);
CREATE INDEX rollup_hour_sensor ON rollup_hour (sensor_id, starts_at);
COMMENT ON INDEX rollup_hour_sensor IS 'Finds the hours of one sensor in the order of time.';
COMMENT ON TABLE rollup_hour IS
    'Aggregates of the readings: one row per sensor and closed UTC hour with readings. roll_up_hours() computes '
    'it from the minutes; the view reading_hour adds the hours that are open.';
COMMENT ON COLUMN rollup_hour.starts_at IS 'Start of the hour.';
COMMENT ON COLUMN rollup_hour.sensor_id IS 'The sensor; see table sensor.';
COMMENT ON COLUMN rollup_hour.readings IS 'Number of readings measured in the hour.';
COMMENT ON COLUMN rollup_hour.sum_temperature IS
    'Sum of their temperatures in °C; divide by readings for the mean.';
COMMENT ON COLUMN rollup_hour.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN rollup_hour.max_temperature IS 'Highest temperature in °C.';
COMMENT ON COLUMN rollup_hour.reopened IS
    'The hour was first computed after the minutes of its time were dropped, from readings that were stored '
    'later. So it may be computed again; other hours of that time are final.';

CREATE TABLE rollup_day (
    starts_at       timestamptz NOT NULL,
    sensor_id       text COLLATE "C" NOT NULL,
    ends_at         timestamptz NOT NULL,
    readings        bigint NOT NULL,
    sum_temperature double precision NOT NULL,
    min_temperature double precision NOT NULL,
    max_temperature double precision NOT NULL,
    PRIMARY KEY (starts_at, sensor_id)
);
CREATE INDEX rollup_day_sensor ON rollup_day (sensor_id, starts_at);
COMMENT ON INDEX rollup_day_sensor IS 'Finds the days of one sensor in the order of time.';
COMMENT ON TABLE rollup_day IS
    'Aggregates of the readings: one row per sensor and closed day with readings, in the time zone of '
    'rollup_state. roll_up_hours() computes it from the hours; the view reading_day adds the days that are open.';
COMMENT ON COLUMN rollup_day.starts_at IS 'Start of the day.';
COMMENT ON COLUMN rollup_day.sensor_id IS 'The sensor; see table sensor.';
COMMENT ON COLUMN rollup_day.ends_at IS 'End of the day: 23 to 25 hours later where clocks are changed.';
COMMENT ON COLUMN rollup_day.readings IS 'Number of readings measured on the day.';
COMMENT ON COLUMN rollup_day.sum_temperature IS
    'Sum of their temperatures in °C; divide by readings for the mean.';
COMMENT ON COLUMN rollup_day.min_temperature IS 'Lowest temperature in °C.';
COMMENT ON COLUMN rollup_day.max_temperature IS 'Highest temperature in °C.';

-- Without a key: a writer that found a row of another transaction would have to wait for it.
CREATE TABLE stale_hour_mark (
    starts_at timestamptz NOT NULL,
    sensor_id text COLLATE "C" NOT NULL
);
CREATE INDEX stale_hour_mark_sensor ON stale_hour_mark (sensor_id, starts_at);
COMMENT ON INDEX stale_hour_mark_sensor IS 'Finds the marks of one sensor.';
CREATE INDEX stale_hour_mark_time ON stale_hour_mark (starts_at);
COMMENT ON INDEX stale_hour_mark_time IS 'Finds the oldest marks.';
COMMENT ON TABLE stale_hour_mark IS
    'Hours in which readings were stored late, changed or deleted: any number of rows per sensor and hour. '
    'roll_up_hours() computes them again and deletes the rows; until then views compute them from the minutes.';
COMMENT ON COLUMN stale_hour_mark.starts_at IS 'Start of the hour.';
COMMENT ON COLUMN stale_hour_mark.sensor_id IS 'The sensor.';

CREATE TABLE rollup_state (
    is_only_row             boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    time_zone               text NOT NULL DEFAULT 'UTC',
    hours_until             timestamptz NOT NULL DEFAULT '-infinity',
    days_until              timestamptz NOT NULL DEFAULT '-infinity',
    closing_until           timestamptz NOT NULL DEFAULT '-infinity',
    closing_xid             xid8 NOT NULL DEFAULT '0',
    readings_dropped_before timestamptz NOT NULL DEFAULT '-infinity',
    minutes_dropped_before  timestamptz NOT NULL DEFAULT '-infinity',
    hours_dropped_before    timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO rollup_state DEFAULT VALUES;
COMMENT ON TABLE rollup_state IS 'How far the hours and days are computed and dropped: always one row.';
COMMENT ON COLUMN rollup_state.is_only_row IS 'Always true.';
COMMENT ON COLUMN rollup_state.time_zone IS 'Time zone of the days; `sensorctl setup` writes it (TIME_ZONE).';
COMMENT ON COLUMN rollup_state.hours_until IS 'Hours before this time are in rollup_hour.';
COMMENT ON COLUMN rollup_state.days_until IS 'Days before this time are in rollup_day.';
COMMENT ON COLUMN rollup_state.closing_until IS
    'Hours before this time may be computed once every transaction before closing_xid has ended.';
COMMENT ON COLUMN rollup_state.closing_xid IS
    'Transactions from this one on mark the readings that they store in hours before closing_until.';
COMMENT ON COLUMN rollup_state.readings_dropped_before IS 'Readings before this time are dropped.';
COMMENT ON COLUMN rollup_state.minutes_dropped_before IS 'Minutes before this time are dropped.';
COMMENT ON COLUMN rollup_state.hours_dropped_before IS 'Hours before this time are dropped.';

ALTER TABLE retention
    ADD COLUMN minutes_days integer,
    ADD COLUMN hours_days   integer,
    ADD CONSTRAINT retention_levels CHECK (
        coalesce(minutes_days, 2147483647) >= days
        AND coalesce(hours_days, 2147483647) >= coalesce(minutes_days, 2147483647));
UPDATE retention SET minutes_days = days;
COMMENT ON COLUMN retention.minutes_days IS 'The same for minutes; null to keep them forever.';
COMMENT ON COLUMN retention.hours_days IS 'The same for hours; null to keep them forever. Days are always kept.';
COMMENT ON CONSTRAINT retention_levels ON retention IS
    'Minutes are kept at least as long as readings, and hours at least as long as minutes.';
-- Minutes of dropped readings have been deleted, or are about to be.
UPDATE rollup_state SET
    readings_dropped_before = first_kept, minutes_dropped_before = first_kept, hours_until = first_kept
FROM (SELECT date_trunc('day', now(), 'UTC') - make_interval(hours => 24 * days) AS first_kept FROM retention) AS kept;
