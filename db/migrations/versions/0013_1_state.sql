-- What the analysis continues from. See docs/adr/0030-analysis-service.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE analysis_cursor (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    recent_xid bigint NOT NULL,
    all_xid    bigint NOT NULL,
    old_before timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00',
    saved_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE analysis_cursor IS
    'Up to which reading the states of the analysis are saved: one row. It changes together with them.';
COMMENT ON COLUMN analysis_cursor.only_row IS 'Always true.';
COMMENT ON COLUMN analysis_cursor.recent_xid IS
    'Readings measured at old_before or later are in the states if their stored_xid is less.';
COMMENT ON COLUMN analysis_cursor.all_xid IS 'Older readings are in the states if their stored_xid is less.';
COMMENT ON COLUMN analysis_cursor.old_before IS 'Readings measured earlier are read less often.';
COMMENT ON COLUMN analysis_cursor.saved_at IS 'When the states were last saved.';
INSERT INTO analysis_cursor (recent_xid, all_xid)
VALUES (pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint);

CREATE TABLE analysis_state (
    sensor_id        text PRIMARY KEY,
    state            bytea NOT NULL,
    last_measured_at timestamptz,
    saved_at         timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
COMMENT ON TABLE analysis_state IS 'State of the models and detectors of a sensor: one row per sensor that is analysed.';
COMMENT ON COLUMN analysis_state.sensor_id IS 'The sensor.';
COMMENT ON COLUMN analysis_state.state IS 'The state, in a versioned binary form.';
COMMENT ON COLUMN analysis_state.last_measured_at IS 'When the last reading in it was measured; null if there is none.';
COMMENT ON COLUMN analysis_state.saved_at IS 'When it was saved.';

CREATE TABLE analysis_group_state (
    location text PRIMARY KEY,
    state    bytea NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
COMMENT ON TABLE analysis_group_state IS
    'State of what is learned about the sensors of a location together: one row per location.';
COMMENT ON COLUMN analysis_group_state.location IS 'The location.';
COMMENT ON COLUMN analysis_group_state.state IS 'The state, in a versioned binary form.';
COMMENT ON COLUMN analysis_group_state.saved_at IS 'When it was saved.';

CREATE TABLE analysis_rebuild (
    rebuild_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    sensor_id    text NOT NULL,
    since        timestamptz NOT NULL DEFAULT '-infinity',
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_by text
);
CREATE INDEX analysis_rebuild_sensor ON analysis_rebuild (sensor_id);
COMMENT ON INDEX analysis_rebuild_sensor IS 'Finds what is requested for a sensor.';
COMMENT ON TABLE analysis_rebuild IS
    'Sensors whose state is to be learned again from the stored readings: one row per sensor and request, until done.';
COMMENT ON COLUMN analysis_rebuild.rebuild_id IS 'Number of the row.';
COMMENT ON COLUMN analysis_rebuild.sensor_id IS 'The sensor.';
COMMENT ON COLUMN analysis_rebuild.since IS 'Readings measured from this time on are read; -infinity: all.';
COMMENT ON COLUMN analysis_rebuild.requested_at IS 'When it was requested.';
COMMENT ON COLUMN analysis_rebuild.requested_by IS
    'Who requested it, as in audit; null: stored readings were changed or deleted, or were stored too late.';

-- What is stored already is learned once, four weeks of it.
INSERT INTO analysis_rebuild (sensor_id, since, requested_by)
SELECT sensor_id, now() - interval '28 days', 'upgrade' FROM sensor WHERE retired_at IS NULL;

-- As in version 0009, and the analysis learns a sensor again whose readings were changed. Where nothing was analysed
-- yet, the second statement writes nothing.
CREATE OR REPLACE FUNCTION note_changed_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO changed_reading (sensor_id, since, until)
    SELECT sensor_id, min(measured_at), max(measured_at) FROM changed
    WHERE EXISTS (SELECT FROM limit_rule WHERE ended_at IS NULL)
    GROUP BY sensor_id;
    INSERT INTO analysis_rebuild (sensor_id)
    SELECT DISTINCT sensor_id FROM changed
    WHERE EXISTS (SELECT FROM analysis_state)
      AND NOT EXISTS (SELECT FROM analysis_rebuild AS requested
                      WHERE requested.sensor_id = changed.sensor_id
                        AND requested.xmin = pg_current_xact_id()::xid);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_changed_readings IS
    'Trigger: records which times the evaluation of limits has to compute again, and which sensors the analysis.';

-- The lock belongs to the session. As a function, because the role may not take any other advisory lock.
CREATE FUNCTION lock_analysis() RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT pg_try_advisory_lock(5675004)
$$;
COMMENT ON FUNCTION lock_analysis IS
    'Takes the lock of the one process that analyses readings, until the session ends. Returns false if another has it.';
REVOKE EXECUTE ON FUNCTION lock_analysis FROM PUBLIC;
