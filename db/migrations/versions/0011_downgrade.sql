SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE VIEW sensor_limit AS
SELECT DISTINCT ON (sensor.sensor_id, kind, severity)
       sensor.sensor_id, limit_id, kind, threshold, window_seconds, delay_seconds, hysteresis, severity, schedule, zone,
       CASE WHEN limit_rule.sensor_id IS NOT NULL THEN 'sensor'
            WHEN pattern IS NOT NULL THEN 'pattern'
            ELSE 'location' END AS set_for
FROM sensor
JOIN limit_rule ON ended_at IS NULL
    AND (limit_rule.sensor_id = sensor.sensor_id OR limit_rule.location = sensor.location
         OR sensor.sensor_id LIKE like_pattern)
WHERE retired_at IS NULL
ORDER BY sensor.sensor_id, kind, severity,
         limit_rule.sensor_id IS NULL, limit_rule.location IS NOT NULL, length(pattern) DESC, limit_id DESC;

CREATE OR REPLACE FUNCTION note_limit_change() RETURNS trigger
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

CREATE OR REPLACE FUNCTION set_limits(actor text, rules jsonb) RETURNS SETOF limit_rule
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

DROP INDEX limit_rule_sensor;
