-- How often sources are requested: one rate per source, whichever workers and jobs request it.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE source_request_rate (
    source  text        PRIMARY KEY REFERENCES source (name) ON DELETE CASCADE,
    next_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE source_request_rate IS 'When sources may be requested: one row per source that was requested.';
COMMENT ON COLUMN source_request_rate.source IS 'The source.';
COMMENT ON COLUMN source_request_rate.next_at IS
    'When the next request may be sent. Up to ten seconds in the past, it allows as many requests at once.';

CREATE FUNCTION reserve_source_request(source_name text) RETURNS double precision
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    seconds     interval;
    burst       interval;
    reserved_at timestamptz;
BEGIN
    SELECT interval '1 minute' / requests_per_minute INTO seconds FROM source WHERE name = source_name;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    burst := greatest(interval '10 seconds' - seconds, interval '0');
    INSERT INTO source_request_rate AS rate (source, next_at)
    VALUES (source_name, clock_timestamp() - burst + seconds)
    ON CONFLICT (source) DO UPDATE SET next_at = greatest(rate.next_at, clock_timestamp() - burst) + seconds
    RETURNING next_at - seconds INTO reserved_at;
    RETURN greatest(extract(epoch FROM reserved_at - clock_timestamp()), 0);
END $$;
COMMENT ON FUNCTION reserve_source_request IS
    'Takes a token of the bucket of a source, for one request. Returns after how many seconds it may be sent.';

CREATE FUNCTION defer_source_requests(source_name text, seconds double precision) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO source_request_rate AS rate (source, next_at)
    SELECT name, clock_timestamp() + make_interval(secs => least(greatest(seconds, 0), 3600))
    FROM source WHERE name = source_name
    ON CONFLICT (source) DO UPDATE SET next_at = greatest(rate.next_at, excluded.next_at);
$$;
COMMENT ON FUNCTION defer_source_requests IS
    'Lets no request be sent to a source for some seconds, an hour at most, because it answered so.';

REVOKE EXECUTE ON FUNCTION reserve_source_request, defer_source_requests FROM PUBLIC;
