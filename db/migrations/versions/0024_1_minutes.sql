-- A minute whose readings were dropped is final. See docs/adr/0026-hours-and-days.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE rollup_minute ADD COLUMN reopened boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN rollup_minute.reopened IS
    'The minute was first computed after the readings of its time were dropped, from readings that were stored '
    'later. So it may be computed again; other minutes of that time are final.';

CREATE FUNCTION readings_kept_since() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce(max(date_trunc('day', now(), 'UTC') - make_interval(hours => 24 * days)), '-infinity') FROM retention
$$;
COMMENT ON FUNCTION readings_kept_since IS 'The start of the oldest day whose readings are kept; -infinity without a retention.';

-- A longer retention may have been set before, and readings of dropped days stored since. A minute that counts as many
-- readings as are stored is computed from them.
UPDATE rollup_minute AS minute SET reopened = true
FROM (
    SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at,
           sensor_id COLLATE "C" AS sensor_id, count(*) AS readings
    FROM reading
    WHERE measured_at < (SELECT readings_dropped_before FROM rollup_state)
    GROUP BY 1, 2
) AS stored
WHERE minute.starts_at = stored.starts_at AND minute.sensor_id = stored.sensor_id
  AND minute.readings = stored.readings;

REVOKE EXECUTE ON FUNCTION readings_kept_since FROM PUBLIC;
