-- What the alerter continues from. It reads and writes these in one transaction with the excursions.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE limit_cursor (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    recent_xid bigint NOT NULL,
    all_xid    bigint NOT NULL,
    old_before timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00',
    revision   bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE limit_cursor IS 'How far the readings are evaluated: one row. Who evaluates locks it.';
COMMENT ON COLUMN limit_cursor.only_row IS 'Always true.';
COMMENT ON COLUMN limit_cursor.recent_xid IS
    'Readings measured at old_before or later are evaluated if their stored_xid is less.';
COMMENT ON COLUMN limit_cursor.all_xid IS 'Older readings are evaluated if their stored_xid is less.';
COMMENT ON COLUMN limit_cursor.old_before IS 'Readings measured earlier are read less often.';
COMMENT ON COLUMN limit_cursor.revision IS 'Number of the last change of a limit.';
INSERT INTO limit_cursor (recent_xid, all_xid)
VALUES (pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint);

CREATE TABLE limit_state (
    sensor_id  text PRIMARY KEY,
    checkpoint jsonb NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE limit_state IS
    'Where the evaluation of a sensor continues that is beyond a limit: one row per such sensor.';
COMMENT ON COLUMN limit_state.sensor_id IS 'The sensor.';
COMMENT ON COLUMN limit_state.checkpoint IS 'State after all readings up to its last.';

CREATE TABLE changed_reading (
    change_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    sensor_id text NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL
);
COMMENT ON TABLE changed_reading IS
    'Times of which readings were changed or deleted since the last evaluation: one row per sensor and statement.';
COMMENT ON COLUMN changed_reading.change_id IS 'Number of the row.';
COMMENT ON COLUMN changed_reading.sensor_id IS 'The sensor.';
COMMENT ON COLUMN changed_reading.since IS 'When the first of them was measured.';
COMMENT ON COLUMN changed_reading.until IS 'When the last of them was measured.';

-- Only the owner changes or deletes readings. Dropping a partition fires no trigger: excursions stay.
CREATE FUNCTION note_changed_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO changed_reading (sensor_id, since, until)
    SELECT sensor_id, min(measured_at), max(measured_at) FROM changed
    WHERE EXISTS (SELECT FROM limit_rule WHERE ended_at IS NULL)
    GROUP BY sensor_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_changed_readings IS 'Trigger: records which times the evaluation of limits has to compute again.';
REVOKE EXECUTE ON FUNCTION note_changed_readings FROM PUBLIC;
CREATE TRIGGER note_deleted AFTER DELETE ON reading
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_readings();
CREATE TRIGGER note_updated_from AFTER UPDATE ON reading
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_readings();
CREATE TRIGGER note_updated_to AFTER UPDATE ON reading
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_readings();

CREATE TABLE alert_receiver (
    receiver text PRIMARY KEY,
    since    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE alert_receiver IS 'Receivers of the alerter: one row per receiver.';
COMMENT ON COLUMN alert_receiver.receiver IS 'Name of the receiver.';
COMMENT ON COLUMN alert_receiver.since IS
    'When it was first configured; it is not notified of excursions that ended before.';

CREATE TABLE excursion_notification (
    excursion_id bigint NOT NULL REFERENCES limit_excursion ON DELETE CASCADE,
    receiver     text NOT NULL,
    firing_at    timestamptz NOT NULL DEFAULT now(),
    resolved_at  timestamptz,
    PRIMARY KEY (excursion_id, receiver)
);
CREATE INDEX excursion_notification_firing ON excursion_notification (receiver, excursion_id) WHERE resolved_at IS NULL;
COMMENT ON INDEX excursion_notification_firing IS 'Finds what a receiver was notified of that has not ended for it.';
COMMENT ON TABLE excursion_notification IS
    'Of which excursions receivers were notified: one row per excursion and receiver.';
COMMENT ON COLUMN excursion_notification.excursion_id IS 'The excursion.';
COMMENT ON COLUMN excursion_notification.receiver IS 'The receiver.';
COMMENT ON COLUMN excursion_notification.firing_at IS 'When the receiver last accepted that it is firing.';
COMMENT ON COLUMN excursion_notification.resolved_at IS
    'When the receiver accepted that it is resolved; null: it was not notified of that.';

CREATE TABLE silence (
    silence_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    sensor_id  text,
    location   text,
    pattern    text,
    starts_at  timestamptz NOT NULL DEFAULT now(),
    ends_at    timestamptz NOT NULL,
    note       text,
    created_by text NOT NULL,
    like_pattern text GENERATED ALWAYS AS (
        replace(replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')
    ) STORED,
    CHECK (num_nonnulls(sensor_id, location, pattern) = 1),
    CHECK (ends_at >= starts_at)
);
COMMENT ON TABLE silence IS
    'Times in which receivers are not notified of excursions: one row per silence, also of those that ended.';
COMMENT ON COLUMN silence.silence_id IS 'Number of the silence.';
COMMENT ON COLUMN silence.sensor_id IS 'The sensor; null if the silence is of a group.';
COMMENT ON COLUMN silence.location IS 'The location whose sensors are silenced; null if it is not of a location.';
COMMENT ON COLUMN silence.pattern IS 'Pattern of the IDs of the sensors, with * and ?; null if it is not of a pattern.';
COMMENT ON COLUMN silence.starts_at IS 'When it starts.';
COMMENT ON COLUMN silence.ends_at IS 'When it ends.';
COMMENT ON COLUMN silence.note IS 'Why.';
COMMENT ON COLUMN silence.created_by IS 'Who silenced them, as in audit.';
COMMENT ON COLUMN silence.like_pattern IS 'The pattern as LIKE has it.';
