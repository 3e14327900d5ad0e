-- As in version 0009, at a cost that does not depend on how many limits there are.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A transaction that sets many limits changes the position once, instead of adding a version of the row for each.
CREATE OR REPLACE FUNCTION note_limit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    now_xid CONSTANT bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
BEGIN
    UPDATE limit_cursor SET revision = revision + 1 WHERE xmin <> pg_current_xact_id()::xid;
    IF FOUND AND NOT EXISTS (SELECT FROM limit_rule WHERE ended_at IS NULL AND created_at < now()) THEN
        UPDATE limit_cursor SET recent_xid = greatest(recent_xid, now_xid), all_xid = greatest(all_xid, now_xid);
    END IF;
    RETURN NULL;
END $$;

-- All or none: so that both limits of a sensor can move past each other.
CREATE OR REPLACE FUNCTION set_limits(actor text, rules jsonb) RETURNS SETOF limit_rule
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    rule     jsonb;
    total    bigint;
    changed  bigint[] := '{}';
    replaced limit_rule;
    created  limit_rule;
    high     double precision;
    low      double precision;
BEGIN
    LOCK TABLE limit_rule IN SHARE ROW EXCLUSIVE MODE;
    total := (SELECT count(*) FROM limit_rule WHERE ended_at IS NULL);
    FOR rule IN SELECT * FROM jsonb_array_elements(rules) LOOP
        PERFORM check_sensor_target(rule);
        -- As the columns of the index limit_rule_active.
        SELECT * INTO replaced FROM limit_rule
        WHERE ended_at IS NULL AND kind = rule ->> 'kind' AND severity = rule ->> 'severity'
          AND coalesce(sensor_id, '') = coalesce(rule ->> 'sensor_id', '')
          AND coalesce(location, '') = coalesce(rule ->> 'location', '')
          AND coalesce(pattern, '') = coalesce(rule ->> 'pattern', '');
        IF FOUND THEN
            PERFORM end_limit(actor, replaced);
        ELSIF total >= 100000 THEN
            RAISE 'There are 100000 limits already, which is the most: remove some, or set limits for groups.' USING
                ERRCODE = 'invalid_parameter_value', COLUMN = 'kind';
        ELSE
            total := total + 1;
        END IF;
        INSERT INTO limit_rule (kind, sensor_id, location, pattern, threshold, window_seconds, delay_seconds, hysteresis,
                                severity, schedule, zone, created_by)
        SELECT kind, sensor_id, location, pattern, threshold, window_seconds, coalesce(delay_seconds, 0),
               coalesce(hysteresis, 0), severity, schedule, zone, actor
        FROM jsonb_populate_record(null::limit_rule, rule)
        RETURNING * INTO created;
        PERFORM record_audit(actor, CASE WHEN replaced.limit_id IS NULL THEN 'create' ELSE 'change' END, 'limit',
                             created.limit_id::text, to_jsonb(replaced), to_jsonb(created));
        changed := changed || created.limit_id;
        RETURN NEXT created;
    END LOOP;
    -- Of either severity, because no temperature is within both.
    SELECT CASE mine.kind WHEN 'high' THEN mine.threshold ELSE other.threshold END,
           CASE mine.kind WHEN 'high' THEN other.threshold ELSE mine.threshold END
    INTO high, low
    FROM limit_rule AS mine
    JOIN limit_rule AS other
      ON other.ended_at IS NULL AND other.severity IN ('warning', 'critical')
     AND other.kind = CASE mine.kind WHEN 'high' THEN 'low' WHEN 'low' THEN 'high' END
     AND coalesce(other.sensor_id, '') = coalesce(mine.sensor_id, '')
     AND coalesce(other.location, '') = coalesce(mine.location, '')
     AND coalesce(other.pattern, '') = coalesce(mine.pattern, '')
    WHERE mine.limit_id = ANY (changed) AND mine.ended_at IS NULL
      AND CASE mine.kind WHEN 'high' THEN other.threshold >= mine.threshold ELSE mine.threshold >= other.threshold END
    LIMIT 1;
    IF FOUND THEN
        RAISE '%', format('The low limit %s °C must be below the high limit %s °C, or no temperature is within both.',
                          low, high) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'low';
    END IF;
END $$;
