-- The functions that change limits, excursions and silences. Each records the change in audit.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION check_sensor_target(target jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
    IF target ->> 'sensor_id' IS NOT NULL
       AND NOT EXISTS (SELECT FROM sensor WHERE sensor_id = target ->> 'sensor_id') THEN
        RAISE '%', format('There is no sensor %s.', target ->> 'sensor_id') USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'sensor_id';
    ELSIF target ->> 'location' IS NOT NULL
       AND NOT EXISTS (SELECT FROM sensor WHERE location = target ->> 'location') THEN
        RAISE '%', format('No sensor has the location %s. Set it first: sensorctl sensor set ID --location.',
                          target ->> 'location') USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'location';
    ELSIF target ->> 'pattern' IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM sensor WHERE sensor_id LIKE
               replace(replace(replace(replace(replace(target ->> 'pattern', '\', '\\'), '%', '\%'), '_', '\_'),
                               '*', '%'), '?', '_')
       ) THEN
        RAISE '%', format('The pattern %s matches no sensor. * stands for any characters, ? for one.',
                          target ->> 'pattern') USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'pattern';
    END IF;
END $$;
COMMENT ON FUNCTION check_sensor_target IS 'Refuses a sensor, location or pattern that no sensor has.';

-- Readings that were stored before there was any limit are not evaluated.
CREATE FUNCTION note_limit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    now_xid CONSTANT bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
BEGIN
    UPDATE limit_cursor SET revision = revision + 1;
    IF NOT EXISTS (SELECT FROM limit_rule WHERE ended_at IS NULL AND created_at < now()) THEN
        UPDATE limit_cursor SET recent_xid = greatest(recent_xid, now_xid), all_xid = greatest(all_xid, now_xid);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_limit_change IS 'Trigger: lets the evaluation read the limits again.';
CREATE TRIGGER note_limit_change AFTER INSERT OR UPDATE ON limit_rule
FOR EACH STATEMENT EXECUTE FUNCTION note_limit_change();

CREATE FUNCTION end_limit(actor text, ended limit_rule) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE limit_rule SET ended_at = now(), ended_by = actor WHERE limit_id = ended.limit_id;
    UPDATE limit_excursion
    SET ended_at = greatest(started_at, last_measured_at), end_reason = 'removed'
    WHERE limit_id = ended.limit_id AND ended_at IS NULL;
END $$;
COMMENT ON FUNCTION end_limit IS 'Ends a limit and its open excursions.';

-- All or none: so that both limits of a sensor can move past each other.
CREATE FUNCTION set_limits(actor text, rules jsonb) RETURNS SETOF limit_rule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    rule     jsonb;
    replaced limit_rule;
    created  limit_rule;
    high     limit_rule;
    low      limit_rule;
BEGIN
    LOCK TABLE limit_rule IN SHARE ROW EXCLUSIVE MODE;
    FOR rule IN SELECT * FROM jsonb_array_elements(rules) LOOP
        PERFORM check_sensor_target(rule);
        SELECT * INTO replaced FROM limit_rule
        WHERE ended_at IS NULL AND kind = rule ->> 'kind' AND severity = rule ->> 'severity'
          AND (sensor_id, location, pattern) IS NOT DISTINCT FROM
              (rule ->> 'sensor_id', rule ->> 'location', rule ->> 'pattern');
        IF FOUND THEN
            PERFORM end_limit(actor, replaced);
        ELSIF (SELECT count(*) FROM limit_rule WHERE ended_at IS NULL) >= 100000 THEN
            RAISE 'There are 100000 limits already, which is the most: remove some, or set limits for groups.' USING
                ERRCODE = 'invalid_parameter_value', COLUMN = 'kind';
        END IF;
        INSERT INTO limit_rule (kind, sensor_id, location, pattern, threshold, window_seconds, delay_seconds, hysteresis,
                                severity, schedule, zone, created_by)
        SELECT kind, sensor_id, location, pattern, threshold, window_seconds, coalesce(delay_seconds, 0),
               coalesce(hysteresis, 0), severity, schedule, zone, actor
        FROM jsonb_populate_record(null::limit_rule, rule)
        RETURNING * INTO created;
        PERFORM record_audit(actor, CASE WHEN replaced.limit_id IS NULL THEN 'create' ELSE 'change' END, 'limit',
                             created.limit_id::text, to_jsonb(replaced), to_jsonb(created));
        RETURN NEXT created;
    END LOOP;
    SELECT h.* INTO high
    FROM limit_rule AS h JOIN limit_rule AS l
      ON (h.sensor_id, h.location, h.pattern) IS NOT DISTINCT FROM (l.sensor_id, l.location, l.pattern)
    WHERE h.kind = 'high' AND l.kind = 'low' AND h.ended_at IS NULL AND l.ended_at IS NULL AND l.threshold >= h.threshold
    LIMIT 1;
    IF FOUND THEN
        SELECT l.* INTO low FROM limit_rule AS l
        WHERE l.kind = 'low' AND l.ended_at IS NULL AND l.threshold >= high.threshold
          AND (l.sensor_id, l.location, l.pattern) IS NOT DISTINCT FROM (high.sensor_id, high.location, high.pattern)
        LIMIT 1;
        RAISE '%', format('The low limit %s °C must be below the high limit %s °C, or no temperature is within both.',
                          low.threshold, high.threshold) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'low';
    END IF;
END $$;
COMMENT ON FUNCTION set_limits IS
    'Sets limits, each in place of the one of the same sensor or group, kind and severity. Returns them.';

CREATE FUNCTION remove_limit(actor text, id bigint) RETURNS limit_rule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    removed limit_rule;
BEGIN
    SELECT * INTO removed FROM limit_rule WHERE limit_id = id AND ended_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no limit %s. `sensorctl limit list` shows the limits.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'limit_id';
    END IF;
    PERFORM end_limit(actor, removed);
    PERFORM record_audit(actor, 'remove', 'limit', id::text, to_jsonb(removed), null);
    RETURN removed;
END $$;
COMMENT ON FUNCTION remove_limit IS 'Removes a limit and ends its open excursions. Returns what it was.';

CREATE FUNCTION acknowledge_excursion(actor text, id bigint, note text) RETURNS limit_excursion
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before limit_excursion;
    after  limit_excursion;
BEGIN
    SELECT * INTO before FROM limit_excursion WHERE excursion_id = id AND withdrawn_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no excursion %s. `sensorctl excursion list` shows them.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'excursion_id';
    ELSIF before.acknowledged_at IS NOT NULL THEN
        RAISE '%', format('%s acknowledged excursion %s already, at %s.', before.acknowledged_by, id,
                          to_char(before.acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'excursion_id';
    ELSIF length(note) > 500 THEN
        RAISE 'A note has at most 500 characters.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'note';
    END IF;
    UPDATE limit_excursion
    SET acknowledged_at = now(), acknowledged_by = actor, acknowledged_note = nullif(note, '')
    WHERE excursion_id = id
    RETURNING * INTO after;
    PERFORM record_audit(actor, 'acknowledge', 'excursion', id::text, to_jsonb(before), to_jsonb(after));
    RETURN after;
END $$;
COMMENT ON FUNCTION acknowledge_excursion IS
    'Acknowledges an excursion with a note, which stops repeated notifications. Returns what it became.';

CREATE FUNCTION create_silence(actor text, target jsonb, ends timestamptz, why text) RETURNS silence
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    created silence;
BEGIN
    PERFORM check_sensor_target(target);
    IF ends <= now() OR NOT isfinite(ends) THEN
        RAISE 'A silence must end in the future.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'ends_at';
    ELSIF length(why) > 500 THEN
        RAISE 'A note has at most 500 characters.' USING ERRCODE = 'invalid_parameter_value', COLUMN = 'note';
    ELSIF (SELECT count(*) FROM silence WHERE ends_at > now()) >= 10000 THEN
        RAISE 'There are 10000 silences already, which is the most: end some.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'ends_at';
    END IF;
    INSERT INTO silence (sensor_id, location, pattern, ends_at, note, created_by)
    VALUES (target ->> 'sensor_id', target ->> 'location', target ->> 'pattern', ends, nullif(why, ''), actor)
    RETURNING * INTO created;
    PERFORM record_audit(actor, 'create', 'silence', created.silence_id::text, null, to_jsonb(created));
    RETURN created;
END $$;
COMMENT ON FUNCTION create_silence IS 'Silences the excursions of a sensor or a group until a time. Returns the silence.';

CREATE FUNCTION end_silence(actor text, id bigint) RETURNS silence
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    before silence;
    after  silence;
BEGIN
    SELECT * INTO before FROM silence WHERE silence_id = id AND ends_at > now() FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('There is no silence %s that has not ended. `sensorctl silence list` shows them.', id) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'silence_id';
    END IF;
    UPDATE silence SET ends_at = greatest(now(), starts_at) WHERE silence_id = id RETURNING * INTO after;
    PERFORM record_audit(actor, 'end', 'silence', id::text, to_jsonb(before), to_jsonb(after));
    RETURN after;
END $$;
COMMENT ON FUNCTION end_silence IS 'Ends a silence now. Returns what it became.';

REVOKE EXECUTE ON FUNCTION check_sensor_target, note_limit_change, end_limit, set_limits, remove_limit,
    acknowledge_excursion, create_silence, end_silence FROM PUBLIC;
