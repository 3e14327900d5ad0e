--
-- PostgreSQL database dump
--


-- Dumped from database version 16.14
-- Dumped by pg_dump version 16.14

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: create_missing_partitions(bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.create_missing_partitions(max_moved bigint) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '500ms'
    SET "TimeZone" TO 'UTC'
    AS $$
DECLARE
    missing date[];
    day     date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(required.day) INTO missing FROM (
        SELECT current_date + n AS day FROM generate_series(-1, 7) AS n
        WHERE (SELECT count(*) FROM (
            SELECT FROM reading_default
            WHERE measured_at >= current_date + n AND measured_at < current_date + n + 1
            LIMIT max_moved + 1
        ) AS found) <= max_moved
        UNION
        SELECT * FROM days_in_default_partition(1000, max_moved)
    ) AS required
    WHERE to_regclass('reading_' || to_char(required.day, 'YYYYMMDD')) IS NULL;
    IF missing IS NULL THEN
        RETURN 0;
    END IF;
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    FOREACH day IN ARRAY missing LOOP
        PERFORM create_partition(day);
    END LOOP;
    RETURN cardinality(missing);
END $$;


--
-- Name: FUNCTION create_missing_partitions(max_moved bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.create_missing_partitions(max_moved bigint) IS 'Creates the missing partitions from yesterday to a week ahead, and of past days with many readings. A day with more than max_moved readings to move is left out. Returns the number of partitions.';


--
-- Name: create_partition(date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.create_partition(day date) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
DECLARE
    name CONSTANT text := 'reading_' || to_char(day, 'YYYYMMDD');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE reading INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM reading_default '
                   'WHERE measured_at >= %L AND measured_at < %L RETURNING *) '
                   'INSERT INTO %I SELECT * FROM moved', day::timestamptz, (day + 1)::timestamptz, name);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (reading_id)', name);
    EXECUTE format('ALTER TABLE reading ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamptz, (day + 1)::timestamptz);
END $$;


--
-- Name: FUNCTION create_partition(day date); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.create_partition(day date) IS 'Creates the partition of a UTC day and moves its readings there from the default partition.';


--
-- Name: create_partitions(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.create_partitions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '500ms'
    SET "TimeZone" TO 'UTC'
    AS $$
BEGIN
    RETURN create_missing_partitions(500000);
END $$;


--
-- Name: FUNCTION create_partitions(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.create_partitions() IS 'create_missing_partitions with a limit that blocks writers only briefly. Consumers call it regularly.';


--
-- Name: days_in_default_partition(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.days_in_default_partition(min_readings bigint, max_readings bigint) RETURNS SETOF date
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
DECLARE
    day   date;
    found bigint;
BEGIN
    SELECT min(measured_at) INTO day FROM reading_default WHERE isfinite(measured_at);
    WHILE day IS NOT NULL LOOP
        SELECT count(*) INTO found FROM (
            SELECT FROM reading_default WHERE measured_at >= day AND measured_at < day + 1
            LIMIT max_readings + 1
        ) AS readings;
        IF found BETWEEN min_readings AND max_readings THEN
            RETURN NEXT day;
        END IF;
        SELECT min(measured_at) INTO day FROM reading_default
        WHERE measured_at >= day + 1 AND isfinite(measured_at);
    END LOOP;
END $$;


--
-- Name: FUNCTION days_in_default_partition(min_readings bigint, max_readings bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.days_in_default_partition(min_readings bigint, max_readings bigint) IS 'UTC days with min_readings to max_readings readings in the default partition.';


--
-- Name: drop_expired(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.drop_expired() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '500ms'
    SET "TimeZone" TO 'UTC'
    AS $_$
DECLARE
    first_kept CONSTANT timestamptz := (SELECT current_date - min(days) FROM retention);
    expired    text;
    dropped    integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(5675002) THEN
        RETURN 0;
    END IF;
    DELETE FROM rollup_five_seconds WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_five_seconds
        WHERE starts_at < now() - interval '2 hours' ORDER BY starts_at LIMIT 50000
    ));
    IF first_kept IS NULL THEN
        RETURN 0;
    END IF;
    FOR expired IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND relname ~ '^reading_[0-9]{8}$'
          AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    LOOP
        EXECUTE format('DROP TABLE %I', expired);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM rollup_minute WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM rollup_minute WHERE starts_at < first_kept ORDER BY starts_at LIMIT 50000
    ));
    DELETE FROM reading_default WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM reading_default WHERE measured_at < first_kept ORDER BY measured_at LIMIT 50000
    ));
    RETURN dropped;
END $_$;


--
-- Name: FUNCTION drop_expired(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.drop_expired() IS 'Drops the partitions of days before the retention, and deletes old roll-ups and stray readings. Returns the number of dropped partitions. Consumers call it regularly.';


--
-- Name: last_hour(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.last_hour() RETURNS TABLE(sensor_id text, readings bigint, sum_temperature double precision, min_temperature double precision, max_temperature double precision, last_measured_at timestamp with time zone, last_reading_id uuid, last_temperature double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET enable_seqscan TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
    hour_start CONSTANT timestamptz := now() - interval '1 hour';
    first_five_seconds  CONSTANT timestamptz :=
        date_bin('5 seconds', hour_start, timestamptz '2000-01-01 00:00:00+00') + interval '5 seconds';
    first_minute CONSTANT timestamptz :=
        date_bin('1 minute', hour_start, timestamptz '2000-01-01 00:00:00+00') + interval '1 minute';
BEGIN
    RETURN QUERY
    WITH part AS (
        SELECT starts_at, sensor_id, readings, sum_temperature, min_temperature, max_temperature,
               last_measured_at
        FROM rollup_minute
        WHERE starts_at >= first_minute
        UNION ALL
        SELECT * FROM rollup_five_seconds
        WHERE starts_at >= first_five_seconds AND starts_at < first_minute
        UNION ALL
        SELECT hour_start, sensor_id COLLATE "C", count(*)::integer,
               sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM reading
        WHERE measured_at > hour_start AND measured_at < first_five_seconds
        GROUP BY sensor_id
    ), hour AS (
        SELECT sensor_id, sum(readings) AS readings, sum(sum_temperature) AS sum_temperature,
               min(min_temperature) AS min_temperature, max(max_temperature) AS max_temperature,
               max(last_measured_at) AS last_measured_at
        FROM part
        GROUP BY sensor_id
    )
    SELECT sensor_id, readings, sum_temperature, min_temperature, max_temperature, last_measured_at,
           last_reading_id, last_temperature
    FROM hour
    CROSS JOIN LATERAL (
        SELECT reading_id AS last_reading_id, temperature AS last_temperature
        FROM reading
        WHERE reading.measured_at > hour_start
          AND reading.measured_at = hour.last_measured_at AND reading.sensor_id = hour.sensor_id
        ORDER BY reading_id DESC
        LIMIT 1
    ) AS last;
END $$;


--
-- Name: FUNCTION last_hour(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.last_hour() IS 'Aggregates of the readings measured within the last hour, one row per sensor; temperatures in °C. Of several readings with the latest time, the one with the highest reading_id is the last.';


--
-- Name: rebuild_rollups(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.rebuild_rollups(since timestamp with time zone, until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    first_minute CONSTANT timestamptz := date_bin('1 minute', since, timestamptz '2000-01-01 00:00:00+00');
    end_minute   CONSTANT timestamptz := date_bin('1 minute', until, timestamptz '2000-01-01 00:00:00+00')
                                         + interval '1 minute';
BEGIN
    LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM rollup_minute WHERE starts_at >= first_minute AND starts_at < end_minute;
    DELETE FROM rollup_five_seconds WHERE starts_at >= first_minute AND starts_at < end_minute;
    INSERT INTO rollup_minute AS existing
    SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
           sensor_id COLLATE "C",
           count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
    FROM reading
    WHERE measured_at >= first_minute AND measured_at < end_minute
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings         = existing.readings + excluded.readings,
        sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
        min_temperature  = least(existing.min_temperature, excluded.min_temperature),
        max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
        last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    INSERT INTO rollup_five_seconds AS existing
    SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
           sensor_id COLLATE "C",
           count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
    FROM reading
    WHERE measured_at >= first_minute AND measured_at < end_minute
      AND measured_at > now() - interval '2 hours'
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
        readings         = existing.readings + excluded.readings,
        sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
        min_temperature  = least(existing.min_temperature, excluded.min_temperature),
        max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
        last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
END $$;


--
-- Name: FUNCTION rebuild_rollups(since timestamp with time zone, until timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.rebuild_rollups(since timestamp with time zone, until timestamp with time zone) IS 'Computes the roll-ups again, from the minute that contains since to the one that contains until.';


--
-- Name: roll_up_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.roll_up_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM rebuild_rollups(starts_at, starts_at)
    FROM (SELECT DISTINCT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00') AS starts_at
          FROM changed) AS minutes;
    RETURN NULL;
END $$;


--
-- Name: FUNCTION roll_up_changed(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.roll_up_changed() IS 'Trigger: computes the roll-ups of deleted or changed readings again.';


--
-- Name: roll_up_inserted(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.roll_up_inserted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM added OFFSET 1) THEN
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM added
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        INSERT INTO rollup_five_seconds AS existing
        SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C",
               count(*), sum(temperature), min(temperature), max(temperature), max(measured_at)
        FROM added
        WHERE measured_at > now() - interval '2 hours'
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    ELSE
        INSERT INTO rollup_minute AS existing
        SELECT date_bin('1 minute', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C", 1, temperature, temperature, temperature, measured_at
        FROM added
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
        INSERT INTO rollup_five_seconds AS existing
        SELECT date_bin('5 seconds', measured_at, timestamptz '2000-01-01 00:00:00+00'),
               sensor_id COLLATE "C", 1, temperature, temperature, temperature, measured_at
        FROM added
        WHERE measured_at > now() - interval '2 hours'
        ON CONFLICT (starts_at, sensor_id) DO UPDATE SET
            readings         = existing.readings + excluded.readings,
            sum_temperature  = existing.sum_temperature + excluded.sum_temperature,
            min_temperature  = least(existing.min_temperature, excluded.min_temperature),
            max_temperature  = greatest(existing.max_temperature, excluded.max_temperature),
            last_measured_at = greatest(existing.last_measured_at, excluded.last_measured_at);
    END IF;
    RETURN NULL;
END $$;


--
-- Name: FUNCTION roll_up_inserted(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.roll_up_inserted() IS 'Trigger: adds inserted readings to the roll-ups.';


--
-- Name: roll_up_truncated(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.roll_up_truncated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    TRUNCATE rollup_minute, rollup_five_seconds;
    RETURN NULL;
END $$;


--
-- Name: FUNCTION roll_up_truncated(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.roll_up_truncated() IS 'Trigger: empties the roll-ups when the readings are truncated.';


--
-- Name: sensor_states(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sensor_states() RETURNS TABLE(sensor_id text, last_measured_at timestamp with time zone, last_received_at timestamp with time zone, last_temperature double precision, usual_interval interval)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET enable_seqscan TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
    day       timestamptz;
    sensors   text[];
    times     timestamptz[];
    intervals interval[];
BEGIN
    FOR day, sensors, times, intervals IN
        SELECT date_trunc('day', last_at), array_agg(sensor_id), array_agg(last_at), array_agg(usual)
        FROM sensor
        CROSS JOIN LATERAL (
            SELECT max(last_measured_at) AS last_at,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY (last_measured_at - previous) / readings)
                       AS usual
            FROM (
                SELECT last_measured_at, readings,
                       lag(last_measured_at) OVER (ORDER BY starts_at) AS previous
                FROM (
                    SELECT starts_at, last_measured_at, readings
                    FROM rollup_minute AS minute
                    WHERE minute.sensor_id = sensor.sensor_id COLLATE "C"
                      AND starts_at <= now() + interval '5 minutes'
                    ORDER BY starts_at DESC
                    LIMIT 11
                ) AS minute
            ) AS sample
        ) AS latest
        WHERE last_at IS NOT NULL
        GROUP BY 1
    LOOP
        RETURN QUERY
        SELECT latest.sensor_id, latest.measured_at, received_at, temperature, usual
        FROM unnest(sensors, times, intervals) AS latest (sensor_id, measured_at, usual)
        CROSS JOIN LATERAL (
            SELECT received_at, temperature
            FROM reading
            WHERE reading.measured_at >= day AND reading.measured_at < day + interval '1 day'
              AND reading.measured_at = latest.measured_at AND reading.sensor_id = latest.sensor_id
            ORDER BY reading_id DESC
            LIMIT 1
        ) AS last;
    END LOOP;
END $$;


--
-- Name: FUNCTION sensor_states(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.sensor_states() IS 'The last reading and the usual interval of each sensor that has readings; temperatures in °C.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: TABLE alembic_version; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.alembic_version IS 'The version of this schema; Alembic maintains it.';


--
-- Name: COLUMN alembic_version.version_num; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alembic_version.version_num IS 'Number of the last migration that was applied.';


--
-- Name: last_hour_overall; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.last_hour_overall AS
 SELECT (COALESCE(sum(readings), (0)::numeric))::bigint AS readings,
    min(min_temperature) AS min_temperature,
    (sum(sum_temperature) / (sum(readings))::double precision) AS mean_temperature,
    max(max_temperature) AS max_temperature,
    (array_agg(last_temperature ORDER BY last_hour.last_measured_at DESC, last_reading_id DESC))[1] AS last_temperature,
    max(last_measured_at) AS last_measured_at
   FROM public.last_hour() last_hour(sensor_id, readings, sum_temperature, min_temperature, max_temperature, last_measured_at, last_reading_id, last_temperature);


--
-- Name: VIEW last_hour_overall; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.last_hour_overall IS 'The last hour over all sensors: always one row. Without readings all columns but readings are null.';


--
-- Name: COLUMN last_hour_overall.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.readings IS 'Number of readings; 0 if there are none.';


--
-- Name: COLUMN last_hour_overall.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN last_hour_overall.mean_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.mean_temperature IS 'Mean of the temperatures of all readings in °C.';


--
-- Name: COLUMN last_hour_overall.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.max_temperature IS 'Highest temperature in °C.';


--
-- Name: COLUMN last_hour_overall.last_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.last_temperature IS 'Temperature of the latest reading in °C.';


--
-- Name: COLUMN last_hour_overall.last_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_overall.last_measured_at IS 'When the latest reading was measured.';


--
-- Name: sensor; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sensor (
    sensor_id text NOT NULL,
    name text,
    location text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE sensor; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.sensor IS 'One row per sensor. A sensor registers itself with its first reading; people add its name and location.';


--
-- Name: COLUMN sensor.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor.sensor_id IS 'ID that the sensor sends with each reading.';


--
-- Name: COLUMN sensor.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor.name IS 'Name for people; null until someone sets it.';


--
-- Name: COLUMN sensor.location; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor.location IS 'Where the sensor is; null until someone sets it.';


--
-- Name: COLUMN sensor.registered_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor.registered_at IS 'When the first reading of the sensor was stored.';


--
-- Name: last_hour_summary; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.last_hour_summary AS
 SELECT hour.sensor_id,
    sensor.name,
    sensor.location,
    hour.readings,
    hour.min_temperature,
    (hour.sum_temperature / (hour.readings)::double precision) AS mean_temperature,
    hour.max_temperature,
    hour.last_temperature,
    hour.last_measured_at
   FROM (public.last_hour() hour(sensor_id, readings, sum_temperature, min_temperature, max_temperature, last_measured_at, last_reading_id, last_temperature)
     LEFT JOIN public.sensor USING (sensor_id))
  ORDER BY hour.sensor_id;


--
-- Name: VIEW last_hour_summary; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.last_hour_summary IS 'The last hour by measured_at: one row per sensor with readings in it. Readings up to 5 minutes ahead of the clock count.';


--
-- Name: COLUMN last_hour_summary.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.sensor_id IS 'The sensor.';


--
-- Name: COLUMN last_hour_summary.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.name IS 'Name of the sensor for people; null if not set.';


--
-- Name: COLUMN last_hour_summary.location; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.location IS 'Where the sensor is; null if not set.';


--
-- Name: COLUMN last_hour_summary.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.readings IS 'Number of readings.';


--
-- Name: COLUMN last_hour_summary.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN last_hour_summary.mean_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.mean_temperature IS 'Mean of the temperatures in °C.';


--
-- Name: COLUMN last_hour_summary.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.max_temperature IS 'Highest temperature in °C.';


--
-- Name: COLUMN last_hour_summary.last_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.last_temperature IS 'Temperature of the latest reading in °C.';


--
-- Name: COLUMN last_hour_summary.last_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.last_hour_summary.last_measured_at IS 'When the latest reading was measured.';


--
-- Name: reading; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
)
PARTITION BY RANGE (measured_at);


--
-- Name: TABLE reading; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.reading IS 'One row per measurement. Partitioned by UTC day of measured_at; partitions are named reading_YYYYMMDD.';


--
-- Name: COLUMN reading.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20251120; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20251120 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20251120.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20251120.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20251120.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20251120.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20251120.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20251120.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20251120.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20251120.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261125; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261125 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261125.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261125.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261125.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261125.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261125.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261125.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261125.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261125.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261126; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261126 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261126.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261126.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261126.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261126.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261126.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261126.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261126.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261126.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261127; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261127 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261127.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261127.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261127.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261127.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261127.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261127.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261127.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261127.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261128; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261128 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261128.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261128.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261128.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261128.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261128.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261128.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261128.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261128.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261129; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261129 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261129.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261129.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261129.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261129.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261129.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261129.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261129.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261129.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261130; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261130 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261130.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261130.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261130.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261130.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261130.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261130.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261130.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261130.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261201; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261201 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261201.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261201.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261201.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261201.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261201.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261201.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261201.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261201.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261202; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261202 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261202.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261202.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261202.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261202.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261202.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261202.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261202.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261202.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20261203; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_20261203 (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: COLUMN reading_20261203.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.reading_id IS 'Identity of the reading. A redelivered message has the same one, so it is stored once.';


--
-- Name: COLUMN reading_20261203.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.sensor_id IS 'The sensor that measured; see table sensor.';


--
-- Name: COLUMN reading_20261203.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN reading_20261203.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN reading_20261203.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN reading_20261203.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN reading_20261203.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_20261203.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reading_default (
    reading_id uuid NOT NULL,
    sensor_id text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid,
    sequence bigint
);


--
-- Name: TABLE reading_default; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.reading_default IS 'Readings of days that have no partition of their own, such as those of a sensor with a wrong clock.';


--
-- Name: reading_sequence; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.reading_sequence AS
 SELECT sensor_id,
    run_id,
    sequence,
    measured_at
   FROM public.reading
  WHERE ((run_id IS NOT NULL) AND (sequence >= 1));


--
-- Name: VIEW reading_sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.reading_sequence IS 'Readings that were numbered by their run: one row per reading. It reads the whole table.';


--
-- Name: COLUMN reading_sequence.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_sequence.sensor_id IS 'The sensor.';


--
-- Name: COLUMN reading_sequence.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_sequence.run_id IS 'Run of the sensor process that published the reading.';


--
-- Name: COLUMN reading_sequence.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_sequence.sequence IS 'Number of the reading within its run, from 1 without gaps.';


--
-- Name: COLUMN reading_sequence.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_sequence.measured_at IS 'When the sensor measured.';


--
-- Name: reading_gap; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.reading_gap AS
 SELECT sensor_id,
    run_id,
    (previous + 1) AS first_missing,
    (sequence - 1) AS last_missing,
    ((sequence - 1) - previous) AS missing
   FROM ( SELECT reading_sequence.sensor_id,
            reading_sequence.run_id,
            reading_sequence.sequence,
            lag(reading_sequence.sequence, 1, (0)::bigint) OVER (PARTITION BY reading_sequence.run_id, reading_sequence.sensor_id ORDER BY reading_sequence.sequence) AS previous
           FROM public.reading_sequence) numbered
  WHERE (sequence > (previous + 1));


--
-- Name: VIEW reading_gap; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.reading_gap IS 'Sequence numbers that are missing before a stored reading of the same run: one row per gap.';


--
-- Name: COLUMN reading_gap.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_gap.sensor_id IS 'The sensor.';


--
-- Name: COLUMN reading_gap.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_gap.run_id IS 'The run of the sensor process.';


--
-- Name: COLUMN reading_gap.first_missing; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_gap.first_missing IS 'First sequence number of the gap.';


--
-- Name: COLUMN reading_gap.last_missing; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_gap.last_missing IS 'Last sequence number of the gap.';


--
-- Name: COLUMN reading_gap.missing; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_gap.missing IS 'Number of missing readings.';


--
-- Name: rollup_minute; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rollup_minute (
    starts_at timestamp with time zone NOT NULL,
    sensor_id text NOT NULL COLLATE pg_catalog."C",
    readings integer NOT NULL,
    sum_temperature double precision NOT NULL,
    min_temperature double precision NOT NULL,
    max_temperature double precision NOT NULL,
    last_measured_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');


--
-- Name: TABLE rollup_minute; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.rollup_minute IS 'Aggregates of the readings: one row per sensor and minute with readings. Triggers of reading update it.';


--
-- Name: COLUMN rollup_minute.starts_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.starts_at IS 'Start of the minute.';


--
-- Name: COLUMN rollup_minute.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.sensor_id IS 'The sensor; see table sensor.';


--
-- Name: COLUMN rollup_minute.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.readings IS 'Number of readings measured in the minute.';


--
-- Name: COLUMN rollup_minute.sum_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.sum_temperature IS 'Sum of their temperatures in °C; divide by readings for the mean.';


--
-- Name: COLUMN rollup_minute.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN rollup_minute.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.max_temperature IS 'Highest temperature in °C.';


--
-- Name: COLUMN rollup_minute.last_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_minute.last_measured_at IS 'When the latest of the readings was measured.';


--
-- Name: reading_hour; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.reading_hour AS
 SELECT (sensor_id COLLATE "default") AS sensor_id,
    date_bin('01:00:00'::interval, starts_at, '2000-01-01 00:00:00+00'::timestamp with time zone) AS hour,
    sum(readings) AS readings,
    min(min_temperature) AS min_temperature,
    (sum(sum_temperature) / (sum(readings))::double precision) AS mean_temperature,
    max(max_temperature) AS max_temperature
   FROM public.rollup_minute
  GROUP BY (sensor_id COLLATE "default"), (date_bin('01:00:00'::interval, starts_at, '2000-01-01 00:00:00+00'::timestamp with time zone));


--
-- Name: VIEW reading_hour; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.reading_hour IS 'The series per UTC hour: one row per sensor and hour with readings.';


--
-- Name: COLUMN reading_hour.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.sensor_id IS 'The sensor.';


--
-- Name: COLUMN reading_hour.hour; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.hour IS 'Start of the hour.';


--
-- Name: COLUMN reading_hour.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.readings IS 'Number of readings measured in the hour.';


--
-- Name: COLUMN reading_hour.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN reading_hour.mean_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.mean_temperature IS 'Mean of the temperatures in °C.';


--
-- Name: COLUMN reading_hour.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_hour.max_temperature IS 'Highest temperature in °C.';


--
-- Name: reading_minute; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.reading_minute AS
 SELECT (sensor_id COLLATE "default") AS sensor_id,
    starts_at AS minute,
    (readings)::bigint AS readings,
    min_temperature,
    (sum_temperature / (readings)::double precision) AS mean_temperature,
    max_temperature
   FROM public.rollup_minute;


--
-- Name: VIEW reading_minute; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.reading_minute IS 'The series per minute: one row per sensor and minute with readings.';


--
-- Name: COLUMN reading_minute.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.sensor_id IS 'The sensor.';


--
-- Name: COLUMN reading_minute.minute; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.minute IS 'Start of the minute.';


--
-- Name: COLUMN reading_minute.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.readings IS 'Number of readings measured in the minute.';


--
-- Name: COLUMN reading_minute.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN reading_minute.mean_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.mean_temperature IS 'Mean of the temperatures in °C.';


--
-- Name: COLUMN reading_minute.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.reading_minute.max_temperature IS 'Highest temperature in °C.';


--
-- Name: retention; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.retention (
    days integer NOT NULL,
    CONSTRAINT retention_days_check CHECK ((days >= 1))
);


--
-- Name: TABLE retention; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.retention IS 'How long readings are kept: one row, or none to keep them forever. `sensorctl setup` writes it.';


--
-- Name: COLUMN retention.days; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.retention.days IS 'Number of full UTC days before today that are kept.';


--
-- Name: rollup_five_seconds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rollup_five_seconds (
    starts_at timestamp with time zone NOT NULL,
    sensor_id text NOT NULL COLLATE pg_catalog."C",
    readings integer NOT NULL,
    sum_temperature double precision NOT NULL,
    min_temperature double precision NOT NULL,
    max_temperature double precision NOT NULL,
    last_measured_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');


--
-- Name: TABLE rollup_five_seconds; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.rollup_five_seconds IS 'Aggregates of the readings of about the last two hours: one row per sensor and five seconds with readings. The last-hour views need them for the minute in which the hour begins.';


--
-- Name: COLUMN rollup_five_seconds.starts_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.starts_at IS 'Start of the five seconds.';


--
-- Name: COLUMN rollup_five_seconds.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.sensor_id IS 'The sensor; see table sensor.';


--
-- Name: COLUMN rollup_five_seconds.readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.readings IS 'Number of readings measured in the five seconds.';


--
-- Name: COLUMN rollup_five_seconds.sum_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.sum_temperature IS 'Sum of their temperatures in °C; divide by readings for the mean.';


--
-- Name: COLUMN rollup_five_seconds.min_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.min_temperature IS 'Lowest temperature in °C.';


--
-- Name: COLUMN rollup_five_seconds.max_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.max_temperature IS 'Highest temperature in °C.';


--
-- Name: COLUMN rollup_five_seconds.last_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.rollup_five_seconds.last_measured_at IS 'When the latest of the readings was measured.';


--
-- Name: sensor_status; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.sensor_status AS
 SELECT state.sensor_id,
    sensor.name,
    sensor.location,
    state.last_measured_at,
    state.last_received_at,
    state.last_temperature,
    state.usual_interval,
        CASE
            WHEN ((now() > (state.last_received_at + GREATEST('00:00:30'::interval, ((5)::double precision * state.usual_interval)))) AND (state.last_received_at < (state.last_measured_at + '1 day'::interval)) AND (state.usual_interval IS NOT NULL)) THEN state.last_received_at
            ELSE NULL::timestamp with time zone
        END AS offline_since
   FROM (public.sensor_states() state(sensor_id, last_measured_at, last_received_at, last_temperature, usual_interval)
     JOIN public.sensor USING (sensor_id))
  ORDER BY state.sensor_id;


--
-- Name: VIEW sensor_status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.sensor_status IS 'Whether each sensor still sends readings: one row per sensor that has readings.';


--
-- Name: COLUMN sensor_status.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.sensor_id IS 'The sensor.';


--
-- Name: COLUMN sensor_status.name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.name IS 'Name of the sensor for people; null if not set.';


--
-- Name: COLUMN sensor_status.location; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.location IS 'Where the sensor is; null if not set.';


--
-- Name: COLUMN sensor_status.last_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.last_measured_at IS 'When its latest reading was measured, by the sensor''s clock.';


--
-- Name: COLUMN sensor_status.last_received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.last_received_at IS 'When its latest reading was stored, by the database''s clock.';


--
-- Name: COLUMN sensor_status.last_temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.last_temperature IS 'Temperature of its latest reading in °C.';


--
-- Name: COLUMN sensor_status.usual_interval; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.usual_interval IS 'Usual time between two of its readings; null until two minutes with readings are known.';


--
-- Name: COLUMN sensor_status.offline_since; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.sensor_status.offline_since IS 'When its latest reading was stored, if it has sent none for five usual intervals and at least 30 seconds; null while it sends readings, and for imported history.';


--
-- Name: stored_reading; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.stored_reading AS
 SELECT reading_id,
    sensor_id,
    measured_at,
    temperature,
    received_at,
    run_id,
    sequence
   FROM public.reading;


--
-- Name: VIEW stored_reading; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.stored_reading IS 'All readings, for roles that may read views but not tables: one row per measurement.';


--
-- Name: COLUMN stored_reading.reading_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.reading_id IS 'Identity of the reading.';


--
-- Name: COLUMN stored_reading.sensor_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.sensor_id IS 'The sensor that measured.';


--
-- Name: COLUMN stored_reading.measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.measured_at IS 'When the sensor measured, by its own clock.';


--
-- Name: COLUMN stored_reading.temperature; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.temperature IS 'Temperature in °C.';


--
-- Name: COLUMN stored_reading.received_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.received_at IS 'When the database stored the reading, by its own clock.';


--
-- Name: COLUMN stored_reading.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.run_id IS 'Run of the sensor process that published the reading; null if the message had none.';


--
-- Name: COLUMN stored_reading.sequence; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.stored_reading.sequence IS 'Number of the reading within its run, from 1 without gaps; null if the message had none.';


--
-- Name: reading_20251120; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20251120 FOR VALUES FROM ('2025-11-20 00:00:00+00') TO ('2025-11-21 00:00:00+00');


--
-- Name: reading_20261125; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261125 FOR VALUES FROM ('2026-11-25 00:00:00+00') TO ('2026-11-26 00:00:00+00');


--
-- Name: reading_20261126; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');


--
-- Name: reading_20261127; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');


--
-- Name: reading_20261128; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261128 FOR VALUES FROM ('2026-11-28 00:00:00+00') TO ('2026-11-29 00:00:00+00');


--
-- Name: reading_20261129; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261129 FOR VALUES FROM ('2026-11-29 00:00:00+00') TO ('2026-11-30 00:00:00+00');


--
-- Name: reading_20261130; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: reading_20261201; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');


--
-- Name: reading_20261202; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');


--
-- Name: reading_20261203; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');


--
-- Name: reading_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading ATTACH PARTITION public.reading_default DEFAULT;


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES
	('0001');


--
-- Data for Name: reading_20251120; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reading_20251120 VALUES
	('917c7140-9d8a-5ed2-8667-bdac417d1b4f', '1', '2025-11-20 23:30:00+00', 20, '2026-11-26 19:59:20.381195+00', NULL, NULL),
	('9e4c087f-05c3-597f-9a04-092f677c6f3f', '2', '2025-11-20 23:29:55+00', 20.125, '2026-11-26 19:59:20.395491+00', NULL, NULL),
	('4eedc630-52b8-5c0f-92b1-2ec71d175b2f', '1', '2025-11-20 23:29:50+00', 20.25, '2026-11-26 19:59:20.398165+00', NULL, NULL),
	('00242335-8e39-501f-902b-96beafa9bf99', '2', '2025-11-20 23:29:45+00', 20.375, '2026-11-26 19:59:20.4072+00', NULL, NULL),
	('07762086-8260-5631-b50e-7022c8a65862', '1', '2025-11-20 23:29:40+00', 20.5, '2026-11-26 19:59:20.411519+00', NULL, NULL),
	('7e70e35a-024a-56e4-862c-59eb1be9116f', '2', '2025-11-20 23:29:35+00', 20.625, '2026-11-26 19:59:20.417145+00', NULL, NULL),
	('6b2a6f24-df04-5ac0-b313-4d70066807d1', '1', '2025-11-20 23:29:30+00', 20.75, '2026-11-26 19:59:20.419782+00', NULL, NULL),
	('f218db6f-38c6-5cfa-b4c3-efbbb5152f17', '2', '2025-11-20 23:29:25+00', 20.875, '2026-11-26 19:59:20.426705+00', NULL, NULL),
	('a4267798-f06d-55d0-a977-62a6a9aa2525', '1', '2025-11-20 23:29:20+00', 21, '2026-11-26 19:59:20.432644+00', NULL, NULL),
	('95a5aec4-0fac-5858-9676-a8e73238c8bb', '2', '2025-11-20 23:29:15+00', 21.125, '2026-11-26 19:59:20.439135+00', NULL, NULL),
	('36650fb8-6334-5cc5-95d9-85175b339ff5', '1', '2025-11-20 23:29:10+00', 21.25, '2026-11-26 19:59:20.443102+00', NULL, NULL),
	('a27d1f6d-52ab-55a1-8b90-3813aea71c3a', '2', '2025-11-20 23:29:05+00', 21.375, '2026-11-26 19:59:20.45266+00', NULL, NULL),
	('a7400b53-a023-557c-9a12-9f1ab6bac0d9', '1', '2025-11-20 23:29:00+00', 21.5, '2026-11-26 19:59:20.469042+00', NULL, NULL),
	('4be5f632-1d29-54d4-a76e-d422d5b48f77', '2', '2025-11-20 23:28:55+00', 21.625, '2026-11-26 19:59:20.472902+00', NULL, NULL),
	('549a8e2d-36f9-5697-adee-fc83691bb88b', '1', '2025-11-20 23:28:50+00', 21.75, '2026-11-26 19:59:20.474444+00', NULL, NULL),
	('178107ad-4f6b-55eb-adc1-494ee8171692', '2', '2025-11-20 23:28:45+00', 21.875, '2026-11-26 19:59:20.483468+00', NULL, NULL),
	('363a996d-68cf-5212-80ad-c2efd24ab556', '1', '2025-11-20 23:28:40+00', 22, '2026-11-26 19:59:20.487838+00', NULL, NULL),
	('f4e28e1b-5524-5b8a-83d8-f2993d94bc70', '2', '2025-11-20 23:28:35+00', 22.125, '2026-11-26 19:59:20.49687+00', NULL, NULL),
	('c5983178-4ffc-5974-b616-2c085142e9f3', '1', '2025-11-20 23:28:30+00', 22.25, '2026-11-26 19:59:20.499135+00', NULL, NULL),
	('f9728d5b-2cc9-580e-befd-4fd737db041c', '2', '2025-11-20 23:28:25+00', 22.375, '2026-11-26 19:59:20.511777+00', NULL, NULL),
	('d8543b73-adea-5789-ad05-211eedf59848', '1', '2025-11-20 23:28:20+00', 22.5, '2026-11-26 19:59:20.516895+00', NULL, NULL),
	('48305994-2453-52e3-b578-1ce16db7a4f4', '2', '2025-11-20 23:28:15+00', 22.625, '2026-11-26 19:59:20.530313+00', NULL, NULL),
	('8801fc4c-1c26-5bbf-9037-342f53d21292', '1', '2025-11-20 23:28:10+00', 22.75, '2026-11-26 19:59:20.536974+00', NULL, NULL),
	('a626064d-d904-56d2-bb8f-b34a65657a8c', '2', '2025-11-20 23:28:05+00', 22.875, '2026-11-26 19:59:20.541125+00', NULL, NULL),
	('5b90ac75-3216-5ee0-893a-3e9d35999298', '1', '2025-11-20 23:28:00+00', 23, '2026-11-26 19:59:20.561099+00', NULL, NULL),
	('681b1393-3ab6-5341-9117-ce93d844e51c', '2', '2025-11-20 23:27:55+00', 23.125, '2026-11-26 19:59:20.565124+00', NULL, NULL),
	('9778e509-7529-52e1-b360-031e97979c54', '1', '2025-11-20 23:27:50+00', 23.25, '2026-11-26 19:59:20.568623+00', NULL, NULL),
	('72e7f164-ee52-5e74-addd-b55064a9f0c2', '2', '2025-11-20 23:27:45+00', 23.375, '2026-11-26 19:59:20.575235+00', NULL, NULL),
	('b3da9dac-19df-5193-aa5a-07f1f5367237', '1', '2025-11-20 23:27:40+00', 23.5, '2026-11-26 19:59:20.578315+00', NULL, NULL),
	('3298920c-b801-5698-9137-39d08ca0bafe', '2', '2025-11-20 23:27:35+00', 23.625, '2026-11-26 19:59:20.585611+00', NULL, NULL),
	('71885b46-80d7-540b-89e9-0f6360453d4e', '1', '2025-11-20 23:27:30+00', 23.75, '2026-11-26 19:59:20.593142+00', NULL, NULL),
	('6e7d2304-9fa9-58df-9c05-ffe04df8a3b3', '2', '2025-11-20 23:27:25+00', 23.875, '2026-11-26 19:59:20.601429+00', NULL, NULL),
	('77d26613-adbb-54f3-9f16-354e4f8c9cee', '1', '2025-11-20 23:27:20+00', 24, '2026-11-26 19:59:20.604891+00', NULL, NULL),
	('c64cb07f-6dd0-5659-bc1a-170a58019291', '2', '2025-11-20 23:27:15+00', 24.125, '2026-11-26 19:59:20.609594+00', NULL, NULL),
	('0646de87-020b-5ab3-9dac-094ae6223e1c', '1', '2025-11-20 23:27:10+00', 24.25, '2026-11-26 19:59:20.613006+00', NULL, NULL),
	('7cb19f9e-d1ef-5e75-8c04-502bf052a5d1', '2', '2025-11-20 23:27:05+00', 24.375, '2026-11-26 19:59:20.620314+00', NULL, NULL),
	('e21b8df9-7d9e-5f87-93b3-e561340812ae', '1', '2025-11-20 23:27:00+00', 24.5, '2026-11-26 19:59:20.628367+00', NULL, NULL),
	('27d88382-bdb0-5641-8a97-8b21836b4a3b', '2', '2025-11-20 23:26:55+00', 24.625, '2026-11-26 19:59:20.633578+00', NULL, NULL),
	('b5e44614-100c-5fdb-b4dc-0b51c6c72f69', '1', '2025-11-20 23:26:50+00', 24.75, '2026-11-26 19:59:20.636222+00', NULL, NULL),
	('72f47a02-dd72-5558-b7fd-b5f25d45e4c3', '2', '2025-11-20 23:26:45+00', 24.875, '2026-11-26 19:59:20.637525+00', NULL, NULL),
	('8bd05558-5339-5e37-a017-279ad9be35a0', '1', '2025-11-20 23:26:40+00', 20, '2026-11-26 19:59:20.640457+00', NULL, NULL),
	('6d79f7bf-46e2-5fc3-a8ed-1631f9b02097', '2', '2025-11-20 23:26:35+00', 20.125, '2026-11-26 19:59:20.646521+00', NULL, NULL),
	('e2726d37-7795-50eb-844a-a2aafbb160b5', '1', '2025-11-20 23:26:30+00', 20.25, '2026-11-26 19:59:20.648363+00', NULL, NULL),
	('9b73ba9a-8e5f-5aa6-881c-f9693b6377c0', '2', '2025-11-20 23:26:25+00', 20.375, '2026-11-26 19:59:20.652436+00', NULL, NULL),
	('1e6d47c9-1e01-5296-bafc-5031e88023b7', '1', '2025-11-20 23:26:20+00', 20.5, '2026-11-26 19:59:20.659946+00', NULL, NULL),
	('5d73bd3c-8a1d-5748-a51b-51ac223c54a9', '2', '2025-11-20 23:26:15+00', 20.625, '2026-11-26 19:59:20.664617+00', NULL, NULL),
	('84afdec9-58de-5b42-8015-630c9e4a5746', '1', '2025-11-20 23:26:10+00', 20.75, '2026-11-26 19:59:20.668672+00', NULL, NULL),
	('d273ee67-1d57-5d75-9618-fa313642d53a', '2', '2025-11-20 23:26:05+00', 20.875, '2026-11-26 19:59:20.67265+00', NULL, NULL),
	('8f66cd37-8ebd-5346-9900-0f5e0de02e80', '1', '2025-11-20 23:26:00+00', 21, '2026-11-26 19:59:20.676681+00', NULL, NULL),
	('18dff003-23fa-5fdb-8e1a-007ca6e33dde', '2', '2025-11-20 23:25:55+00', 21.125, '2026-11-26 19:59:20.679876+00', NULL, NULL),
	('19fd5de7-6d61-56b8-b5ac-04d656f63173', '1', '2025-11-20 23:25:50+00', 21.25, '2026-11-26 19:59:20.681214+00', NULL, NULL),
	('5b646f80-a76c-5c76-ba24-d3d666fc8f9f', '2', '2025-11-20 23:25:45+00', 21.375, '2026-11-26 19:59:20.682339+00', NULL, NULL),
	('99565b8d-030f-5274-9c47-c2e581215853', '1', '2025-11-20 23:25:40+00', 21.5, '2026-11-26 19:59:20.684528+00', NULL, NULL),
	('1e921332-cd19-5d0d-b6c0-19ab343b8883', '2', '2025-11-20 23:25:35+00', 21.625, '2026-11-26 19:59:20.687519+00', NULL, NULL),
	('af3236fd-30b9-5502-9761-db2019adb813', '1', '2025-11-20 23:25:30+00', 21.75, '2026-11-26 19:59:20.689211+00', NULL, NULL),
	('b900e07d-d1c8-52d4-9762-4032108e2b4f', '2', '2025-11-20 23:25:25+00', 21.875, '2026-11-26 19:59:20.690884+00', NULL, NULL),
	('7ef349ca-c04c-5c7e-9764-e7e4105cf233', '1', '2025-11-20 23:25:20+00', 22, '2026-11-26 19:59:20.692788+00', NULL, NULL),
	('63b632f2-07c8-5b02-bf8c-5411a1cf969c', '2', '2025-11-20 23:25:15+00', 22.125, '2026-11-26 19:59:20.696403+00', NULL, NULL),
	('c4bd0c7d-6b29-557f-99c2-65ce59fe9eb0', '1', '2025-11-20 23:25:10+00', 22.25, '2026-11-26 19:59:20.698046+00', NULL, NULL),
	('94e342ee-cc31-5121-bec1-d13ec4a188d8', '2', '2025-11-20 23:25:05+00', 22.375, '2026-11-26 19:59:20.70046+00', NULL, NULL),
	('982bbc82-9cb5-5ee9-830b-246b74f0ca02', '1', '2025-11-20 23:25:00+00', 22.5, '2026-11-26 19:59:20.704376+00', NULL, NULL),
	('37eef939-370c-5e64-bbbd-c92c6db8e1fa', '2', '2025-11-20 23:24:55+00', 22.625, '2026-11-26 19:59:20.708373+00', NULL, NULL),
	('59a3db53-f83e-5236-b3b0-6c878e455757', '1', '2025-11-20 23:24:50+00', 22.75, '2026-11-26 19:59:20.712454+00', NULL, NULL),
	('20de4619-535b-52b0-bdfa-a2e910cbf3c6', '2', '2025-11-20 23:24:45+00', 22.875, '2026-11-26 19:59:20.715025+00', NULL, NULL),
	('7e3ea655-c879-53ac-aebc-5533f769090e', '1', '2025-11-20 23:24:40+00', 23, '2026-11-26 19:59:20.716967+00', NULL, NULL),
	('58fcaab1-1d5f-5a73-adc4-9c3dc3ac18f7', '2', '2025-11-20 23:24:35+00', 23.125, '2026-11-26 19:59:20.720023+00', NULL, NULL),
	('3ab64ba8-9123-5dd6-bb7d-00375c469b15', '1', '2025-11-20 23:24:30+00', 23.25, '2026-11-26 19:59:20.724962+00', NULL, NULL),
	('f708f113-6bdd-54e6-b1fa-b594d19aa799', '2', '2025-11-20 23:24:25+00', 23.375, '2026-11-26 19:59:20.728984+00', NULL, NULL),
	('44cb3136-559f-55a4-88e0-821afd819576', '1', '2025-11-20 23:24:20+00', 23.5, '2026-11-26 19:59:20.732914+00', NULL, NULL),
	('c05c119c-a11d-5654-b8d8-a22eddb8cc69', '2', '2025-11-20 23:24:15+00', 23.625, '2026-11-26 19:59:20.736819+00', NULL, NULL),
	('4d757fa4-ecf1-5df9-b5c4-0b10c1845fcb', '1', '2025-11-20 23:24:10+00', 23.75, '2026-11-26 19:59:20.751658+00', NULL, NULL),
	('2f5baa54-72ae-596a-b3c9-25a1f54e7e4b', '2', '2025-11-20 23:24:05+00', 23.875, '2026-11-26 19:59:20.761597+00', NULL, NULL),
	('4928fcd6-b802-5219-836e-a788a9f390de', '1', '2025-11-20 23:24:00+00', 24, '2026-11-26 19:59:20.765481+00', NULL, NULL),
	('d87d9ee3-92f2-513d-8c77-284939c81aa4', '2', '2025-11-20 23:23:55+00', 24.125, '2026-11-26 19:59:20.76707+00', NULL, NULL),
	('075a1062-7adf-533b-b589-db8f6de8f812', '1', '2025-11-20 23:23:50+00', 24.25, '2026-11-26 19:59:20.772069+00', NULL, NULL),
	('cce1c169-05d7-515b-b7ec-39e749e36166', '2', '2025-11-20 23:23:45+00', 24.375, '2026-11-26 19:59:20.811568+00', NULL, NULL),
	('ee90f94a-515a-584e-a7d2-1f76b0e90b41', '1', '2025-11-20 23:23:40+00', 24.5, '2026-11-26 19:59:20.822657+00', NULL, NULL),
	('d03f2ad6-5029-5c98-b0ae-09f6016baddd', '2', '2025-11-20 23:23:35+00', 24.625, '2026-11-26 19:59:20.8418+00', NULL, NULL),
	('25a7a0a5-c343-5882-a6a0-bcd67dc36e3a', '1', '2025-11-20 23:23:30+00', 24.75, '2026-11-26 19:59:20.8532+00', NULL, NULL),
	('70ae7be6-3dc1-5fbf-9920-ea95645cf90a', '2', '2025-11-20 23:23:25+00', 24.875, '2026-11-26 19:59:20.860917+00', NULL, NULL),
	('94f7bbcd-f51c-578f-9b5b-7c5d4dd79389', '1', '2025-11-20 23:23:20+00', 20, '2026-11-26 19:59:20.864617+00', NULL, NULL),
	('950a7a78-2fa1-5a37-a63b-6d0849c249e1', '2', '2025-11-20 23:23:15+00', 20.125, '2026-11-26 19:59:20.877204+00', NULL, NULL),
	('ab1ccc40-bd48-50de-b101-9aa4a88c86c4', '1', '2025-11-20 23:23:10+00', 20.25, '2026-11-26 19:59:20.880641+00', NULL, NULL),
	('fa41ae5d-baaf-534f-bc8d-99ac65b300a8', '2', '2025-11-20 23:23:05+00', 20.375, '2026-11-26 19:59:20.884656+00', NULL, NULL),
	('42e83bd7-a37b-5ed8-ad7f-2664d71d189a', '1', '2025-11-20 23:23:00+00', 20.5, '2026-11-26 19:59:20.886597+00', NULL, NULL),
	('167033f8-241f-569a-a40d-ff5f685d28e6', '2', '2025-11-20 23:22:55+00', 20.625, '2026-11-26 19:59:20.892259+00', NULL, NULL),
	('9c870ccb-3780-5caa-8fb8-48e9d88abe51', '1', '2025-11-20 23:22:50+00', 20.75, '2026-11-26 19:59:20.894059+00', NULL, NULL),
	('71778efd-2d62-5992-a27c-81789f583428', '2', '2025-11-20 23:22:45+00', 20.875, '2026-11-26 19:59:20.896409+00', NULL, NULL),
	('096b1574-751e-597a-a5d5-1b3a3b0dfbb5', '1', '2025-11-20 23:22:40+00', 21, '2026-11-26 19:59:20.900338+00', NULL, NULL),
	('9c67235f-734f-53d3-9c15-6dec387d90bc', '2', '2025-11-20 23:22:35+00', 21.125, '2026-11-26 19:59:20.904325+00', NULL, NULL),
	('30e21b67-040e-5139-8912-574053a302de', '1', '2025-11-20 23:22:30+00', 21.25, '2026-11-26 19:59:20.908329+00', NULL, NULL),
	('e1dd4d24-5966-569e-bc94-b5713203569a', '2', '2025-11-20 23:22:25+00', 21.375, '2026-11-26 19:59:20.912515+00', NULL, NULL),
	('3ab1c194-3dda-50a5-aeca-04954948649a', '1', '2025-11-20 23:22:20+00', 21.5, '2026-11-26 19:59:20.916148+00', NULL, NULL),
	('742a85eb-1767-54a8-b816-5077072ebdd7', '2', '2025-11-20 23:22:15+00', 21.625, '2026-11-26 19:59:20.91769+00', NULL, NULL),
	('b0c4394f-ae18-5755-aa58-66dd6ac3a69b', '1', '2025-11-20 23:22:10+00', 21.75, '2026-11-26 19:59:20.920315+00', NULL, NULL),
	('349eb0b5-44da-596a-8840-f6a8cd1b54f0', '2', '2025-11-20 23:22:05+00', 21.875, '2026-11-26 19:59:20.924446+00', NULL, NULL),
	('075340a6-64ac-5ef9-a9b3-a73b9de75a74', '1', '2025-11-20 23:22:00+00', 22, '2026-11-26 19:59:20.925637+00', NULL, NULL),
	('f11f996d-0ad6-5981-ab58-ae64200298b0', '2', '2025-11-20 23:21:55+00', 22.125, '2026-11-26 19:59:20.927274+00', NULL, NULL),
	('3be2dacd-62d2-563d-afee-9e77c3b4c958', '1', '2025-11-20 23:21:50+00', 22.25, '2026-11-26 19:59:20.929586+00', NULL, NULL),
	('46d3c003-b883-52d4-9d5d-b8c82959166f', '2', '2025-11-20 23:21:45+00', 22.375, '2026-11-26 19:59:20.932379+00', NULL, NULL),
	('38cd6eef-9777-56b2-994c-e50ad02a800b', '1', '2025-11-20 23:21:40+00', 22.5, '2026-11-26 19:59:20.933424+00', NULL, NULL),
	('5f28a6de-4894-5844-9dde-a5297000579c', '2', '2025-11-20 23:21:35+00', 22.625, '2026-11-26 19:59:20.936478+00', NULL, NULL),
	('d8219e5c-de3f-51a2-baa2-fb6480cda103', '1', '2025-11-20 23:21:30+00', 22.75, '2026-11-26 19:59:20.937529+00', NULL, NULL),
	('d1b72322-239e-5a8a-8cac-31871911c59a', '2', '2025-11-20 23:21:25+00', 22.875, '2026-11-26 19:59:20.942101+00', NULL, NULL),
	('8ce7f467-95ab-5396-bb71-2f5eda976441', '1', '2025-11-20 23:21:20+00', 23, '2026-11-26 19:59:20.944255+00', NULL, NULL),
	('80d6fa4f-d098-5222-966c-4edc722c55a6', '2', '2025-11-20 23:21:15+00', 23.125, '2026-11-26 19:59:20.946969+00', NULL, NULL),
	('51dbd3c1-42b4-544c-b8f1-4d639bcda250', '1', '2025-11-20 23:21:10+00', 23.25, '2026-11-26 19:59:20.948187+00', NULL, NULL),
	('1b89b6f5-c61b-5db6-9aa6-8a5318e19062', '2', '2025-11-20 23:21:05+00', 23.375, '2026-11-26 19:59:20.962435+00', NULL, NULL),
	('bca9adfe-dcff-5609-a9e3-df75064115b1', '1', '2025-11-20 23:21:00+00', 23.5, '2026-11-26 19:59:20.96743+00', NULL, NULL),
	('ab4f2074-97a5-5950-a6d4-8fd47f1ceaf1', '2', '2025-11-20 23:20:55+00', 23.625, '2026-11-26 19:59:20.969177+00', NULL, NULL),
	('6dfa7ee5-9696-57e7-adcc-ceff5b686ca9', '1', '2025-11-20 23:20:50+00', 23.75, '2026-11-26 19:59:20.97156+00', NULL, NULL),
	('f37763d7-4c66-5629-b48a-51e12f16d992', '2', '2025-11-20 23:20:45+00', 23.875, '2026-11-26 19:59:20.973106+00', NULL, NULL),
	('fa9f55b1-7237-5bf9-97a4-4b79a0ef183a', '1', '2025-11-20 23:20:40+00', 24, '2026-11-26 19:59:20.975332+00', NULL, NULL),
	('528d3534-7adc-525e-bda3-53c0d534de9e', '2', '2025-11-20 23:20:35+00', 24.125, '2026-11-26 19:59:20.97945+00', NULL, NULL),
	('b316f458-1f9d-561d-b105-430718c7695e', '1', '2025-11-20 23:20:30+00', 24.25, '2026-11-26 19:59:20.984691+00', NULL, NULL),
	('80659a81-a795-5356-836a-7108cfdf70d4', '2', '2025-11-20 23:20:25+00', 24.375, '2026-11-26 19:59:20.985947+00', NULL, NULL),
	('143bca9c-795b-5777-b89f-d206974320d6', '1', '2025-11-20 23:20:20+00', 24.5, '2026-11-26 19:59:20.988108+00', NULL, NULL),
	('e979429c-42b8-54fe-b597-daa96d83e53c', '2', '2025-11-20 23:20:15+00', 24.625, '2026-11-26 19:59:20.992407+00', NULL, NULL),
	('c0685cc8-3b62-5cdd-802a-3166a655bc3c', '1', '2025-11-20 23:20:10+00', 24.75, '2026-11-26 19:59:20.996718+00', NULL, NULL),
	('5cbec21b-d79f-5093-8592-f812ba66d8c7', '2', '2025-11-20 23:20:05+00', 24.875, '2026-11-26 19:59:21.004654+00', NULL, NULL),
	('d36d457a-223a-54e7-98d6-02bfe5fab4d3', '1', '2025-11-20 23:20:00+00', 20, '2026-11-26 19:59:21.009945+00', NULL, NULL),
	('e29dccf3-01c0-5e6b-b2ef-d45bea4a28af', '2', '2025-11-20 23:19:55+00', 20.125, '2026-11-26 19:59:21.016636+00', NULL, NULL),
	('2353f55c-8443-52c2-855d-a181893985c3', '1', '2025-11-20 23:19:50+00', 20.25, '2026-11-26 19:59:21.03655+00', NULL, NULL),
	('d3c39278-07f7-5e9b-8a0f-6ca27444ff6d', '2', '2025-11-20 23:19:45+00', 20.375, '2026-11-26 19:59:21.042849+00', NULL, NULL),
	('10af0410-4446-5bb8-b297-45b1bd46fceb', '1', '2025-11-20 23:19:40+00', 20.5, '2026-11-26 19:59:21.051534+00', NULL, NULL),
	('a214eb06-c15e-5fa9-87e8-72053a41fc8b', '2', '2025-11-20 23:19:35+00', 20.625, '2026-11-26 19:59:21.06093+00', NULL, NULL),
	('a7c0b874-90da-5d30-ae6f-644f026c2a15', '1', '2025-11-20 23:19:30+00', 20.75, '2026-11-26 19:59:21.07398+00', NULL, NULL),
	('fdbeb9d7-8a2c-5d12-836e-9f5f86222c6c', '2', '2025-11-20 23:19:25+00', 20.875, '2026-11-26 19:59:21.087553+00', NULL, NULL),
	('a29f6a27-7871-5aa3-b1e8-7ae56d8fe6f1', '1', '2025-11-20 23:19:20+00', 21, '2026-11-26 19:59:21.09043+00', NULL, NULL),
	('974a60c7-7573-544f-b2cb-6d72aa5987e3', '2', '2025-11-20 23:19:15+00', 21.125, '2026-11-26 19:59:21.099101+00', NULL, NULL),
	('1675115e-76a6-558a-a9ff-4001c99e3812', '1', '2025-11-20 23:19:10+00', 21.25, '2026-11-26 19:59:21.12315+00', NULL, NULL),
	('3b06ddab-5e77-566a-880c-668d0166a724', '2', '2025-11-20 23:19:05+00', 21.375, '2026-11-26 19:59:21.137415+00', NULL, NULL),
	('64cc5314-332f-5c77-93de-a1265f140207', '1', '2025-11-20 23:19:00+00', 21.5, '2026-11-26 19:59:21.156752+00', NULL, NULL),
	('0b9adede-5f3d-5b13-b5dc-0a862d3d00a2', '2', '2025-11-20 23:18:55+00', 21.625, '2026-11-26 19:59:21.18553+00', NULL, NULL),
	('ff9984bf-8246-5da8-8e1d-fd9d3a2f3342', '1', '2025-11-20 23:18:50+00', 21.75, '2026-11-26 19:59:21.201673+00', NULL, NULL),
	('9ef38d64-5faf-55b6-a58f-d0db30e7e6d4', '2', '2025-11-20 23:18:45+00', 21.875, '2026-11-26 19:59:21.228384+00', NULL, NULL),
	('acd436ae-cf2e-56a0-8d7c-bde20f4c0b3c', '1', '2025-11-20 23:18:40+00', 22, '2026-11-26 19:59:21.249756+00', NULL, NULL),
	('f49014de-3e80-5bb0-b91b-a67ac9098e6b', '2', '2025-11-20 23:18:35+00', 22.125, '2026-11-26 19:59:21.278521+00', NULL, NULL),
	('a6a150e7-39b3-5d12-b156-0898591221d2', '1', '2025-11-20 23:18:30+00', 22.25, '2026-11-26 19:59:21.29467+00', NULL, NULL),
	('6273fa6a-8bcd-54d3-9769-2a153e2da7ac', '2', '2025-11-20 23:18:25+00', 22.375, '2026-11-26 19:59:21.333709+00', NULL, NULL),
	('458d7e8d-8235-57df-b725-b05478e61e3d', '1', '2025-11-20 23:18:20+00', 22.5, '2026-11-26 19:59:21.370194+00', NULL, NULL),
	('2781f5ee-cd9d-5d7c-94c5-a56455b83329', '2', '2025-11-20 23:18:15+00', 22.625, '2026-11-26 19:59:21.388354+00', NULL, NULL),
	('afcf6ac4-8513-5467-b9d3-3cfa3c6a4755', '1', '2025-11-20 23:18:10+00', 22.75, '2026-11-26 19:59:21.398996+00', NULL, NULL),
	('a2643e74-07ea-5da1-8d53-c027ec7b8c0a', '2', '2025-11-20 23:18:05+00', 22.875, '2026-11-26 19:59:21.41337+00', NULL, NULL),
	('801e9d2a-d75e-5656-98f6-931b3121c280', '1', '2025-11-20 23:18:00+00', 23, '2026-11-26 19:59:21.41996+00', NULL, NULL),
	('1fe3e8d6-1556-562b-8544-7d412a5eac24', '2', '2025-11-20 23:17:55+00', 23.125, '2026-11-26 19:59:21.425259+00', NULL, NULL),
	('b629c547-bf88-5d70-92fa-9a4aa4768da1', '1', '2025-11-20 23:17:50+00', 23.25, '2026-11-26 19:59:21.444718+00', NULL, NULL),
	('a8e4f55b-caf7-5785-870b-9e64481d90b8', '2', '2025-11-20 23:17:45+00', 23.375, '2026-11-26 19:59:21.455487+00', NULL, NULL),
	('8e7bd28b-76a5-545c-94ca-0b245dfab94d', '1', '2025-11-20 23:17:40+00', 23.5, '2026-11-26 19:59:21.464463+00', NULL, NULL),
	('e9157d48-ce80-5f27-8d4c-01b41ef66195', '2', '2025-11-20 23:17:35+00', 23.625, '2026-11-26 19:59:21.467813+00', NULL, NULL),
	('3287c004-8d62-5b4e-9b0c-9f72b7ba2955', '1', '2025-11-20 23:17:30+00', 23.75, '2026-11-26 19:59:21.475702+00', NULL, NULL),
	('9d0cbc22-bf3c-5200-bcb0-1470e6a84964', '2', '2025-11-20 23:17:25+00', 23.875, '2026-11-26 19:59:21.486982+00', NULL, NULL),
	('687ae8d8-cb3d-586f-955a-d798e1350fc3', '1', '2025-11-20 23:17:20+00', 24, '2026-11-26 19:59:21.494428+00', NULL, NULL),
	('16cb534e-b200-5e3f-8541-d82334eb4090', '2', '2025-11-20 23:17:15+00', 24.125, '2026-11-26 19:59:21.504755+00', NULL, NULL),
	('00242a8d-6496-5fbf-813f-50e11132e54e', '1', '2025-11-20 23:17:10+00', 24.25, '2026-11-26 19:59:21.515233+00', NULL, NULL),
	('24f40d33-c2ed-54cf-b925-f1cdab18492e', '2', '2025-11-20 23:17:05+00', 24.375, '2026-11-26 19:59:21.519458+00', NULL, NULL),
	('24c653e3-22c8-53e2-84b1-93728500aa80', '1', '2025-11-20 23:17:00+00', 24.5, '2026-11-26 19:59:21.533146+00', NULL, NULL),
	('9cdb0084-5c15-5bcf-8b70-50978adfaf24', '2', '2025-11-20 23:16:55+00', 24.625, '2026-11-26 19:59:21.538701+00', NULL, NULL),
	('91dc424c-06d9-5576-8597-e69a4307251d', '1', '2025-11-20 23:16:50+00', 24.75, '2026-11-26 19:59:21.552061+00', NULL, NULL),
	('543f2c3f-0b48-51f3-abfc-b7722b215e48', '2', '2025-11-20 23:16:45+00', 24.875, '2026-11-26 19:59:21.561144+00', NULL, NULL),
	('c9eca0c7-9d8e-5a78-9710-70e5ef14dcee', '1', '2025-11-20 23:16:40+00', 20, '2026-11-26 19:59:21.565828+00', NULL, NULL),
	('85b513fb-59a1-52fc-80b1-8937ac48dd17', '2', '2025-11-20 23:16:35+00', 20.125, '2026-11-26 19:59:21.571474+00', NULL, NULL),
	('955dea89-5c12-5a15-b0f4-74e9bf669f5a', '1', '2025-11-20 23:16:30+00', 20.25, '2026-11-26 19:59:21.57321+00', NULL, NULL),
	('e9806858-170b-5795-a0c5-492288fcd49d', '2', '2025-11-20 23:16:25+00', 20.375, '2026-11-26 19:59:21.578763+00', NULL, NULL),
	('90763812-b064-5359-b323-9f50e99750be', '1', '2025-11-20 23:16:20+00', 20.5, '2026-11-26 19:59:21.582546+00', NULL, NULL),
	('9a88ac7e-4051-576d-9d55-1412f0b6f14d', '2', '2025-11-20 23:16:15+00', 20.625, '2026-11-26 19:59:21.587573+00', NULL, NULL),
	('3d1d2694-7378-5817-8b51-7a3927d0e9b2', '1', '2025-11-20 23:16:10+00', 20.75, '2026-11-26 19:59:21.590904+00', NULL, NULL),
	('a1e330bb-9ae8-51eb-8f00-d8b50ca293b8', '2', '2025-11-20 23:16:05+00', 20.875, '2026-11-26 19:59:21.593261+00', NULL, NULL),
	('506cb9f8-d274-509b-8192-89292fa0b709', '1', '2025-11-20 23:16:00+00', 21, '2026-11-26 19:59:21.600444+00', NULL, NULL),
	('ab078c0e-a1b9-595e-a542-f508428a9eb2', '2', '2025-11-20 23:15:55+00', 21.125, '2026-11-26 19:59:21.603231+00', NULL, NULL),
	('c7252ec2-f689-597b-b54f-f8b54e34b649', '1', '2025-11-20 23:15:50+00', 21.25, '2026-11-26 19:59:21.606758+00', NULL, NULL),
	('d4e1fd85-691c-552a-b3ce-a20f294a184e', '2', '2025-11-20 23:15:45+00', 21.375, '2026-11-26 19:59:21.614812+00', NULL, NULL),
	('934eb8c6-e2a8-5d80-a32b-84b3e575cfb4', '1', '2025-11-20 23:15:40+00', 21.5, '2026-11-26 19:59:21.618467+00', NULL, NULL),
	('2a672232-2460-5dc8-9bff-873d6a09018d', '2', '2025-11-20 23:15:35+00', 21.625, '2026-11-26 19:59:21.622254+00', NULL, NULL),
	('686f8c94-c102-5c27-99d2-e437a54c2348', '1', '2025-11-20 23:15:30+00', 21.75, '2026-11-26 19:59:21.624106+00', NULL, NULL),
	('d1e0d13a-8ebb-59a6-a05c-49c3b352a82f', '2', '2025-11-20 23:15:25+00', 21.875, '2026-11-26 19:59:21.630768+00', NULL, NULL),
	('4e073f0e-edfb-509e-9edb-30223bb158e3', '1', '2025-11-20 23:15:20+00', 22, '2026-11-26 19:59:21.633627+00', NULL, NULL),
	('a0a04e13-3f2e-576f-81dd-4f66366af2c2', '2', '2025-11-20 23:15:15+00', 22.125, '2026-11-26 19:59:21.638448+00', NULL, NULL),
	('816929ee-d527-56bd-ba10-42734cd87e6d', '1', '2025-11-20 23:15:10+00', 22.25, '2026-11-26 19:59:21.646251+00', NULL, NULL),
	('e43616ed-6189-55eb-bff7-22efcbf3dabb', '2', '2025-11-20 23:15:05+00', 22.375, '2026-11-26 19:59:21.650812+00', NULL, NULL),
	('7b1f56ce-c30b-5589-8441-fdc647668ee6', '1', '2025-11-20 23:15:00+00', 22.5, '2026-11-26 19:59:21.65394+00', NULL, NULL),
	('3c71fe15-ce50-5c41-b261-75f8a64a25e0', '2', '2025-11-20 23:14:55+00', 22.625, '2026-11-26 19:59:21.657297+00', NULL, NULL),
	('efd3e29a-5523-5cdf-91a8-7127792acc6d', '1', '2025-11-20 23:14:50+00', 22.75, '2026-11-26 19:59:21.660095+00', NULL, NULL),
	('e99dd385-8542-5998-801e-eab7d4b1c97e', '2', '2025-11-20 23:14:45+00', 22.875, '2026-11-26 19:59:21.667169+00', NULL, NULL),
	('704a6620-778a-5146-b47c-bbb5385be350', '1', '2025-11-20 23:14:40+00', 23, '2026-11-26 19:59:21.670859+00', NULL, NULL),
	('65d633ff-11cb-597c-8c22-ade0ef46d6a7', '2', '2025-11-20 23:14:35+00', 23.125, '2026-11-26 19:59:21.673987+00', NULL, NULL),
	('2794c657-e201-5a0f-aa25-5c7e845d9234', '1', '2025-11-20 23:14:30+00', 23.25, '2026-11-26 19:59:21.6789+00', NULL, NULL),
	('7464f764-163c-541e-8307-40f2b8cb4876', '2', '2025-11-20 23:14:25+00', 23.375, '2026-11-26 19:59:21.680926+00', NULL, NULL),
	('8dd3e6b2-04e7-57ae-ad17-40801b1ecd7c', '1', '2025-11-20 23:14:20+00', 23.5, '2026-11-26 19:59:21.683512+00', NULL, NULL),
	('87fe8531-68e0-5c36-a677-ee32b8d79caa', '2', '2025-11-20 23:14:15+00', 23.625, '2026-11-26 19:59:21.6856+00', NULL, NULL),
	('1f18c262-8e6b-5eb6-a1f5-0782425403f9', '1', '2025-11-20 23:14:10+00', 23.75, '2026-11-26 19:59:21.688593+00', NULL, NULL),
	('178145e7-0150-500b-8786-80f2101c2fd0', '2', '2025-11-20 23:14:05+00', 23.875, '2026-11-26 19:59:21.690252+00', NULL, NULL),
	('96db7be7-e07b-52e4-a91d-071582d1ec9a', '1', '2025-11-20 23:14:00+00', 24, '2026-11-26 19:59:21.695173+00', NULL, NULL),
	('53d89524-cb08-54e4-b01c-e877235d8b4d', '2', '2025-11-20 23:13:55+00', 24.125, '2026-11-26 19:59:21.700073+00', NULL, NULL),
	('71ee31b9-5175-5000-a7f5-feacc9a6ea1e', '1', '2025-11-20 23:13:50+00', 24.25, '2026-11-26 19:59:21.704553+00', NULL, NULL),
	('72f4b945-09b8-5684-bda8-d5f8af7b8e4e', '2', '2025-11-20 23:13:45+00', 24.375, '2026-11-26 19:59:21.706332+00', NULL, NULL),
	('8d613afb-31e0-55ed-9016-2539efa86794', '1', '2025-11-20 23:13:40+00', 24.5, '2026-11-26 19:59:21.710956+00', NULL, NULL),
	('876db373-1fc5-5ef5-b5df-0ba4e6db7dc5', '2', '2025-11-20 23:13:35+00', 24.625, '2026-11-26 19:59:21.715721+00', NULL, NULL),
	('6f0fc3cd-c96a-5817-bf89-b1ebc35bccc3', '1', '2025-11-20 23:13:30+00', 24.75, '2026-11-26 19:59:21.720166+00', NULL, NULL),
	('c87de4dd-a0ab-51da-ae79-a40bba5bcf21', '2', '2025-11-20 23:13:25+00', 24.875, '2026-11-26 19:59:21.722221+00', NULL, NULL);
INSERT INTO public.reading_20251120 VALUES
	('58a1c719-2b47-52cd-a49d-67ef15eda5cd', '1', '2025-11-20 23:13:20+00', 20, '2026-11-26 19:59:21.725812+00', NULL, NULL),
	('d8dc74f1-9c05-5ea8-a025-6f905e19ed25', '2', '2025-11-20 23:13:15+00', 20.125, '2026-11-26 19:59:21.727583+00', NULL, NULL),
	('e4acf1ef-a9ad-5578-830c-bee27924fcf4', '1', '2025-11-20 23:13:10+00', 20.25, '2026-11-26 19:59:21.732399+00', NULL, NULL),
	('eb2b3448-569a-5cca-a4eb-03a71d1e2aef', '2', '2025-11-20 23:13:05+00', 20.375, '2026-11-26 19:59:21.736459+00', NULL, NULL),
	('6257ab71-5112-50e5-a0c3-6fa721e897c8', '1', '2025-11-20 23:13:00+00', 20.5, '2026-11-26 19:59:21.740517+00', NULL, NULL),
	('aa07c24b-03cb-54e1-ac98-c49b6f70cd1e', '2', '2025-11-20 23:12:55+00', 20.625, '2026-11-26 19:59:21.74248+00', NULL, NULL),
	('bad70a8a-f204-5f90-ad62-7756f0a988b0', '1', '2025-11-20 23:12:50+00', 20.75, '2026-11-26 19:59:21.744183+00', NULL, NULL),
	('2caa89cc-86b1-50a3-bdfc-98d425a2dfd4', '2', '2025-11-20 23:12:45+00', 20.875, '2026-11-26 19:59:21.748265+00', NULL, NULL),
	('941e8257-e749-5d3c-85c7-13661dca46da', '1', '2025-11-20 23:12:40+00', 21, '2026-11-26 19:59:21.750268+00', NULL, NULL),
	('67cfe6a4-8112-58ab-9cc6-2efe323b2098', '2', '2025-11-20 23:12:35+00', 21.125, '2026-11-26 19:59:21.759964+00', NULL, NULL),
	('0cf3643c-432a-5000-bf8f-6c9c31097f63', '1', '2025-11-20 23:12:30+00', 21.25, '2026-11-26 19:59:21.767306+00', NULL, NULL),
	('bc02d92c-8fc1-5391-8238-0d78838a69c0', '2', '2025-11-20 23:12:25+00', 21.375, '2026-11-26 19:59:21.772093+00', NULL, NULL),
	('39e1c4db-b35c-52ce-aeb8-0a56da1793ce', '1', '2025-11-20 23:12:20+00', 21.5, '2026-11-26 19:59:21.775794+00', NULL, NULL),
	('af8d23ef-c45f-515e-8280-57957815a295', '2', '2025-11-20 23:12:15+00', 21.625, '2026-11-26 19:59:21.778779+00', NULL, NULL),
	('bb2988b2-3e7f-540e-8290-c08f9cea606e', '1', '2025-11-20 23:12:10+00', 21.75, '2026-11-26 19:59:21.780791+00', NULL, NULL),
	('222c8463-460d-573b-a8ee-aa5cf7274c3f', '2', '2025-11-20 23:12:05+00', 21.875, '2026-11-26 19:59:21.782645+00', NULL, NULL),
	('4f0ac94c-cd25-57c3-9ca8-fcd75a6c52b2', '1', '2025-11-20 23:12:00+00', 22, '2026-11-26 19:59:21.786755+00', NULL, NULL),
	('6b543387-c65a-57a0-8186-d2ddc0ba0779', '2', '2025-11-20 23:11:55+00', 22.125, '2026-11-26 19:59:21.793076+00', NULL, NULL),
	('b92f96a4-2218-5b11-8b80-e141b565be4b', '1', '2025-11-20 23:11:50+00', 22.25, '2026-11-26 19:59:21.803093+00', NULL, NULL),
	('cbdc8d3f-00fd-5351-8ec9-8baf2e201057', '2', '2025-11-20 23:11:45+00', 22.375, '2026-11-26 19:59:21.81907+00', NULL, NULL),
	('19858dcb-d48b-5026-976e-9773eff14be8', '1', '2025-11-20 23:11:40+00', 22.5, '2026-11-26 19:59:21.828322+00', NULL, NULL),
	('95a1b922-7dfa-5d8c-bac0-ded71921b4fd', '2', '2025-11-20 23:11:35+00', 22.625, '2026-11-26 19:59:21.842375+00', NULL, NULL),
	('1890f23a-1208-5f4a-b73a-ebc5aa65018b', '1', '2025-11-20 23:11:30+00', 22.75, '2026-11-26 19:59:21.859512+00', NULL, NULL),
	('05688276-9a76-576c-a1c8-d447d80697eb', '2', '2025-11-20 23:11:25+00', 22.875, '2026-11-26 19:59:21.864047+00', NULL, NULL),
	('032a7372-4086-5697-85ca-400c35b39108', '1', '2025-11-20 23:11:20+00', 23, '2026-11-26 19:59:21.876401+00', NULL, NULL),
	('474a0bc3-6041-5203-8748-e03fd689c36e', '2', '2025-11-20 23:11:15+00', 23.125, '2026-11-26 19:59:21.880413+00', NULL, NULL),
	('6b5b5019-555a-54e3-8f36-a6ab022ba9bc', '1', '2025-11-20 23:11:10+00', 23.25, '2026-11-26 19:59:21.900122+00', NULL, NULL),
	('b3908b60-c5eb-5df6-8166-eae87bd17c1b', '2', '2025-11-20 23:11:05+00', 23.375, '2026-11-26 19:59:21.91625+00', NULL, NULL),
	('80e0d8e2-0473-5706-87af-0583a1cf4d67', '1', '2025-11-20 23:11:00+00', 23.5, '2026-11-26 19:59:21.920979+00', NULL, NULL),
	('c197dfb0-415c-56de-afe2-9d681fd53c4e', '2', '2025-11-20 23:10:55+00', 23.625, '2026-11-26 19:59:21.93555+00', NULL, NULL),
	('5e87cb88-5111-567a-a6d9-6c8483269c44', '1', '2025-11-20 23:10:50+00', 23.75, '2026-11-26 19:59:21.938675+00', NULL, NULL),
	('b803dcb5-2cd4-5286-9091-8679e9f71199', '2', '2025-11-20 23:10:45+00', 23.875, '2026-11-26 19:59:21.963108+00', NULL, NULL),
	('736efb1a-aac7-5ca7-ba95-96d081f71e95', '1', '2025-11-20 23:10:40+00', 24, '2026-11-26 19:59:21.972536+00', NULL, NULL),
	('a75cd104-e18f-5fb5-96ad-1c03e8e2966b', '2', '2025-11-20 23:10:35+00', 24.125, '2026-11-26 19:59:21.98846+00', NULL, NULL),
	('9b46d40a-1e4e-510f-a809-366ef7141484', '1', '2025-11-20 23:10:30+00', 24.25, '2026-11-26 19:59:21.998455+00', NULL, NULL),
	('6cfb1b15-7128-52d0-8cbc-4e9d3a850872', '2', '2025-11-20 23:10:25+00', 24.375, '2026-11-26 19:59:22.024679+00', NULL, NULL),
	('717d7b7a-fef1-5665-b03f-7b8396c399b5', '1', '2025-11-20 23:10:20+00', 24.5, '2026-11-26 19:59:22.02675+00', NULL, NULL),
	('c9425dac-8ff9-5d97-88fc-321f4658e851', '2', '2025-11-20 23:10:15+00', 24.625, '2026-11-26 19:59:22.032563+00', NULL, NULL),
	('7047452e-190b-5436-92b2-804310cf8c93', '1', '2025-11-20 23:10:10+00', 24.75, '2026-11-26 19:59:22.039478+00', NULL, NULL),
	('2f4b0af0-1d34-520e-ac1e-597399abeb9f', '2', '2025-11-20 23:10:05+00', 24.875, '2026-11-26 19:59:22.061062+00', NULL, NULL),
	('c08d793e-f34e-56a6-be09-a0dc8dee8289', '1', '2025-11-20 23:10:00+00', 20, '2026-11-26 19:59:22.065474+00', NULL, NULL),
	('59519f29-b717-59ff-bc4c-0035bbf9733f', '2', '2025-11-20 23:09:55+00', 20.125, '2026-11-26 19:59:22.079459+00', NULL, NULL),
	('c94f7c53-e771-5268-828b-110c86f8f59f', '1', '2025-11-20 23:09:50+00', 20.25, '2026-11-26 19:59:22.089048+00', NULL, NULL),
	('446b2028-cc70-5d67-8f5a-c4a3774bb38f', '2', '2025-11-20 23:09:45+00', 20.375, '2026-11-26 19:59:22.096741+00', NULL, NULL),
	('29bdd703-975c-57ba-8e05-776583ee9371', '1', '2025-11-20 23:09:40+00', 20.5, '2026-11-26 19:59:22.10845+00', NULL, NULL),
	('e497bf84-8329-5590-907e-a4f7a60799a1', '2', '2025-11-20 23:09:35+00', 20.625, '2026-11-26 19:59:22.120731+00', NULL, NULL),
	('8eaf2f53-8ee8-5786-8495-41f166534fc7', '1', '2025-11-20 23:09:30+00', 20.75, '2026-11-26 19:59:22.12838+00', NULL, NULL),
	('edb03ca8-b099-584b-869f-ffeda848ebc6', '2', '2025-11-20 23:09:25+00', 20.875, '2026-11-26 19:59:22.135338+00', NULL, NULL),
	('0f4a1002-e51d-5c54-a22d-e68c2567f027', '1', '2025-11-20 23:09:20+00', 21, '2026-11-26 19:59:22.147762+00', NULL, NULL),
	('2f0debed-1e66-526f-9263-d360d8398a76', '2', '2025-11-20 23:09:15+00', 21.125, '2026-11-26 19:59:22.152232+00', NULL, NULL),
	('f0cee7e0-b1e7-5e30-9819-c53816bc9716', '1', '2025-11-20 23:09:10+00', 21.25, '2026-11-26 19:59:22.16801+00', NULL, NULL),
	('7c51a251-f786-5c3b-9c91-1fe43ec669bd', '2', '2025-11-20 23:09:05+00', 21.375, '2026-11-26 19:59:22.176246+00', NULL, NULL),
	('b3a17c07-5ff4-5787-90ea-9ad597527e4e', '1', '2025-11-20 23:09:00+00', 21.5, '2026-11-26 19:59:22.190012+00', NULL, NULL),
	('278a8137-53c3-5284-bff6-ce89fb9c7801', '2', '2025-11-20 23:08:55+00', 21.625, '2026-11-26 19:59:22.200473+00', NULL, NULL),
	('c893d48a-58a6-5b7c-b2f3-ffa27ebc6b82', '1', '2025-11-20 23:08:50+00', 21.75, '2026-11-26 19:59:22.214824+00', NULL, NULL),
	('7dade2f1-f113-5667-a4de-7c889a46c4bb', '2', '2025-11-20 23:08:45+00', 21.875, '2026-11-26 19:59:22.221323+00', NULL, NULL),
	('75fbf940-d036-5bb6-bd4f-274120924c6f', '1', '2025-11-20 23:08:40+00', 22, '2026-11-26 19:59:22.236238+00', NULL, NULL),
	('70fb5067-a0bc-542e-a41c-c3f190e9160e', '2', '2025-11-20 23:08:35+00', 22.125, '2026-11-26 19:59:22.251454+00', NULL, NULL),
	('e2048eda-ee9f-52fc-b493-64a28e555f9d', '1', '2025-11-20 23:08:30+00', 22.25, '2026-11-26 19:59:22.261994+00', NULL, NULL),
	('7592074e-8026-5335-a950-01f428c43259', '2', '2025-11-20 23:08:25+00', 22.375, '2026-11-26 19:59:22.270425+00', NULL, NULL),
	('0b558961-bdf0-5063-82ee-9349c1d2bf61', '1', '2025-11-20 23:08:20+00', 22.5, '2026-11-26 19:59:22.274131+00', NULL, NULL),
	('bcfdcbc5-e7fc-55f0-a766-dc5dc54c2924', '2', '2025-11-20 23:08:15+00', 22.625, '2026-11-26 19:59:22.278197+00', NULL, NULL),
	('1fc39c9b-a9e7-50e5-83c7-4cefccf71023', '1', '2025-11-20 23:08:10+00', 22.75, '2026-11-26 19:59:22.284154+00', NULL, NULL),
	('3ed1c20f-9514-5f90-a6ef-a0f61494cfbb', '2', '2025-11-20 23:08:05+00', 22.875, '2026-11-26 19:59:22.286612+00', NULL, NULL),
	('c1775594-520a-58c4-b898-e43093053cd6', '1', '2025-11-20 23:08:00+00', 23, '2026-11-26 19:59:22.290541+00', NULL, NULL),
	('6a198dd7-7eda-5d30-ba6d-8f31b78a9f18', '2', '2025-11-20 23:07:55+00', 23.125, '2026-11-26 19:59:22.303214+00', NULL, NULL),
	('d2671c8e-a7e3-50cc-b01c-8409001ab761', '1', '2025-11-20 23:07:50+00', 23.25, '2026-11-26 19:59:22.305027+00', NULL, NULL),
	('b5cb6d43-b25c-56f9-ab94-3411faabc197', '2', '2025-11-20 23:07:45+00', 23.375, '2026-11-26 19:59:22.308298+00', NULL, NULL),
	('6ac24a8a-c327-5db3-86ce-2823bbc322cd', '1', '2025-11-20 23:07:40+00', 23.5, '2026-11-26 19:59:22.316496+00', NULL, NULL),
	('1598cc04-ec95-5cb4-a8fc-8fe53db0402b', '2', '2025-11-20 23:07:35+00', 23.625, '2026-11-26 19:59:22.321027+00', NULL, NULL),
	('6b515254-264c-5a5b-b444-a2bc47da35bc', '1', '2025-11-20 23:07:30+00', 23.75, '2026-11-26 19:59:22.328225+00', NULL, NULL),
	('f56f2cfc-a9a9-5350-9401-a5a9e990329d', '2', '2025-11-20 23:07:25+00', 23.875, '2026-11-26 19:59:22.333961+00', NULL, NULL),
	('f2289a53-1d5c-50db-a227-af85b6c750d6', '1', '2025-11-20 23:07:20+00', 24, '2026-11-26 19:59:22.341309+00', NULL, NULL),
	('d76ebb20-fb51-5732-8aa1-c8ffd9127c26', '2', '2025-11-20 23:07:15+00', 24.125, '2026-11-26 19:59:22.363418+00', NULL, NULL),
	('ab6eb48f-032e-5df8-b313-e1592e22935c', '1', '2025-11-20 23:07:10+00', 24.25, '2026-11-26 19:59:22.370964+00', NULL, NULL),
	('bf9e5afe-8ae7-553f-aebb-ef6b1ca685ae', '2', '2025-11-20 23:07:05+00', 24.375, '2026-11-26 19:59:22.374741+00', NULL, NULL),
	('b1821b24-811e-5a5e-abec-a5c6c6d28dba', '1', '2025-11-20 23:07:00+00', 24.5, '2026-11-26 19:59:22.383883+00', NULL, NULL),
	('61c0101e-602b-5344-8919-ae6ac8d185f8', '2', '2025-11-20 23:06:55+00', 24.625, '2026-11-26 19:59:22.38806+00', NULL, NULL),
	('23a8a77e-214b-51f8-8883-856aa683af97', '1', '2025-11-20 23:06:50+00', 24.75, '2026-11-26 19:59:22.394306+00', NULL, NULL),
	('80b2b371-9470-5b06-a362-3c59cd1c616d', '2', '2025-11-20 23:06:45+00', 24.875, '2026-11-26 19:59:22.398533+00', NULL, NULL),
	('962f228f-ae53-5b5a-b51c-0af939e3ae64', '1', '2025-11-20 23:06:40+00', 20, '2026-11-26 19:59:22.400075+00', NULL, NULL),
	('1950cb6a-16a6-5f44-bf00-8b2cec6fad65', '2', '2025-11-20 23:06:35+00', 20.125, '2026-11-26 19:59:22.410089+00', NULL, NULL),
	('034aad76-cd46-5358-9379-c4d71d9bd558', '1', '2025-11-20 23:06:30+00', 20.25, '2026-11-26 19:59:22.412481+00', NULL, NULL),
	('3d01e5b8-1688-5f11-aa25-4b5bea0619f3', '2', '2025-11-20 23:06:25+00', 20.375, '2026-11-26 19:59:22.418266+00', NULL, NULL),
	('318c0ac7-746c-5309-9aab-5b76fd3739d5', '1', '2025-11-20 23:06:20+00', 20.5, '2026-11-26 19:59:22.421731+00', NULL, NULL),
	('67c62b44-427e-547c-b0b8-fe8f74834e5e', '2', '2025-11-20 23:06:15+00', 20.625, '2026-11-26 19:59:22.428747+00', NULL, NULL),
	('abda1f03-86e4-538f-bd50-355e1eb975cd', '1', '2025-11-20 23:06:10+00', 20.75, '2026-11-26 19:59:22.431258+00', NULL, NULL),
	('2240d61f-e602-539b-a80e-f166d5205013', '2', '2025-11-20 23:06:05+00', 20.875, '2026-11-26 19:59:22.439513+00', NULL, NULL),
	('77c797bd-8bed-54e1-941e-92ea6bb17ea1', '1', '2025-11-20 23:06:00+00', 21, '2026-11-26 19:59:22.448153+00', NULL, NULL),
	('1aa6125c-f5ae-524c-bcbb-86866b2ceedd', '2', '2025-11-20 23:05:55+00', 21.125, '2026-11-26 19:59:22.456177+00', NULL, NULL),
	('f7c8378b-7465-520c-b3dc-8dc222232791', '1', '2025-11-20 23:05:50+00', 21.25, '2026-11-26 19:59:22.464188+00', NULL, NULL),
	('85f56425-e4e8-5293-92b8-4b2a6baa7141', '2', '2025-11-20 23:05:45+00', 21.375, '2026-11-26 19:59:22.4722+00', NULL, NULL),
	('d84696ea-8f54-546a-82cf-0cbc2b271fb0', '1', '2025-11-20 23:05:40+00', 21.5, '2026-11-26 19:59:22.475333+00', NULL, NULL),
	('978c39cb-ba2b-5b86-9b20-1ed9679844e8', '2', '2025-11-20 23:05:35+00', 21.625, '2026-11-26 19:59:22.476958+00', NULL, NULL),
	('c024b9fa-f69d-574d-85f3-d42b551fcc40', '1', '2025-11-20 23:05:30+00', 21.75, '2026-11-26 19:59:22.482918+00', NULL, NULL),
	('a1a798eb-0d94-5374-bacc-6a29d67a31ea', '2', '2025-11-20 23:05:25+00', 21.875, '2026-11-26 19:59:22.491473+00', NULL, NULL),
	('041a6893-d83a-57ec-af12-471a0a3cb050', '1', '2025-11-20 23:05:20+00', 22, '2026-11-26 19:59:22.497282+00', NULL, NULL),
	('2747ace8-2489-5930-941c-eaf20dfca825', '2', '2025-11-20 23:05:15+00', 22.125, '2026-11-26 19:59:22.504083+00', NULL, NULL),
	('539617db-7353-519c-85c7-729f3fe985d5', '1', '2025-11-20 23:05:10+00', 22.25, '2026-11-26 19:59:22.515899+00', NULL, NULL),
	('cab135ba-0aa2-54ef-b5d4-123c7a1390e0', '2', '2025-11-20 23:05:05+00', 22.375, '2026-11-26 19:59:22.526177+00', NULL, NULL),
	('7b4a7bb0-afe2-50c5-89ce-10929c736957', '1', '2025-11-20 23:05:00+00', 22.5, '2026-11-26 19:59:22.534795+00', NULL, NULL),
	('4c66c61b-ad76-5cf2-8cba-fb432369965a', '2', '2025-11-20 23:04:55+00', 22.625, '2026-11-26 19:59:22.548278+00', NULL, NULL),
	('2793afb2-6e85-54b1-b698-971cfedd6048', '1', '2025-11-20 23:04:50+00', 22.75, '2026-11-26 19:59:22.550978+00', NULL, NULL),
	('1f5903db-cb82-5226-bfa8-b0552b88716b', '2', '2025-11-20 23:04:45+00', 22.875, '2026-11-26 19:59:22.572339+00', NULL, NULL),
	('f444bd85-dd05-57c1-b25a-5532b596614d', '1', '2025-11-20 23:04:40+00', 23, '2026-11-26 19:59:22.584599+00', NULL, NULL),
	('1f9fb4f8-b0d3-5f4a-8b87-64570bc02143', '2', '2025-11-20 23:04:35+00', 23.125, '2026-11-26 19:59:22.59649+00', NULL, NULL),
	('9cde4482-bd3e-5731-9661-3b7a70042672', '1', '2025-11-20 23:04:30+00', 23.25, '2026-11-26 19:59:22.612306+00', NULL, NULL),
	('fd09ff60-0914-5072-a0aa-924916c06713', '2', '2025-11-20 23:04:25+00', 23.375, '2026-11-26 19:59:22.620483+00', NULL, NULL),
	('95ed9727-1ff9-5575-b7d8-b5a645d74679', '1', '2025-11-20 23:04:20+00', 23.5, '2026-11-26 19:59:22.625458+00', NULL, NULL),
	('dc394da3-a355-5e1f-b287-c11eb6c32ed3', '2', '2025-11-20 23:04:15+00', 23.625, '2026-11-26 19:59:22.631627+00', NULL, NULL),
	('14e2eb08-5294-5ea4-b896-0cc1e9e96593', '1', '2025-11-20 23:04:10+00', 23.75, '2026-11-26 19:59:22.635987+00', NULL, NULL),
	('2a0613d9-15ad-5863-a086-c7b24589d088', '2', '2025-11-20 23:04:05+00', 23.875, '2026-11-26 19:59:22.640066+00', NULL, NULL),
	('cbf9b7c5-c549-514a-9e28-b20106ba1549', '1', '2025-11-20 23:04:00+00', 24, '2026-11-26 19:59:22.650503+00', NULL, NULL),
	('3c673b76-b310-5ace-ba38-69ae13e44609', '2', '2025-11-20 23:03:55+00', 24.125, '2026-11-26 19:59:22.655496+00', NULL, NULL),
	('99ab3ca2-74cc-50f5-adff-daa1ed479cea', '1', '2025-11-20 23:03:50+00', 24.25, '2026-11-26 19:59:22.658916+00', NULL, NULL),
	('9468268f-34e9-5b9d-847d-a78400d123e7', '2', '2025-11-20 23:03:45+00', 24.375, '2026-11-26 19:59:22.664152+00', NULL, NULL),
	('cad67e43-caf3-5dc1-8f6e-24d0a5065826', '1', '2025-11-20 23:03:40+00', 24.5, '2026-11-26 19:59:22.669061+00', NULL, NULL),
	('0fee470a-b5cd-5a2b-99de-1d1508673293', '2', '2025-11-20 23:03:35+00', 24.625, '2026-11-26 19:59:22.672126+00', NULL, NULL),
	('5d196a2b-42cf-5a4e-ad2f-83db0611814c', '1', '2025-11-20 23:03:30+00', 24.75, '2026-11-26 19:59:22.679961+00', NULL, NULL),
	('f09898af-061f-543f-bee7-97d23140514e', '2', '2025-11-20 23:03:25+00', 24.875, '2026-11-26 19:59:22.682484+00', NULL, NULL),
	('60a8c657-cf09-54ca-904d-f5ff8f48cb3e', '1', '2025-11-20 23:03:20+00', 20, '2026-11-26 19:59:22.685188+00', NULL, NULL),
	('ef68367c-d0ad-5f19-8d18-985eb959ef3a', '2', '2025-11-20 23:03:15+00', 20.125, '2026-11-26 19:59:22.69006+00', NULL, NULL),
	('08702a2a-a0ae-5303-9096-757dee09f3f4', '1', '2025-11-20 23:03:10+00', 20.25, '2026-11-26 19:59:22.692426+00', NULL, NULL),
	('cda8e3ba-95fc-51c2-9f24-7340391119ce', '2', '2025-11-20 23:03:05+00', 20.375, '2026-11-26 19:59:22.70387+00', NULL, NULL),
	('4319e843-0232-5d48-8e2f-c4ae527067d6', '1', '2025-11-20 23:03:00+00', 20.5, '2026-11-26 19:59:22.706823+00', NULL, NULL),
	('35361a10-e57f-5923-bf18-fd9da815bd84', '2', '2025-11-20 23:02:55+00', 20.625, '2026-11-26 19:59:22.712516+00', NULL, NULL),
	('3cde7e33-0679-5722-9c1a-8e2b302cd439', '1', '2025-11-20 23:02:50+00', 20.75, '2026-11-26 19:59:22.716563+00', NULL, NULL),
	('80b29d72-bf8c-5aac-acc1-dcd6f08e6ce0', '2', '2025-11-20 23:02:45+00', 20.875, '2026-11-26 19:59:22.721109+00', NULL, NULL),
	('6e552801-9b27-56b3-a5ab-dd8ff0ab95c5', '1', '2025-11-20 23:02:40+00', 21, '2026-11-26 19:59:22.732327+00', NULL, NULL),
	('4448aa57-f890-52ac-8abe-95200b1881ff', '2', '2025-11-20 23:02:35+00', 21.125, '2026-11-26 19:59:22.734971+00', NULL, NULL),
	('ed051b1f-a92a-50b3-a77a-4921d856e0fc', '1', '2025-11-20 23:02:30+00', 21.25, '2026-11-26 19:59:22.747508+00', NULL, NULL),
	('b3b8ac19-b58f-5ca0-8ca1-10ff1a9f5530', '2', '2025-11-20 23:02:25+00', 21.375, '2026-11-26 19:59:22.749983+00', NULL, NULL),
	('49de0c48-29b2-5938-9ff7-beee8c29460f', '1', '2025-11-20 23:02:20+00', 21.5, '2026-11-26 19:59:22.752801+00', NULL, NULL),
	('0cbd38a7-362b-5516-9ff5-c190bd419df3', '2', '2025-11-20 23:02:15+00', 21.625, '2026-11-26 19:59:22.760826+00', NULL, NULL),
	('02cf0635-3a61-5ccb-a5fc-457260cf1ef9', '1', '2025-11-20 23:02:10+00', 21.75, '2026-11-26 19:59:22.764743+00', NULL, NULL),
	('5245a099-a1f9-5e2b-b382-a78a1ee24a4a', '2', '2025-11-20 23:02:05+00', 21.875, '2026-11-26 19:59:22.766594+00', NULL, NULL),
	('e8799aa0-6b6c-5926-8d96-20cfd1c9e9ba', '1', '2025-11-20 23:02:00+00', 22, '2026-11-26 19:59:22.777767+00', NULL, NULL),
	('49f61c81-5e5c-5dc2-b91c-71a86152041c', '2', '2025-11-20 23:01:55+00', 22.125, '2026-11-26 19:59:22.783059+00', NULL, NULL),
	('5b3f02e0-ae89-50a4-8795-9fe4d8aaeb70', '1', '2025-11-20 23:01:50+00', 22.25, '2026-11-26 19:59:22.793792+00', NULL, NULL),
	('7f8c5e91-2433-58c2-bde9-0eb391f6d8b0', '2', '2025-11-20 23:01:45+00', 22.375, '2026-11-26 19:59:22.803105+00', NULL, NULL),
	('f3a3c44a-9817-57ae-a8ef-25d083aa86ba', '1', '2025-11-20 23:01:40+00', 22.5, '2026-11-26 19:59:22.806358+00', NULL, NULL),
	('39315219-c429-5f5d-86ff-902f4223f8f7', '2', '2025-11-20 23:01:35+00', 22.625, '2026-11-26 19:59:22.809426+00', NULL, NULL),
	('d45bf59d-42b9-5d41-b09a-94162db02e5e', '1', '2025-11-20 23:01:30+00', 22.75, '2026-11-26 19:59:22.81985+00', NULL, NULL),
	('d594b644-0c93-5bf7-863b-4848f13635eb', '2', '2025-11-20 23:01:25+00', 22.875, '2026-11-26 19:59:22.824155+00', NULL, NULL),
	('ea08c4ba-74d7-5b87-bd1a-1f2a5296e1f6', '1', '2025-11-20 23:01:20+00', 23, '2026-11-26 19:59:22.831808+00', NULL, NULL),
	('05525bfd-36e6-50e0-ab7e-be097636387a', '2', '2025-11-20 23:01:15+00', 23.125, '2026-11-26 19:59:22.833717+00', NULL, NULL),
	('115883c4-c20c-522a-b1c3-1220d38a2837', '1', '2025-11-20 23:01:10+00', 23.25, '2026-11-26 19:59:22.837+00', NULL, NULL),
	('20c9ba94-1c13-583b-9764-7bd9aa8eb930', '2', '2025-11-20 23:01:05+00', 23.375, '2026-11-26 19:59:22.852351+00', NULL, NULL),
	('42c2f6b9-db97-5d6e-8b68-65ef8776c4e7', '1', '2025-11-20 23:01:00+00', 23.5, '2026-11-26 19:59:22.854719+00', NULL, NULL),
	('b7a715d4-60e9-5b0c-988f-632f107c2ee0', '2', '2025-11-20 23:00:55+00', 23.625, '2026-11-26 19:59:22.865035+00', NULL, NULL),
	('c1b674c6-9817-5a63-aa75-4350bccd8862', '1', '2025-11-20 23:00:50+00', 23.75, '2026-11-26 19:59:22.86703+00', NULL, NULL),
	('ec021c23-c3b4-52d9-907e-392ce432e029', '2', '2025-11-20 23:00:45+00', 23.875, '2026-11-26 19:59:22.87696+00', NULL, NULL),
	('f5d91ce4-3614-5737-81c1-609a9cc95827', '1', '2025-11-20 23:00:40+00', 24, '2026-11-26 19:59:22.885296+00', NULL, NULL),
	('cce42cfa-549a-5cfd-950e-55b21ed9f861', '2', '2025-11-20 23:00:35+00', 24.125, '2026-11-26 19:59:22.893939+00', NULL, NULL),
	('523f0fbd-5735-511e-a131-4792531619c4', '1', '2025-11-20 23:00:30+00', 24.25, '2026-11-26 19:59:22.897181+00', NULL, NULL),
	('198c6b10-af9f-50e9-af15-96afa9c11c16', '2', '2025-11-20 23:00:25+00', 24.375, '2026-11-26 19:59:22.900876+00', NULL, NULL),
	('decf9b37-4e7f-52e3-b6d0-e9fe3f40f424', '1', '2025-11-20 23:00:20+00', 24.5, '2026-11-26 19:59:22.912486+00', NULL, NULL),
	('4ad08e63-6a85-5d80-8962-eddf06d5b4c1', '2', '2025-11-20 23:00:15+00', 24.625, '2026-11-26 19:59:22.918644+00', NULL, NULL),
	('f69b1197-98f0-5a37-bbf8-005c1e510172', '1', '2025-11-20 23:00:10+00', 24.75, '2026-11-26 19:59:22.928245+00', NULL, NULL),
	('294f5bc0-eceb-5ea9-b724-2f5adb6e16b9', '2', '2025-11-20 23:00:05+00', 24.875, '2026-11-26 19:59:22.935982+00', NULL, NULL),
	('84b2a2fb-ec32-59c9-8f6c-77fcb6e6067b', '1', '2025-11-20 23:00:00+00', 20, '2026-11-26 19:59:22.948476+00', NULL, NULL),
	('7be3fbca-6075-52e9-ac73-d42a8d1aa24d', '2', '2025-11-20 22:59:55+00', 20.125, '2026-11-26 19:59:22.952077+00', NULL, NULL),
	('63c0fedc-4843-5418-b90c-28693082f3b0', '1', '2025-11-20 22:59:50+00', 20.25, '2026-11-26 19:59:22.955401+00', NULL, NULL),
	('bc279377-b6bc-5de5-a727-710fa1502401', '2', '2025-11-20 22:59:45+00', 20.375, '2026-11-26 19:59:22.965646+00', NULL, NULL),
	('da5984ed-17a1-5b95-8ac3-6094448407c9', '1', '2025-11-20 22:59:40+00', 20.5, '2026-11-26 19:59:22.970685+00', NULL, NULL),
	('7b177e0d-f793-5029-a2ba-0192cfc8a9f9', '2', '2025-11-20 22:59:35+00', 20.625, '2026-11-26 19:59:22.979987+00', NULL, NULL),
	('ec7c281b-6694-5f07-91fa-637eb95df416', '1', '2025-11-20 22:59:30+00', 20.75, '2026-11-26 19:59:22.987482+00', NULL, NULL),
	('f652d85e-3bbd-5fcf-a8f0-9cb0c73cdaaf', '2', '2025-11-20 22:59:25+00', 20.875, '2026-11-26 19:59:22.991065+00', NULL, NULL),
	('071564cf-8ecb-516f-a571-787c0df297ce', '1', '2025-11-20 22:59:20+00', 21, '2026-11-26 19:59:23.000334+00', NULL, NULL),
	('f36ed901-da0e-5029-ae32-9f8ba2a278c0', '2', '2025-11-20 22:59:15+00', 21.125, '2026-11-26 19:59:23.006365+00', NULL, NULL),
	('11a40f6f-a90d-5b3d-8ba3-16f64e5cde39', '1', '2025-11-20 22:59:10+00', 21.25, '2026-11-26 19:59:23.016854+00', NULL, NULL),
	('58f0bd0e-699f-5f29-b7d5-34a60f92718c', '2', '2025-11-20 22:59:05+00', 21.375, '2026-11-26 19:59:23.020117+00', NULL, NULL),
	('d0d29275-aa9f-5c0e-a4fa-43e9d699f0c8', '1', '2025-11-20 22:59:00+00', 21.5, '2026-11-26 19:59:23.026272+00', NULL, NULL),
	('eda38103-73fb-572e-8e1f-5bfca6a450be', '2', '2025-11-20 22:58:55+00', 21.625, '2026-11-26 19:59:23.034701+00', NULL, NULL),
	('a94186b0-0d9f-5746-a03e-8dc473304f36', '1', '2025-11-20 22:58:50+00', 21.75, '2026-11-26 19:59:23.063525+00', NULL, NULL),
	('442414ba-8d02-5d0e-8597-28a1fcab7dc2', '2', '2025-11-20 22:58:45+00', 21.875, '2026-11-26 19:59:23.070542+00', NULL, NULL),
	('bffe3722-444b-5994-97ff-b1cc3bf3b9a8', '1', '2025-11-20 22:58:40+00', 22, '2026-11-26 19:59:23.081069+00', NULL, NULL),
	('2f091b3a-fa0d-5287-90ce-b3e52482c98b', '2', '2025-11-20 22:58:35+00', 22.125, '2026-11-26 19:59:23.085961+00', NULL, NULL),
	('7b17d72a-2f58-5154-b312-72ea65494dae', '1', '2025-11-20 22:58:30+00', 22.25, '2026-11-26 19:59:23.097789+00', NULL, NULL),
	('49c8af64-5a08-5064-8ce3-7a7010078680', '2', '2025-11-20 22:58:25+00', 22.375, '2026-11-26 19:59:23.105553+00', NULL, NULL),
	('37c309bd-7f6a-5fb0-b0aa-a11938a3068a', '1', '2025-11-20 22:58:20+00', 22.5, '2026-11-26 19:59:23.113247+00', NULL, NULL),
	('5c18e4e6-7ab1-54e9-a3dc-cb62bf12b48e', '2', '2025-11-20 22:58:15+00', 22.625, '2026-11-26 19:59:23.121429+00', NULL, NULL),
	('c70e0b08-7cb2-5a39-95f1-e8a39bf97fa1', '1', '2025-11-20 22:58:10+00', 22.75, '2026-11-26 19:59:23.124544+00', NULL, NULL),
	('afb68f27-b59a-52e9-bd85-4a8748cff9ba', '2', '2025-11-20 22:58:05+00', 22.875, '2026-11-26 19:59:23.159508+00', NULL, NULL),
	('7bf58800-a66f-5c38-9e58-4598e2eaa863', '1', '2025-11-20 22:58:00+00', 23, '2026-11-26 19:59:23.171912+00', NULL, NULL),
	('93f4f5c0-54bd-5c2e-8d6b-6457944a4c21', '2', '2025-11-20 22:57:55+00', 23.125, '2026-11-26 19:59:23.181879+00', NULL, NULL),
	('3d76598c-5b8e-590f-b394-63d7765515fa', '1', '2025-11-20 22:57:50+00', 23.25, '2026-11-26 19:59:23.186921+00', NULL, NULL),
	('0bc547a5-6668-5709-8ab4-432e6420422f', '2', '2025-11-20 22:57:45+00', 23.375, '2026-11-26 19:59:23.195925+00', NULL, NULL),
	('3053e30a-cecb-5e52-9eb2-1656d43305b1', '1', '2025-11-20 22:57:40+00', 23.5, '2026-11-26 19:59:23.201426+00', NULL, NULL),
	('5f3215f7-86fb-5632-be11-4d904097c341', '2', '2025-11-20 22:57:35+00', 23.625, '2026-11-26 19:59:23.203984+00', NULL, NULL),
	('413507ac-14c4-5ee4-9aff-da771cdae4c9', '1', '2025-11-20 22:57:30+00', 23.75, '2026-11-26 19:59:23.217605+00', NULL, NULL),
	('52be0108-adac-5f6b-929a-284378fd91f5', '2', '2025-11-20 22:57:25+00', 23.875, '2026-11-26 19:59:23.222552+00', NULL, NULL),
	('28aa2505-9a0b-51d4-a0af-f04839b7f6d9', '1', '2025-11-20 22:57:20+00', 24, '2026-11-26 19:59:23.234545+00', NULL, NULL),
	('5e8acc70-7758-5e3a-8ece-e06fb29fe137', '2', '2025-11-20 22:57:15+00', 24.125, '2026-11-26 19:59:23.24796+00', NULL, NULL),
	('a066b8a4-c642-5c7f-ad8d-cd7549148d9b', '1', '2025-11-20 22:57:10+00', 24.25, '2026-11-26 19:59:23.251036+00', NULL, NULL),
	('a645cbfb-cf16-55a3-b58a-f9c46a094b6f', '2', '2025-11-20 22:57:05+00', 24.375, '2026-11-26 19:59:23.264104+00', NULL, NULL),
	('3acb3375-a25c-5d93-8a94-070b6c40d780', '1', '2025-11-20 22:57:00+00', 24.5, '2026-11-26 19:59:23.266846+00', NULL, NULL),
	('3af57255-0f85-5b84-b9bc-212595725552', '2', '2025-11-20 22:56:55+00', 24.625, '2026-11-26 19:59:23.27613+00', NULL, NULL),
	('afc715b0-a2bf-511b-a17b-b11d49a5001b', '1', '2025-11-20 22:56:50+00', 24.75, '2026-11-26 19:59:23.285839+00', NULL, NULL),
	('b94ddb99-9610-5518-a0e7-02bd789b2fd5', '2', '2025-11-20 22:56:45+00', 24.875, '2026-11-26 19:59:23.288865+00', NULL, NULL);
INSERT INTO public.reading_20251120 VALUES
	('0c06513c-db06-5017-9dfd-f41432007040', '1', '2025-11-20 22:56:40+00', 20, '2026-11-26 19:59:23.296871+00', NULL, NULL),
	('9504d2de-dff0-502a-9d76-555023919844', '2', '2025-11-20 22:56:35+00', 20.125, '2026-11-26 19:59:23.300125+00', NULL, NULL),
	('9ab0271a-a85d-50cc-bf14-8ae1c0dde7c8', '1', '2025-11-20 22:56:30+00', 20.25, '2026-11-26 19:59:23.302871+00', NULL, NULL),
	('08555f75-02c0-54a5-855d-1f871ed4830d', '2', '2025-11-20 22:56:25+00', 20.375, '2026-11-26 19:59:23.31441+00', NULL, NULL),
	('4c30168d-8c44-51cf-b745-c85508fc909c', '1', '2025-11-20 22:56:20+00', 20.5, '2026-11-26 19:59:23.317528+00', NULL, NULL),
	('f7697d26-8b99-54aa-be08-19b0891c5ec2', '2', '2025-11-20 22:56:15+00', 20.625, '2026-11-26 19:59:23.331553+00', NULL, NULL),
	('673ea067-e74c-5dcd-a0fb-4fe66368eed8', '1', '2025-11-20 22:56:10+00', 20.75, '2026-11-26 19:59:23.337989+00', NULL, NULL),
	('26067a00-9115-5191-b792-6ddc3b8bb1ec', '2', '2025-11-20 22:56:05+00', 20.875, '2026-11-26 19:59:23.341054+00', NULL, NULL),
	('d4fef565-a422-593a-90be-626efe50b5c6', '1', '2025-11-20 22:56:00+00', 21, '2026-11-26 19:59:23.344952+00', NULL, NULL),
	('f662de61-69e4-5d54-abb3-60dbbe23b60a', '2', '2025-11-20 22:55:55+00', 21.125, '2026-11-26 19:59:23.347817+00', NULL, NULL),
	('dbbb48db-ecd9-5fd2-acf5-893be0896482', '1', '2025-11-20 22:55:50+00', 21.25, '2026-11-26 19:59:23.355453+00', NULL, NULL),
	('58ef8458-3855-564b-9543-74d21680b6bc', '2', '2025-11-20 22:55:45+00', 21.375, '2026-11-26 19:59:23.359307+00', NULL, NULL),
	('b97dcd8a-683c-52a5-b787-e31765a829ea', '1', '2025-11-20 22:55:40+00', 21.5, '2026-11-26 19:59:23.368832+00', NULL, NULL),
	('8111e556-f59f-5f47-aa54-197fbc3d03bd', '2', '2025-11-20 22:55:35+00', 21.625, '2026-11-26 19:59:23.370272+00', NULL, NULL),
	('bef4ce9e-ee09-5d0d-8c4a-0034934a1a92', '1', '2025-11-20 22:55:30+00', 21.75, '2026-11-26 19:59:23.376533+00', NULL, NULL),
	('1277ac2d-b2f5-5921-a0ff-c6cf94da3039', '2', '2025-11-20 22:55:25+00', 21.875, '2026-11-26 19:59:23.380444+00', NULL, NULL),
	('b67222bf-6abf-5350-8274-240d6fed1327', '1', '2025-11-20 22:55:20+00', 22, '2026-11-26 19:59:23.38889+00', NULL, NULL),
	('689ca251-e579-5bc6-9afc-f87a3b0fef36', '2', '2025-11-20 22:55:15+00', 22.125, '2026-11-26 19:59:23.392736+00', NULL, NULL),
	('881ebc98-b587-5b40-9f5a-272f7019ccb0', '1', '2025-11-20 22:55:10+00', 22.25, '2026-11-26 19:59:23.397223+00', NULL, NULL),
	('a2d04789-7916-5117-9633-cd68fa41865f', '2', '2025-11-20 22:55:05+00', 22.375, '2026-11-26 19:59:23.402768+00', NULL, NULL),
	('2bc4be39-d273-54b9-aabe-063551ae0657', '1', '2025-11-20 22:55:00+00', 22.5, '2026-11-26 19:59:23.411767+00', NULL, NULL),
	('8f54612f-5546-5013-93a1-e6b2d732e891', '2', '2025-11-20 22:54:55+00', 22.625, '2026-11-26 19:59:23.421241+00', NULL, NULL),
	('cd5e3eec-903d-5e08-8312-446beeb3f5be', '1', '2025-11-20 22:54:50+00', 22.75, '2026-11-26 19:59:23.429572+00', NULL, NULL),
	('753f0bf5-e049-5b24-9e69-15d15ec8503c', '2', '2025-11-20 22:54:45+00', 22.875, '2026-11-26 19:59:23.437047+00', NULL, NULL),
	('17ea0b12-d63b-5318-8d00-d44f905dca84', '1', '2025-11-20 22:54:40+00', 23, '2026-11-26 19:59:23.440988+00', NULL, NULL),
	('7f7fc2a4-fcd1-57ab-8c4f-29a0d2144ed9', '2', '2025-11-20 22:54:35+00', 23.125, '2026-11-26 19:59:23.444292+00', NULL, NULL),
	('ecd92ae6-5401-5214-b488-831096c0b8da', '1', '2025-11-20 22:54:30+00', 23.25, '2026-11-26 19:59:23.449094+00', NULL, NULL),
	('e25aec20-5829-599a-b34c-97b916777a2b', '2', '2025-11-20 22:54:25+00', 23.375, '2026-11-26 19:59:23.452817+00', NULL, NULL),
	('ebdc4360-38ff-5028-8c2f-9af31b008a4b', '1', '2025-11-20 22:54:20+00', 23.5, '2026-11-26 19:59:23.462753+00', NULL, NULL),
	('891b4409-5f76-5746-ba59-c87d49511d27', '2', '2025-11-20 22:54:15+00', 23.625, '2026-11-26 19:59:23.466055+00', NULL, NULL),
	('f275762d-75fe-5a01-8c85-ece2fef3e28a', '1', '2025-11-20 22:54:10+00', 23.75, '2026-11-26 19:59:23.468823+00', NULL, NULL),
	('73e1c9ad-fac0-5125-855f-9420a5674322', '2', '2025-11-20 22:54:05+00', 23.875, '2026-11-26 19:59:23.473912+00', NULL, NULL),
	('a282bff7-f646-5be7-843d-681d1ee68ea4', '1', '2025-11-20 22:54:00+00', 24, '2026-11-26 19:59:23.48278+00', NULL, NULL),
	('a5daf93d-18b8-5927-804c-b1a9f284c9f0', '2', '2025-11-20 22:53:55+00', 24.125, '2026-11-26 19:59:23.492285+00', NULL, NULL),
	('a10e5039-96cb-5ad8-b252-e7317c33a09c', '1', '2025-11-20 22:53:50+00', 24.25, '2026-11-26 19:59:23.502351+00', NULL, NULL),
	('d224b40e-b76c-5f27-8999-319814f01cad', '2', '2025-11-20 22:53:45+00', 24.375, '2026-11-26 19:59:23.509221+00', NULL, NULL),
	('b628bd39-6bb8-5d76-9505-b655fc256ed9', '1', '2025-11-20 22:53:40+00', 24.5, '2026-11-26 19:59:23.51746+00', NULL, NULL),
	('a3ccc3de-9cf4-5ba4-a826-44ce4275d2ff', '2', '2025-11-20 22:53:35+00', 24.625, '2026-11-26 19:59:23.522978+00', NULL, NULL),
	('519f6135-786a-5e42-8294-bd94a04084dc', '1', '2025-11-20 22:53:30+00', 24.75, '2026-11-26 19:59:23.53755+00', NULL, NULL),
	('11b3e697-7f78-558f-95f9-46de6693c50b', '2', '2025-11-20 22:53:25+00', 24.875, '2026-11-26 19:59:23.552073+00', NULL, NULL),
	('b56431fb-7616-5077-80ff-9b85c963adef', '1', '2025-11-20 22:53:20+00', 20, '2026-11-26 19:59:23.573728+00', NULL, NULL),
	('f1a99762-0436-5e56-9c21-7127339a3143', '2', '2025-11-20 22:53:15+00', 20.125, '2026-11-26 19:59:23.580129+00', NULL, NULL),
	('9d9b8a80-cf18-5f4f-8298-a75bb7d70fbf', '1', '2025-11-20 22:53:10+00', 20.25, '2026-11-26 19:59:23.592285+00', NULL, NULL),
	('17fec36b-65f9-5e6c-9976-47ac14db2376', '2', '2025-11-20 22:53:05+00', 20.375, '2026-11-26 19:59:23.597315+00', NULL, NULL),
	('3c030768-f408-51e0-ac3b-59bb1b106d89', '1', '2025-11-20 22:53:00+00', 20.5, '2026-11-26 19:59:23.612575+00', NULL, NULL),
	('9a9cb041-d2d8-5e03-971f-4ba011928685', '2', '2025-11-20 22:52:55+00', 20.625, '2026-11-26 19:59:23.621322+00', NULL, NULL),
	('1c6b531b-cc1c-5313-aabc-51c5a58f47a5', '1', '2025-11-20 22:52:50+00', 20.75, '2026-11-26 19:59:23.633618+00', NULL, NULL),
	('c5f787fb-6c20-58e4-a809-4772c88edc79', '2', '2025-11-20 22:52:45+00', 20.875, '2026-11-26 19:59:23.64495+00', NULL, NULL),
	('72633051-f941-55e7-aa4b-80b74d95058d', '1', '2025-11-20 22:52:40+00', 21, '2026-11-26 19:59:23.651773+00', NULL, NULL),
	('19a69dd0-74ce-598d-9fcf-55a9e723ec32', '2', '2025-11-20 22:52:35+00', 21.125, '2026-11-26 19:59:23.659829+00', NULL, NULL),
	('c51c846f-70e6-5fed-9919-5a60042d93bb', '1', '2025-11-20 22:52:30+00', 21.25, '2026-11-26 19:59:23.680445+00', NULL, NULL),
	('9ff6d69c-43f2-5871-8075-bc10debdfb45', '2', '2025-11-20 22:52:25+00', 21.375, '2026-11-26 19:59:23.686584+00', NULL, NULL),
	('c2ad8701-87d6-535e-844d-f6eb7bbeaeb4', '1', '2025-11-20 22:52:20+00', 21.5, '2026-11-26 19:59:23.694037+00', NULL, NULL),
	('fc967152-3175-5519-97d1-be2c4a3eb369', '2', '2025-11-20 22:52:15+00', 21.625, '2026-11-26 19:59:23.703165+00', NULL, NULL),
	('6543ac5f-641a-5ef6-964e-97b6d067931c', '1', '2025-11-20 22:52:10+00', 21.75, '2026-11-26 19:59:23.71462+00', NULL, NULL),
	('a841fdfc-cb98-5f4d-9610-9214c1aae547', '2', '2025-11-20 22:52:05+00', 21.875, '2026-11-26 19:59:23.72395+00', NULL, NULL),
	('ac1c308f-90fa-5be0-8762-dea7910a6ed3', '1', '2025-11-20 22:52:00+00', 22, '2026-11-26 19:59:23.728933+00', NULL, NULL),
	('829c25ef-81bb-5e3e-be94-2d4b732dd74d', '2', '2025-11-20 22:51:55+00', 22.125, '2026-11-26 19:59:23.73612+00', NULL, NULL),
	('070f72c0-7159-525a-9b25-0060946d99a6', '1', '2025-11-20 22:51:50+00', 22.25, '2026-11-26 19:59:23.751328+00', NULL, NULL),
	('011f5189-c9f4-5157-8f7f-802048530eba', '2', '2025-11-20 22:51:45+00', 22.375, '2026-11-26 19:59:23.754734+00', NULL, NULL),
	('d8f12b35-3e10-5ac0-9ee4-8870ba1cf537', '1', '2025-11-20 22:51:40+00', 22.5, '2026-11-26 19:59:23.756907+00', NULL, NULL),
	('540d64ca-a831-5b06-9f1b-4c8872b12eb0', '2', '2025-11-20 22:51:35+00', 22.625, '2026-11-26 19:59:23.766083+00', NULL, NULL),
	('8583a567-805f-508a-9b00-105f3c34552b', '1', '2025-11-20 22:51:30+00', 22.75, '2026-11-26 19:59:23.775823+00', NULL, NULL),
	('4920fd44-73ec-507e-af94-cc0a3cb5fd3d', '2', '2025-11-20 22:51:25+00', 22.875, '2026-11-26 19:59:23.779905+00', NULL, NULL),
	('b7089fac-3d3c-5098-85f9-65ef98e78832', '1', '2025-11-20 22:51:20+00', 23, '2026-11-26 19:59:23.789054+00', NULL, NULL),
	('dc9bfa9d-3b1a-5092-91d6-7cf0dc6fb3df', '2', '2025-11-20 22:51:15+00', 23.125, '2026-11-26 19:59:23.791842+00', NULL, NULL),
	('6de1ae35-289a-5e3c-96fe-e37ba09cd4bf', '1', '2025-11-20 22:51:10+00', 23.25, '2026-11-26 19:59:23.79454+00', NULL, NULL),
	('61f64638-d024-50d3-b2a9-28bd9af8ba09', '2', '2025-11-20 22:51:05+00', 23.375, '2026-11-26 19:59:23.80195+00', NULL, NULL),
	('b9111101-3265-515f-9a73-6909d837f58e', '1', '2025-11-20 22:51:00+00', 23.5, '2026-11-26 19:59:23.804677+00', NULL, NULL),
	('f58a8ddb-4e21-54c0-a1df-ca3b91b7ca53', '2', '2025-11-20 22:50:55+00', 23.625, '2026-11-26 19:59:23.813588+00', NULL, NULL),
	('e95469b5-48a3-510e-8134-b98d2fcfd2e9', '1', '2025-11-20 22:50:50+00', 23.75, '2026-11-26 19:59:23.816991+00', NULL, NULL),
	('b40e0c9e-1473-52c0-9870-ddc2d91cbcc0', '2', '2025-11-20 22:50:45+00', 23.875, '2026-11-26 19:59:23.828132+00', NULL, NULL),
	('ae648376-4292-5b34-84f9-7b49a605c7f3', '1', '2025-11-20 22:50:40+00', 24, '2026-11-26 19:59:23.83152+00', NULL, NULL),
	('e53388ae-1032-5242-a33b-4490f7086ab1', '2', '2025-11-20 22:50:35+00', 24.125, '2026-11-26 19:59:23.83477+00', NULL, NULL),
	('af38ee52-553e-5c3b-b296-e6a7e2726f54', '1', '2025-11-20 22:50:30+00', 24.25, '2026-11-26 19:59:23.841184+00', NULL, NULL),
	('3e16eab4-c261-5d93-bcf3-b71debb1d690', '2', '2025-11-20 22:50:25+00', 24.375, '2026-11-26 19:59:23.847838+00', NULL, NULL),
	('e0a771e9-925a-57cc-b8a5-6acea4c1efa8', '1', '2025-11-20 22:50:20+00', 24.5, '2026-11-26 19:59:23.852843+00', NULL, NULL),
	('cdc8e9e7-1eea-5bde-b67e-e42e2a72b343', '2', '2025-11-20 22:50:15+00', 24.625, '2026-11-26 19:59:23.876702+00', NULL, NULL),
	('8643c7d4-f5f3-5fae-bb3b-614b68e76a37', '1', '2025-11-20 22:50:10+00', 24.75, '2026-11-26 19:59:23.888776+00', NULL, NULL),
	('8e63ae43-37c2-50b7-9a5d-4ceb13d84400', '2', '2025-11-20 22:50:05+00', 24.875, '2026-11-26 19:59:23.896099+00', NULL, NULL),
	('ac837fbf-32f3-5d58-b1d0-717f87842296', '1', '2025-11-20 22:50:00+00', 20, '2026-11-26 19:59:23.903802+00', NULL, NULL),
	('060e1eb8-fcb0-540f-b3ae-7174eb4cd837', '2', '2025-11-20 22:49:55+00', 20.125, '2026-11-26 19:59:23.912689+00', NULL, NULL),
	('67fba33c-4852-5f0a-8ac0-e06f564e21c5', '1', '2025-11-20 22:49:50+00', 20.25, '2026-11-26 19:59:23.91622+00', NULL, NULL),
	('ce0fdea9-aeab-548e-b598-4885ed17d4de', '2', '2025-11-20 22:49:45+00', 20.375, '2026-11-26 19:59:23.924068+00', NULL, NULL),
	('928dae12-645e-5851-aa62-5451a6535b31', '1', '2025-11-20 22:49:40+00', 20.5, '2026-11-26 19:59:23.928774+00', NULL, NULL),
	('f394b836-dbe5-5cc0-9c9f-b1bfa093b407', '2', '2025-11-20 22:49:35+00', 20.625, '2026-11-26 19:59:23.93154+00', NULL, NULL),
	('6616f73e-b454-5e80-9b9d-05ce2d73b696', '1', '2025-11-20 22:49:30+00', 20.75, '2026-11-26 19:59:23.942726+00', NULL, NULL),
	('b8169bbc-65cb-5f12-a599-500eed257385', '2', '2025-11-20 22:49:25+00', 20.875, '2026-11-26 19:59:23.950524+00', NULL, NULL),
	('18d15279-09e0-544f-bd5f-c0744f0ce123', '1', '2025-11-20 22:49:20+00', 21, '2026-11-26 19:59:23.956187+00', NULL, NULL),
	('38bf6fa6-2817-5c6e-bb97-24659122a1c1', '2', '2025-11-20 22:49:15+00', 21.125, '2026-11-26 19:59:23.959955+00', NULL, NULL),
	('1fc7f3b1-70c0-5030-b514-3c1221c4ffef', '1', '2025-11-20 22:49:10+00', 21.25, '2026-11-26 19:59:23.968059+00', NULL, NULL),
	('2cd64122-ad2f-51f1-a2f0-91234f3844e5', '2', '2025-11-20 22:49:05+00', 21.375, '2026-11-26 19:59:23.972178+00', NULL, NULL),
	('acc6f740-bb1a-5b91-8d79-ace298392dba', '1', '2025-11-20 22:49:00+00', 21.5, '2026-11-26 19:59:23.975915+00', NULL, NULL),
	('78effd55-ed06-569e-b318-8da5f2111e49', '2', '2025-11-20 22:48:55+00', 21.625, '2026-11-26 19:59:23.98583+00', NULL, NULL),
	('5880e366-4eee-531b-b8f8-376fab5cc913', '1', '2025-11-20 22:48:50+00', 21.75, '2026-11-26 19:59:23.990967+00', NULL, NULL),
	('7b5d3405-2095-5569-b665-b3d8732e682a', '2', '2025-11-20 22:48:45+00', 21.875, '2026-11-26 19:59:23.999335+00', NULL, NULL),
	('d8f95486-01c1-572c-a04d-4b8de7a4dde9', '1', '2025-11-20 22:48:40+00', 22, '2026-11-26 19:59:24.0041+00', NULL, NULL),
	('6356c221-dadd-5ec3-9810-778b6838f628', '2', '2025-11-20 22:48:35+00', 22.125, '2026-11-26 19:59:24.01204+00', NULL, NULL),
	('88209811-6afc-5b61-8dc4-8d4535e1e756', '1', '2025-11-20 22:48:30+00', 22.25, '2026-11-26 19:59:24.016242+00', NULL, NULL),
	('fbb481b2-89fd-5a2b-a068-fb1d2b1884fc', '2', '2025-11-20 22:48:25+00', 22.375, '2026-11-26 19:59:24.025987+00', NULL, NULL),
	('6ed67434-fcfc-5973-a1ea-e1e053900cf1', '1', '2025-11-20 22:48:20+00', 22.5, '2026-11-26 19:59:24.034291+00', NULL, NULL),
	('3d1aa190-887b-5ea3-b005-d9b98f1365d4', '2', '2025-11-20 22:48:15+00', 22.625, '2026-11-26 19:59:24.03997+00', NULL, NULL),
	('a0f54492-1fba-5605-b6d4-d585eec5ecc1', '1', '2025-11-20 22:48:10+00', 22.75, '2026-11-26 19:59:24.048043+00', NULL, NULL),
	('45e83f5e-c6ac-587c-9ed9-5b1ec70b69ea', '2', '2025-11-20 22:48:05+00', 22.875, '2026-11-26 19:59:24.052272+00', NULL, NULL),
	('d14dec24-61f6-527d-af55-05d4aebe8729', '1', '2025-11-20 22:48:00+00', 23, '2026-11-26 19:59:24.068123+00', NULL, NULL),
	('218d6c2b-003d-57fe-aafb-1a7537ced90b', '2', '2025-11-20 22:47:55+00', 23.125, '2026-11-26 19:59:24.08185+00', NULL, NULL),
	('0bfc87c2-085e-5f38-8b2b-b22da34bff5b', '1', '2025-11-20 22:47:50+00', 23.25, '2026-11-26 19:59:24.105878+00', NULL, NULL),
	('8ebf8266-bb64-518b-b5fb-216fc57494c4', '2', '2025-11-20 22:47:45+00', 23.375, '2026-11-26 19:59:24.125719+00', NULL, NULL),
	('bf83685b-8742-511b-a46e-b47004f33a5c', '1', '2025-11-20 22:47:40+00', 23.5, '2026-11-26 19:59:24.13354+00', NULL, NULL),
	('c0c95e88-b438-585d-a649-7d4fa9652a4e', '2', '2025-11-20 22:47:35+00', 23.625, '2026-11-26 19:59:24.139197+00', NULL, NULL),
	('a6690994-12bf-5199-ba5f-e19b111878a2', '1', '2025-11-20 22:47:30+00', 23.75, '2026-11-26 19:59:24.145629+00', NULL, NULL),
	('2b3983fa-3271-53e5-ac77-5968a741ed29', '2', '2025-11-20 22:47:25+00', 23.875, '2026-11-26 19:59:24.154979+00', NULL, NULL),
	('120a6c12-6b8b-5966-bcbf-d06f7dca7c66', '1', '2025-11-20 22:47:20+00', 24, '2026-11-26 19:59:24.172466+00', NULL, NULL),
	('0fffa319-d97c-5776-8f3a-11b6f0d5c224', '2', '2025-11-20 22:47:15+00', 24.125, '2026-11-26 19:59:24.1771+00', NULL, NULL),
	('058ba9bf-ac52-5993-bc6b-2edf176d40ad', '1', '2025-11-20 22:47:10+00', 24.25, '2026-11-26 19:59:24.179604+00', NULL, NULL),
	('4ad8be15-7c2f-5c55-a5c0-2d5582be4ea3', '2', '2025-11-20 22:47:05+00', 24.375, '2026-11-26 19:59:24.185007+00', NULL, NULL),
	('8823b84f-76ad-5586-a697-55e0bf3d6f78', '1', '2025-11-20 22:47:00+00', 24.5, '2026-11-26 19:59:24.191254+00', NULL, NULL),
	('67bcf110-a842-56df-b293-13c93042b530', '2', '2025-11-20 22:46:55+00', 24.625, '2026-11-26 19:59:24.194645+00', NULL, NULL),
	('85acaf72-6b3f-52dc-89a8-5c099daf7e84', '1', '2025-11-20 22:46:50+00', 24.75, '2026-11-26 19:59:24.205516+00', NULL, NULL),
	('8dbae17b-c42d-5e36-b645-3383003db7b4', '2', '2025-11-20 22:46:45+00', 24.875, '2026-11-26 19:59:24.208616+00', NULL, NULL),
	('bd0e9611-7b95-5b17-84ef-e4b2b15957c2', '1', '2025-11-20 22:46:40+00', 20, '2026-11-26 19:59:24.215497+00', NULL, NULL),
	('7fba8bf7-7783-572e-b614-de61a9b7571d', '2', '2025-11-20 22:46:35+00', 20.125, '2026-11-26 19:59:24.219284+00', NULL, NULL),
	('85aca5a8-1816-5f2c-8a06-aef87fd1ccc9', '1', '2025-11-20 22:46:30+00', 20.25, '2026-11-26 19:59:24.228215+00', NULL, NULL),
	('08331a06-8912-5ae7-ac24-c95b40a2b1df', '2', '2025-11-20 22:46:25+00', 20.375, '2026-11-26 19:59:24.239468+00', NULL, NULL),
	('79229a88-388d-5f3c-96f4-f3bccbddb93c', '1', '2025-11-20 22:46:20+00', 20.5, '2026-11-26 19:59:24.249029+00', NULL, NULL),
	('87973216-8e06-5dd0-b584-2c818ec6c79b', '2', '2025-11-20 22:46:15+00', 20.625, '2026-11-26 19:59:24.251724+00', NULL, NULL),
	('8e97cdff-cbfd-594f-910b-5180d68b446f', '1', '2025-11-20 22:46:10+00', 20.75, '2026-11-26 19:59:24.258752+00', NULL, NULL),
	('f05a9236-fa80-53d0-8cbd-716465b063a4', '2', '2025-11-20 22:46:05+00', 20.875, '2026-11-26 19:59:24.26222+00', NULL, NULL),
	('9c6f65e1-0dd5-5677-b9ea-e0d2a3e64570', '1', '2025-11-20 22:46:00+00', 21, '2026-11-26 19:59:24.267648+00', NULL, NULL),
	('aa3ca381-4d41-511c-b4dc-321e29159afb', '2', '2025-11-20 22:45:55+00', 21.125, '2026-11-26 19:59:24.272805+00', NULL, NULL),
	('e3d9ec82-21b2-5eb6-99be-479e4dce5f7b', '1', '2025-11-20 22:45:50+00', 21.25, '2026-11-26 19:59:24.280475+00', NULL, NULL),
	('009ed320-9302-562a-b804-ca0e648ecdab', '2', '2025-11-20 22:45:45+00', 21.375, '2026-11-26 19:59:24.285204+00', NULL, NULL),
	('ff1189aa-0399-5f95-ba68-295acfed26c4', '1', '2025-11-20 22:45:40+00', 21.5, '2026-11-26 19:59:24.291863+00', NULL, NULL),
	('89f18486-92c6-53ef-9695-07624f4befe9', '2', '2025-11-20 22:45:35+00', 21.625, '2026-11-26 19:59:24.296627+00', NULL, NULL),
	('ca3968fe-a79a-5cd8-b7fe-c0dafc6d7719', '1', '2025-11-20 22:45:30+00', 21.75, '2026-11-26 19:59:24.301457+00', NULL, NULL),
	('89719e38-4d5b-52a6-b9ce-d05ded74ba7f', '2', '2025-11-20 22:45:25+00', 21.875, '2026-11-26 19:59:24.307049+00', NULL, NULL),
	('b97d415b-686c-52c7-9c98-e415aa054b9e', '1', '2025-11-20 22:45:20+00', 22, '2026-11-26 19:59:24.322798+00', NULL, NULL),
	('2d569d49-b2cf-5eb5-807c-6c5eba8aeb82', '2', '2025-11-20 22:45:15+00', 22.125, '2026-11-26 19:59:24.330192+00', NULL, NULL),
	('c51bf23c-3c62-5634-98cf-9eb02ceabe9d', '1', '2025-11-20 22:45:10+00', 22.25, '2026-11-26 19:59:24.333685+00', NULL, NULL),
	('2a7b6494-423d-5e20-a02f-aa17721ead38', '2', '2025-11-20 22:45:05+00', 22.375, '2026-11-26 19:59:24.347231+00', NULL, NULL),
	('2029467d-2d6d-5223-a6a4-f3b061e02565', '1', '2025-11-20 22:45:00+00', 22.5, '2026-11-26 19:59:24.350096+00', NULL, NULL),
	('aa091cc0-93bf-5fb7-9aba-caa87c03d7e2', '2', '2025-11-20 22:44:55+00', 22.625, '2026-11-26 19:59:24.354087+00', NULL, NULL),
	('047c3814-6bbf-54bb-9bdc-b2fe08e02de5', '1', '2025-11-20 22:44:50+00', 22.75, '2026-11-26 19:59:24.356715+00', NULL, NULL),
	('8510046a-b3c4-563b-8844-2d13a2ee023a', '2', '2025-11-20 22:44:45+00', 22.875, '2026-11-26 19:59:24.360691+00', NULL, NULL),
	('4332bcab-fefb-5ee3-887f-cf48cec73c19', '1', '2025-11-20 22:44:40+00', 23, '2026-11-26 19:59:24.366023+00', NULL, NULL),
	('45ad3179-bf59-5b03-a55e-d89d763301d2', '2', '2025-11-20 22:44:35+00', 23.125, '2026-11-26 19:59:24.374306+00', NULL, NULL),
	('da8603fc-6b5f-5a53-8019-bb9dbf81ff38', '1', '2025-11-20 22:44:30+00', 23.25, '2026-11-26 19:59:24.382404+00', NULL, NULL),
	('1696467f-90a7-5396-af7b-aea19dc629d4', '2', '2025-11-20 22:44:25+00', 23.375, '2026-11-26 19:59:24.385682+00', NULL, NULL),
	('f158d82f-0769-5454-b197-9d3e5e30f2b1', '1', '2025-11-20 22:44:20+00', 23.5, '2026-11-26 19:59:24.394855+00', NULL, NULL),
	('66b36bb5-f3be-5d5d-bf23-fdd3a1c49137', '2', '2025-11-20 22:44:15+00', 23.625, '2026-11-26 19:59:24.399995+00', NULL, NULL),
	('0da406e1-0ee7-51db-a755-94cb93b07263', '1', '2025-11-20 22:44:10+00', 23.75, '2026-11-26 19:59:24.418014+00', NULL, NULL),
	('a49f9477-6d97-58a4-857e-0e7a72662f0f', '2', '2025-11-20 22:44:05+00', 23.875, '2026-11-26 19:59:24.433421+00', NULL, NULL),
	('3121ab2c-8505-527e-84fa-09b310cca526', '1', '2025-11-20 22:44:00+00', 24, '2026-11-26 19:59:24.440834+00', NULL, NULL),
	('9c417154-d282-5ea0-919c-9d29d55b080d', '2', '2025-11-20 22:43:55+00', 24.125, '2026-11-26 19:59:24.471982+00', NULL, NULL),
	('fe49dd78-1eda-54e5-9f7d-42e14f8c790c', '1', '2025-11-20 22:43:50+00', 24.25, '2026-11-26 19:59:24.480801+00', NULL, NULL),
	('ce8fff04-7387-5c97-b0a9-f765340984fc', '2', '2025-11-20 22:43:45+00', 24.375, '2026-11-26 19:59:24.484808+00', NULL, NULL),
	('cc4f50f9-de93-55a8-9c47-ed28f53f594d', '1', '2025-11-20 22:43:40+00', 24.5, '2026-11-26 19:59:24.496383+00', NULL, NULL),
	('d8f92607-bf1b-56ec-9095-9d8929d8806b', '2', '2025-11-20 22:43:35+00', 24.625, '2026-11-26 19:59:24.500488+00', NULL, NULL),
	('205fc93e-579e-5169-a699-04b8d1f8ee4b', '1', '2025-11-20 22:43:30+00', 24.75, '2026-11-26 19:59:24.526768+00', NULL, NULL),
	('0948419a-d40d-57ce-89c9-8ebff285ad04', '2', '2025-11-20 22:43:25+00', 24.875, '2026-11-26 19:59:24.533419+00', NULL, NULL),
	('170dde67-7f65-5e92-bbd9-d2863b9d1b5a', '1', '2025-11-20 22:43:20+00', 20, '2026-11-26 19:59:24.539294+00', NULL, NULL),
	('72f55bd1-68dd-5794-b4e1-10b14aa5b050', '2', '2025-11-20 22:43:15+00', 20.125, '2026-11-26 19:59:24.547464+00', NULL, NULL),
	('1ebbbdaa-73a4-5793-aee3-0e422abc92fc', '1', '2025-11-20 22:43:10+00', 20.25, '2026-11-26 19:59:24.578449+00', NULL, NULL),
	('b0e470d8-257c-5ef0-86d4-a3c1fcb027a3', '2', '2025-11-20 22:43:05+00', 20.375, '2026-11-26 19:59:24.592914+00', NULL, NULL),
	('829bf381-bf04-5dfd-8d75-ac8d17bfa183', '1', '2025-11-20 22:43:00+00', 20.5, '2026-11-26 19:59:24.601102+00', NULL, NULL),
	('bab135cc-da83-576d-9e66-d16e6b024703', '2', '2025-11-20 22:42:55+00', 20.625, '2026-11-26 19:59:24.611145+00', NULL, NULL),
	('dfcda724-c5a4-5277-8d52-d09a8021fdfa', '1', '2025-11-20 22:42:50+00', 20.75, '2026-11-26 19:59:24.629711+00', NULL, NULL),
	('b2c9fc7c-ce63-5222-9083-26fb9fb55fcc', '2', '2025-11-20 22:42:45+00', 20.875, '2026-11-26 19:59:24.633406+00', NULL, NULL),
	('067a5fd8-1c19-53a4-876a-0763ac57fd6a', '1', '2025-11-20 22:42:40+00', 21, '2026-11-26 19:59:24.644232+00', NULL, NULL),
	('4cbb917e-2093-5d5b-b39e-807be294cc6e', '2', '2025-11-20 22:42:35+00', 21.125, '2026-11-26 19:59:24.655485+00', NULL, NULL),
	('9312a5c6-c834-548a-81c0-c11210524caf', '1', '2025-11-20 22:42:30+00', 21.25, '2026-11-26 19:59:24.69161+00', NULL, NULL),
	('ae793f0c-af97-5ce3-8998-f7de4ed0681a', '2', '2025-11-20 22:42:25+00', 21.375, '2026-11-26 19:59:24.711452+00', NULL, NULL),
	('faffbbcd-0e30-591a-9c81-380d7ad880ac', '1', '2025-11-20 22:42:20+00', 21.5, '2026-11-26 19:59:24.740286+00', NULL, NULL),
	('5518dccd-b09c-5f41-8867-dbc5f09f8a8a', '2', '2025-11-20 22:42:15+00', 21.625, '2026-11-26 19:59:24.74752+00', NULL, NULL),
	('522ccafb-038f-5285-aee8-ee53217696df', '1', '2025-11-20 22:42:10+00', 21.75, '2026-11-26 19:59:24.757705+00', NULL, NULL),
	('636df708-f520-5389-a90d-c72bbedfbc0a', '2', '2025-11-20 22:42:05+00', 21.875, '2026-11-26 19:59:24.760058+00', NULL, NULL),
	('290d3ed4-2897-5e61-a604-651502eaabdc', '1', '2025-11-20 22:42:00+00', 22, '2026-11-26 19:59:24.763877+00', NULL, NULL),
	('ae29a530-1deb-5d7c-8ca9-ebb94d02a73b', '2', '2025-11-20 22:41:55+00', 22.125, '2026-11-26 19:59:24.771974+00', NULL, NULL),
	('33eaf7c8-9a3a-501f-87d1-0d039c9bb212', '1', '2025-11-20 22:41:50+00', 22.25, '2026-11-26 19:59:24.799471+00', NULL, NULL),
	('6d8a1d9b-0b9e-507d-a0ee-c2bcc6519845', '2', '2025-11-20 22:41:45+00', 22.375, '2026-11-26 19:59:24.803861+00', NULL, NULL),
	('48ce6f88-9348-5a59-9e33-2b0fa78e3aae', '1', '2025-11-20 22:41:40+00', 22.5, '2026-11-26 19:59:24.811331+00', NULL, NULL),
	('88affb35-baf5-59fc-bde9-beaa8e589a5c', '2', '2025-11-20 22:41:35+00', 22.625, '2026-11-26 19:59:24.816065+00', NULL, NULL),
	('3f7042db-04fa-5479-bf43-e47ac9e9f689', '1', '2025-11-20 22:41:30+00', 22.75, '2026-11-26 19:59:24.820467+00', NULL, NULL),
	('790ed998-50ea-5550-b7eb-120a1dd1c804', '2', '2025-11-20 22:41:25+00', 22.875, '2026-11-26 19:59:24.839076+00', NULL, NULL),
	('3ceac84a-0a6b-53d2-9fd4-b9f8a6c09eb5', '1', '2025-11-20 22:41:20+00', 23, '2026-11-26 19:59:24.845224+00', NULL, NULL),
	('650d35ce-244b-5d53-8184-c206b5935b4b', '2', '2025-11-20 22:41:15+00', 23.125, '2026-11-26 19:59:24.8476+00', NULL, NULL),
	('a20ef145-4e2e-505c-81a3-40416f54268f', '1', '2025-11-20 22:41:10+00', 23.25, '2026-11-26 19:59:24.850455+00', NULL, NULL),
	('b31f99a5-7dea-5fe2-b2e8-f9a134a98aca', '2', '2025-11-20 22:41:05+00', 23.375, '2026-11-26 19:59:24.856265+00', NULL, NULL),
	('52e5c2b1-1c6e-5f1c-b769-a143d0cc331a', '1', '2025-11-20 22:41:00+00', 23.5, '2026-11-26 19:59:24.863194+00', NULL, NULL),
	('4019845a-8f1e-5639-8688-51066b0d8959', '2', '2025-11-20 22:40:55+00', 23.625, '2026-11-26 19:59:24.869961+00', NULL, NULL),
	('7fa1b73c-16d1-5341-a681-6f682f8618ea', '1', '2025-11-20 22:40:50+00', 23.75, '2026-11-26 19:59:24.874986+00', NULL, NULL),
	('940e0f93-4a47-50e3-8bab-9b1d5575e283', '2', '2025-11-20 22:40:45+00', 23.875, '2026-11-26 19:59:24.898594+00', NULL, NULL),
	('39cd99f4-e8fb-5e63-915b-41f7d6c04f9b', '1', '2025-11-20 22:40:40+00', 24, '2026-11-26 19:59:24.904048+00', NULL, NULL),
	('425422cd-f32e-5a3f-9c76-2697cc2896ff', '2', '2025-11-20 22:40:35+00', 24.125, '2026-11-26 19:59:24.908459+00', NULL, NULL),
	('e05f6296-4eb2-5618-9a0d-1359485d7a4c', '1', '2025-11-20 22:40:30+00', 24.25, '2026-11-26 19:59:24.915666+00', NULL, NULL),
	('ae11708b-6481-598c-9ecc-fb4b20cacf17', '2', '2025-11-20 22:40:25+00', 24.375, '2026-11-26 19:59:24.919853+00', NULL, NULL),
	('9e9b2ccd-8dad-5c85-bed5-5dd8f90837dc', '1', '2025-11-20 22:40:20+00', 24.5, '2026-11-26 19:59:24.924547+00', NULL, NULL),
	('0bb426ec-23ac-5b95-a795-1420abce750f', '2', '2025-11-20 22:40:15+00', 24.625, '2026-11-26 19:59:24.958485+00', NULL, NULL),
	('cce8ca39-f035-56e5-b30b-065dd15d725b', '1', '2025-11-20 22:40:10+00', 24.75, '2026-11-26 19:59:24.967793+00', NULL, NULL),
	('48f75e6f-f2b2-543f-8104-5c064f7e5d47', '2', '2025-11-20 22:40:05+00', 24.875, '2026-11-26 19:59:24.975947+00', NULL, NULL);
INSERT INTO public.reading_20251120 VALUES
	('f2a4ea05-94dd-56c7-92f4-6e9c0749cdcc', '1', '2025-11-20 22:40:00+00', 20, '2026-11-26 19:59:24.977554+00', NULL, NULL),
	('9c35802d-0c19-5f50-8531-b170a6034a74', '2', '2025-11-20 22:39:55+00', 20.125, '2026-11-26 19:59:25.002087+00', NULL, NULL),
	('6362a14d-0119-5cb6-aa71-3d4a241d25a6', '1', '2025-11-20 22:39:50+00', 20.25, '2026-11-26 19:59:25.009328+00', NULL, NULL),
	('59d8749c-e8ee-5a45-aa4a-fc1774f5e400', '2', '2025-11-20 22:39:45+00', 20.375, '2026-11-26 19:59:25.015082+00', NULL, NULL),
	('2a013b39-9257-5ceb-9d5f-f0b9f110fee0', '1', '2025-11-20 22:39:40+00', 20.5, '2026-11-26 19:59:25.022067+00', NULL, NULL),
	('6a770130-4565-51ae-8373-661cda6b9066', '2', '2025-11-20 22:39:35+00', 20.625, '2026-11-26 19:59:25.04041+00', NULL, NULL),
	('a5d24e19-6771-5020-860a-8c25a478061f', '1', '2025-11-20 22:39:30+00', 20.75, '2026-11-26 19:59:25.089639+00', NULL, NULL),
	('c4b6ffd0-fbf8-5dfc-8a72-071d7e4bd5f9', '2', '2025-11-20 22:39:25+00', 20.875, '2026-11-26 19:59:25.119491+00', NULL, NULL),
	('d599f135-7d49-5fc3-b655-4897df5391ea', '1', '2025-11-20 22:39:20+00', 21, '2026-11-26 19:59:25.127749+00', NULL, NULL),
	('4bf817aa-ea93-5fa1-8a3c-9e89f33ce3f7', '2', '2025-11-20 22:39:15+00', 21.125, '2026-11-26 19:59:25.142862+00', NULL, NULL),
	('c4e8285c-b843-5060-9624-83b2674e12de', '1', '2025-11-20 22:39:10+00', 21.25, '2026-11-26 19:59:25.165964+00', NULL, NULL),
	('9712a749-548f-52c2-b0a5-c841f9992ef9', '2', '2025-11-20 22:39:05+00', 21.375, '2026-11-26 19:59:25.17264+00', NULL, NULL),
	('d1f9070e-2aca-5ca7-8418-ac351c0f80f7', '1', '2025-11-20 22:39:00+00', 21.5, '2026-11-26 19:59:25.175946+00', NULL, NULL),
	('48e1d93d-5d7e-5622-a25a-13db050bd2e4', '2', '2025-11-20 22:38:55+00', 21.625, '2026-11-26 19:59:25.181103+00', NULL, NULL),
	('a3395db3-73e1-597e-beb8-04967405eff0', '1', '2025-11-20 22:38:50+00', 21.75, '2026-11-26 19:59:25.184598+00', NULL, NULL),
	('6c22ad4c-a2b6-5418-9704-f4be7c5947b3', '2', '2025-11-20 22:38:45+00', 21.875, '2026-11-26 19:59:25.18605+00', NULL, NULL),
	('5e80b618-c777-5ec5-b8d0-9b56fe41e138', '1', '2025-11-20 22:38:40+00', 22, '2026-11-26 19:59:25.189346+00', NULL, NULL),
	('f77cf989-d9d6-5ddf-b129-d3d78455fe0b', '2', '2025-11-20 22:38:35+00', 22.125, '2026-11-26 19:59:25.192401+00', NULL, NULL),
	('582ce0a9-46be-5db1-afee-bf3574333d6f', '1', '2025-11-20 22:38:30+00', 22.25, '2026-11-26 19:59:25.19632+00', NULL, NULL),
	('ccd48f8d-ec13-52b4-8b1d-44891012f50e', '2', '2025-11-20 22:38:25+00', 22.375, '2026-11-26 19:59:25.200555+00', NULL, NULL),
	('a48e29cb-ebd3-5636-a11b-0d5cd260254e', '1', '2025-11-20 22:38:20+00', 22.5, '2026-11-26 19:59:25.202448+00', NULL, NULL),
	('f35110e2-d1ff-57e5-8c67-5ffce865d7a2', '2', '2025-11-20 22:38:15+00', 22.625, '2026-11-26 19:59:25.21097+00', NULL, NULL),
	('a97bdf2f-6dec-501d-810e-c4fa06554064', '1', '2025-11-20 22:38:10+00', 22.75, '2026-11-26 19:59:25.22283+00', NULL, NULL),
	('49ee2a67-e460-543a-952e-148ae5d4a191', '2', '2025-11-20 22:38:05+00', 22.875, '2026-11-26 19:59:25.224959+00', NULL, NULL),
	('f3831c6a-f9fa-5564-9a3f-267380265836', '1', '2025-11-20 22:38:00+00', 23, '2026-11-26 19:59:25.229609+00', NULL, NULL),
	('a4688e37-3d66-501c-a02a-b4869f7f33c6', '2', '2025-11-20 22:37:55+00', 23.125, '2026-11-26 19:59:25.234354+00', NULL, NULL),
	('5bb4ecf5-0326-5d3c-9b65-1bf6f8841fd4', '1', '2025-11-20 22:37:50+00', 23.25, '2026-11-26 19:59:25.240087+00', NULL, NULL),
	('40207231-9d4e-5261-8024-b5206fca7987', '2', '2025-11-20 22:37:45+00', 23.375, '2026-11-26 19:59:25.246539+00', NULL, NULL),
	('8b834e94-1aa0-587d-bc31-8dda38057d23', '1', '2025-11-20 22:37:40+00', 23.5, '2026-11-26 19:59:25.249174+00', NULL, NULL),
	('52ea5d0c-7e7b-544b-b50a-7410af0da724', '2', '2025-11-20 22:37:35+00', 23.625, '2026-11-26 19:59:25.251613+00', NULL, NULL),
	('436b329d-3123-5241-a428-74ef02349351', '1', '2025-11-20 22:37:30+00', 23.75, '2026-11-26 19:59:25.272632+00', NULL, NULL),
	('3c1e805e-dd7b-5f29-b284-afa7d01e8a31', '2', '2025-11-20 22:37:25+00', 23.875, '2026-11-26 19:59:25.277174+00', NULL, NULL),
	('0ad0c00b-4abe-52b6-a132-b1f1c60a19ab', '1', '2025-11-20 22:37:20+00', 24, '2026-11-26 19:59:25.279521+00', NULL, NULL),
	('c136d9d1-7295-5aa8-91aa-15c98ec88637', '2', '2025-11-20 22:37:15+00', 24.125, '2026-11-26 19:59:25.283919+00', NULL, NULL),
	('c3e9173a-7a1b-5307-815f-5ffa2e58bf43', '1', '2025-11-20 22:37:10+00', 24.25, '2026-11-26 19:59:25.287062+00', NULL, NULL),
	('74738d66-0ebd-5622-bebc-5e7ec7056905', '2', '2025-11-20 22:37:05+00', 24.375, '2026-11-26 19:59:25.288519+00', NULL, NULL),
	('2be2ae4a-c62e-5938-98cc-e6d659b84868', '1', '2025-11-20 22:37:00+00', 24.5, '2026-11-26 19:59:25.292977+00', NULL, NULL),
	('68583a8f-e4f7-5442-814a-ce262f269cb8', '2', '2025-11-20 22:36:55+00', 24.625, '2026-11-26 19:59:25.299613+00', NULL, NULL),
	('76a45fdd-6a84-5cd5-965a-bab06799958f', '1', '2025-11-20 22:36:50+00', 24.75, '2026-11-26 19:59:25.335495+00', NULL, NULL),
	('2348deff-3e56-5828-96b0-9c01e8cc2e90', '2', '2025-11-20 22:36:45+00', 24.875, '2026-11-26 19:59:25.343708+00', NULL, NULL),
	('f2e02d3d-bf75-5bea-9ba0-2f1d1238d194', '1', '2025-11-20 22:36:40+00', 20, '2026-11-26 19:59:25.348129+00', NULL, NULL),
	('f77960a0-5092-5b97-81b7-0a94ff33c7b5', '2', '2025-11-20 22:36:35+00', 20.125, '2026-11-26 19:59:25.356285+00', NULL, NULL),
	('71b495fd-54b8-5934-a591-3d441e8130fd', '1', '2025-11-20 22:36:30+00', 20.25, '2026-11-26 19:59:25.379108+00', NULL, NULL),
	('18356b0f-3a68-56e2-b342-1c72a27b1c49', '2', '2025-11-20 22:36:25+00', 20.375, '2026-11-26 19:59:25.383775+00', NULL, NULL),
	('1fef711c-207d-5ac8-93fb-6d1728853e3b', '1', '2025-11-20 22:36:20+00', 20.5, '2026-11-26 19:59:25.389076+00', NULL, NULL),
	('a5d65981-3f8d-53b0-a9c5-e394106b4f8a', '2', '2025-11-20 22:36:15+00', 20.625, '2026-11-26 19:59:25.396449+00', NULL, NULL),
	('45f79255-686c-55f6-a4ae-028336bfebf0', '1', '2025-11-20 22:36:10+00', 20.75, '2026-11-26 19:59:25.403337+00', NULL, NULL),
	('a0ec9a67-b980-540a-815a-0dbf2514477e', '2', '2025-11-20 22:36:05+00', 20.875, '2026-11-26 19:59:25.406609+00', NULL, NULL),
	('0dfe3a43-38c1-57a5-baf4-9b088a9b79a5', '1', '2025-11-20 22:36:00+00', 21, '2026-11-26 19:59:25.425163+00', NULL, NULL),
	('dd049c62-d544-5a30-840d-44aeb541fbef', '2', '2025-11-20 22:35:55+00', 21.125, '2026-11-26 19:59:25.433252+00', NULL, NULL),
	('7857f356-6448-5efb-afe7-55b6f07c2094', '1', '2025-11-20 22:35:50+00', 21.25, '2026-11-26 19:59:25.437139+00', NULL, NULL),
	('39f96fb5-1d0c-523b-bd1a-6bb80b7e5728', '2', '2025-11-20 22:35:45+00', 21.375, '2026-11-26 19:59:25.441595+00', NULL, NULL),
	('37e6f959-40b2-506f-afef-b57ecf6546c0', '1', '2025-11-20 22:35:40+00', 21.5, '2026-11-26 19:59:25.447038+00', NULL, NULL),
	('1e1f4f23-d8b3-5df3-8e4a-c4e7f4097c91', '2', '2025-11-20 22:35:35+00', 21.625, '2026-11-26 19:59:25.453077+00', NULL, NULL),
	('bf6128d7-f55e-5a2b-9f09-043308bf69d5', '1', '2025-11-20 22:35:30+00', 21.75, '2026-11-26 19:59:25.457505+00', NULL, NULL),
	('b7776bae-bbf8-556e-b360-cd55413f0e76', '2', '2025-11-20 22:35:25+00', 21.875, '2026-11-26 19:59:25.461195+00', NULL, NULL),
	('e3b0822a-2193-5cfa-a197-a990ce3bdeb8', '1', '2025-11-20 22:35:20+00', 22, '2026-11-26 19:59:25.480976+00', NULL, NULL),
	('a13c7f62-6f88-510e-a466-223f2017c882', '2', '2025-11-20 22:35:15+00', 22.125, '2026-11-26 19:59:25.483509+00', NULL, NULL),
	('2c77d730-809f-5e76-a194-034749bdc184', '1', '2025-11-20 22:35:10+00', 22.25, '2026-11-26 19:59:25.485027+00', NULL, NULL),
	('a8d9eedf-c619-5ee2-af71-1bbfb64d4847', '2', '2025-11-20 22:35:05+00', 22.375, '2026-11-26 19:59:25.48825+00', NULL, NULL),
	('e84c2755-cab6-5296-918f-48d1bd967562', '1', '2025-11-20 22:35:00+00', 22.5, '2026-11-26 19:59:25.49605+00', NULL, NULL),
	('4000a572-53e7-5326-bb0d-04799524365b', '2', '2025-11-20 22:34:55+00', 22.625, '2026-11-26 19:59:25.498831+00', NULL, NULL),
	('5c03d90c-5d90-5fd3-9df9-30d9df1280dd', '1', '2025-11-20 22:34:50+00', 22.75, '2026-11-26 19:59:25.505145+00', NULL, NULL),
	('42342a7d-4b35-53b7-b843-8b39c0c930f9', '2', '2025-11-20 22:34:45+00', 22.875, '2026-11-26 19:59:25.511945+00', NULL, NULL),
	('f4e302f1-9188-5784-9389-aaea6b4a0746', '1', '2025-11-20 22:34:40+00', 23, '2026-11-26 19:59:25.515155+00', NULL, NULL),
	('c765faae-6338-514a-9788-1a9fe08d6e2b', '2', '2025-11-20 22:34:35+00', 23.125, '2026-11-26 19:59:25.530926+00', NULL, NULL),
	('1df94bed-1501-5f1a-8c85-2c9c9ae5f7b3', '1', '2025-11-20 22:34:30+00', 23.25, '2026-11-26 19:59:25.537159+00', NULL, NULL),
	('33bcb39f-ac23-51fe-8540-30f80b16fbe4', '2', '2025-11-20 22:34:25+00', 23.375, '2026-11-26 19:59:25.542181+00', NULL, NULL),
	('ed7223ca-e288-58a0-888d-acdd0599e5fc', '1', '2025-11-20 22:34:20+00', 23.5, '2026-11-26 19:59:25.548038+00', NULL, NULL),
	('317f407b-7c0a-5500-ba01-759785d26b75', '2', '2025-11-20 22:34:15+00', 23.625, '2026-11-26 19:59:25.556088+00', NULL, NULL),
	('ddb81863-5787-5188-8dbe-77abb4a144bf', '1', '2025-11-20 22:34:10+00', 23.75, '2026-11-26 19:59:25.563002+00', NULL, NULL),
	('7ae50ce0-7c0b-5771-a612-c4e6343aff9d', '2', '2025-11-20 22:34:05+00', 23.875, '2026-11-26 19:59:25.586241+00', NULL, NULL),
	('ea255a2d-977d-5f5f-ad2b-9d09374cbdc8', '1', '2025-11-20 22:34:00+00', 24, '2026-11-26 19:59:25.593709+00', NULL, NULL),
	('b1a29d54-c7a3-5f63-8473-499351ede3c0', '2', '2025-11-20 22:33:55+00', 24.125, '2026-11-26 19:59:25.600588+00', NULL, NULL),
	('5ec70ee9-e65b-54de-ba4e-559afd7bd948', '1', '2025-11-20 22:33:50+00', 24.25, '2026-11-26 19:59:25.608768+00', NULL, NULL),
	('c7e72c51-0228-523a-8140-8f093310c4e8', '2', '2025-11-20 22:33:45+00', 24.375, '2026-11-26 19:59:25.616588+00', NULL, NULL),
	('571b1708-35a9-51d4-b543-6eee2e8ec77e', '1', '2025-11-20 22:33:40+00', 24.5, '2026-11-26 19:59:25.637567+00', NULL, NULL),
	('a009217a-c464-51df-a752-a058021e5ce1', '2', '2025-11-20 22:33:35+00', 24.625, '2026-11-26 19:59:25.647504+00', NULL, NULL),
	('485752e8-da95-5dec-8eb8-b5cc81875676', '1', '2025-11-20 22:33:30+00', 24.75, '2026-11-26 19:59:25.652162+00', NULL, NULL),
	('089613b7-708c-5cd0-b489-0f2f449ad440', '2', '2025-11-20 22:33:25+00', 24.875, '2026-11-26 19:59:25.66794+00', NULL, NULL),
	('9483f369-cc60-54e9-b0d6-604e34381e4f', '1', '2025-11-20 22:33:20+00', 20, '2026-11-26 19:59:25.692036+00', NULL, NULL),
	('4ff34461-a547-582c-bbc6-c67c1f6ef4f7', '2', '2025-11-20 22:33:15+00', 20.125, '2026-11-26 19:59:25.711243+00', NULL, NULL),
	('0eb49315-d85e-5146-9aa6-24b8cda594c4', '1', '2025-11-20 22:33:10+00', 20.25, '2026-11-26 19:59:25.719401+00', NULL, NULL),
	('01369f21-561e-5324-b998-34897e8c042e', '2', '2025-11-20 22:33:05+00', 20.375, '2026-11-26 19:59:25.746427+00', NULL, NULL),
	('6947f6e6-abc8-519c-a118-e11edb6b0c5e', '1', '2025-11-20 22:33:00+00', 20.5, '2026-11-26 19:59:25.758248+00', NULL, NULL),
	('4ae7440b-94b4-571d-bee6-99a01f84065f', '2', '2025-11-20 22:32:55+00', 20.625, '2026-11-26 19:59:25.762202+00', NULL, NULL),
	('fc439980-450e-530d-916b-7179afc092db', '1', '2025-11-20 22:32:50+00', 20.75, '2026-11-26 19:59:25.769341+00', NULL, NULL),
	('5af07286-1fb6-5273-8827-0da35e3cbdea', '2', '2025-11-20 22:32:45+00', 20.875, '2026-11-26 19:59:25.821461+00', NULL, NULL),
	('77978c42-f5fb-5f1e-b915-9ce1ed33c050', '1', '2025-11-20 22:32:40+00', 21, '2026-11-26 19:59:25.836094+00', NULL, NULL),
	('47fd7f87-c6bb-523f-88ad-bda62bbc2a89', '2', '2025-11-20 22:32:35+00', 21.125, '2026-11-26 19:59:25.85548+00', NULL, NULL),
	('3a7aa07a-3e9f-5255-a237-05d3608bb2a9', '1', '2025-11-20 22:32:30+00', 21.25, '2026-11-26 19:59:25.883988+00', NULL, NULL),
	('0057d054-422d-50fd-94a3-01452efe6fa6', '2', '2025-11-20 22:32:25+00', 21.375, '2026-11-26 19:59:25.89533+00', NULL, NULL),
	('5bd53aee-3943-5534-bda1-fad87894fcb1', '1', '2025-11-20 22:32:20+00', 21.5, '2026-11-26 19:59:25.897935+00', NULL, NULL),
	('cd6237ff-eb07-576f-bf62-6839b48a7fec', '2', '2025-11-20 22:32:15+00', 21.625, '2026-11-26 19:59:25.900375+00', NULL, NULL),
	('210d8249-5eef-5c89-aa77-00429dc01792', '1', '2025-11-20 22:32:10+00', 21.75, '2026-11-26 19:59:25.902194+00', NULL, NULL),
	('d9e70488-74f9-5955-94da-eb399f228f04', '2', '2025-11-20 22:32:05+00', 21.875, '2026-11-26 19:59:25.907956+00', NULL, NULL),
	('18e6d38b-e40b-5d19-b8c5-3c7a19d47a57', '1', '2025-11-20 22:32:00+00', 22, '2026-11-26 19:59:25.912073+00', NULL, NULL),
	('8cdd650a-6c2a-550b-b2df-6e40af8eba71', '2', '2025-11-20 22:31:55+00', 22.125, '2026-11-26 19:59:25.951007+00', NULL, NULL),
	('2e5cc210-03ed-5b6b-89a3-6414da12988f', '1', '2025-11-20 22:31:50+00', 22.25, '2026-11-26 19:59:25.977777+00', NULL, NULL),
	('e1e7d487-ec8d-5adf-8921-c0ab760b0081', '2', '2025-11-20 22:31:45+00', 22.375, '2026-11-26 19:59:25.989915+00', NULL, NULL),
	('c9b0dc8c-6134-58d1-ae19-a85e5c9bde02', '1', '2025-11-20 22:31:40+00', 22.5, '2026-11-26 19:59:25.993537+00', NULL, NULL),
	('27617ee5-268d-520e-98de-31b39aab30fa', '2', '2025-11-20 22:31:35+00', 22.625, '2026-11-26 19:59:26.001982+00', NULL, NULL),
	('2bd3bdab-6ab7-5d4d-ab6b-d07806602772', '1', '2025-11-20 22:31:30+00', 22.75, '2026-11-26 19:59:26.031505+00', NULL, NULL),
	('dd04445e-dfe1-50e0-b03b-47ade670b739', '2', '2025-11-20 22:31:25+00', 22.875, '2026-11-26 19:59:26.040328+00', NULL, NULL),
	('180f7acc-ec2a-5fcd-b01a-850539146798', '1', '2025-11-20 22:31:20+00', 23, '2026-11-26 19:59:26.053771+00', NULL, NULL),
	('eee23132-9551-5caa-91b9-5fa15f5e3aa1', '2', '2025-11-20 22:31:15+00', 23.125, '2026-11-26 19:59:26.075475+00', NULL, NULL),
	('8b8a9110-d4af-59b2-b929-ffe9f242b2d5', '1', '2025-11-20 22:31:10+00', 23.25, '2026-11-26 19:59:26.081194+00', NULL, NULL),
	('ce5dbd21-83bd-59cd-826b-7760f04c81b9', '2', '2025-11-20 22:31:05+00', 23.375, '2026-11-26 19:59:26.087088+00', NULL, NULL),
	('84c655dd-9707-5025-a79f-e7d4f31099ca', '1', '2025-11-20 22:31:00+00', 23.5, '2026-11-26 19:59:26.103862+00', NULL, NULL),
	('464fc931-9e51-53fd-9fe7-8ffb1d893885', '2', '2025-11-20 22:30:55+00', 23.625, '2026-11-26 19:59:26.116669+00', NULL, NULL),
	('ce1d62b5-6b7f-59c4-ab97-55fae17375be', '1', '2025-11-20 22:30:50+00', 23.75, '2026-11-26 19:59:26.1232+00', NULL, NULL),
	('fe6a7757-bcae-572f-b846-904c395d1727', '2', '2025-11-20 22:30:45+00', 23.875, '2026-11-26 19:59:26.129259+00', NULL, NULL),
	('ec89c6ae-f9d8-585f-b84f-8a3d561c0392', '1', '2025-11-20 22:30:40+00', 24, '2026-11-26 19:59:26.131737+00', NULL, NULL),
	('404b94c6-f204-5848-933d-b0fb2170496a', '2', '2025-11-20 22:30:35+00', 24.125, '2026-11-26 19:59:26.133007+00', NULL, NULL),
	('d7ca2ad3-c253-5fff-a5c6-49994f3e9a4e', '1', '2025-11-20 22:30:30+00', 24.25, '2026-11-26 19:59:26.139993+00', NULL, NULL),
	('24951370-df30-57d9-985b-3f7001c55c97', '2', '2025-11-20 22:30:25+00', 24.375, '2026-11-26 19:59:26.144132+00', NULL, NULL),
	('18d0d7a9-d280-55a0-a3a6-12b21e89696a', '1', '2025-11-20 22:30:20+00', 24.5, '2026-11-26 19:59:26.146783+00', NULL, NULL),
	('015c0b20-129d-5ba7-b99a-518820ee28be', '2', '2025-11-20 22:30:15+00', 24.625, '2026-11-26 19:59:26.149887+00', NULL, NULL),
	('655edd78-f306-51a4-b260-9a2fa37e97ab', '1', '2025-11-20 22:30:10+00', 24.75, '2026-11-26 19:59:26.171476+00', NULL, NULL),
	('5c26ecd7-eb43-5d3d-9e1e-b4c1e8b56087', '2', '2025-11-20 22:30:05+00', 24.875, '2026-11-26 19:59:26.173601+00', NULL, NULL),
	('d28cd4ee-fd87-5011-af37-601a338ca87d', '1', '2025-11-20 22:30:00+00', 20, '2026-11-26 19:59:26.175413+00', NULL, NULL),
	('d219b62d-63da-5b88-ad59-3ce90a6e88a4', '2', '2025-11-20 22:29:55+00', 20.125, '2026-11-26 19:59:26.1912+00', NULL, NULL),
	('a3d0142c-bbcb-53bf-904e-a542f86eb1b8', '1', '2025-11-20 22:29:50+00', 20.25, '2026-11-26 19:59:26.198362+00', NULL, NULL),
	('2dc13aba-c599-5a4c-a6db-90596c802907', '2', '2025-11-20 22:29:45+00', 20.375, '2026-11-26 19:59:26.210484+00', NULL, NULL),
	('bcc12696-e275-544d-89b2-edab6ff7b668', '1', '2025-11-20 22:29:40+00', 20.5, '2026-11-26 19:59:26.224243+00', NULL, NULL),
	('2d90d024-6732-5db1-b005-ba457552e32e', '2', '2025-11-20 22:29:35+00', 20.625, '2026-11-26 19:59:26.241297+00', NULL, NULL),
	('21c8239b-dd9f-5032-9d1f-95030cd4a2a7', '1', '2025-11-20 22:29:30+00', 20.75, '2026-11-26 19:59:26.254006+00', NULL, NULL),
	('b768256c-550f-59b0-a836-fa476a1e0c92', '2', '2025-11-20 22:29:25+00', 20.875, '2026-11-26 19:59:26.267463+00', NULL, NULL),
	('831069b8-2ab1-5070-8264-368b63a860fe', '1', '2025-11-20 22:29:20+00', 21, '2026-11-26 19:59:26.273673+00', NULL, NULL),
	('de5c1f48-52eb-565b-b772-61694b94915a', '2', '2025-11-20 22:29:15+00', 21.125, '2026-11-26 19:59:26.299102+00', NULL, NULL),
	('57b9711c-acf8-591b-9263-4107375f33cc', '1', '2025-11-20 22:29:10+00', 21.25, '2026-11-26 19:59:26.312372+00', NULL, NULL),
	('c2cfc293-12fe-5d6b-8afc-e1b311e16fc3', '2', '2025-11-20 22:29:05+00', 21.375, '2026-11-26 19:59:26.320873+00', NULL, NULL),
	('44ad43ea-367f-52c9-9abe-f4605c42ce86', '1', '2025-11-20 22:29:00+00', 21.5, '2026-11-26 19:59:26.325356+00', NULL, NULL),
	('67d29bc4-6eb2-58dc-b763-5e0b998a7b2a', '2', '2025-11-20 22:28:55+00', 21.625, '2026-11-26 19:59:26.342865+00', NULL, NULL),
	('363da5bd-6cb1-5357-9caa-e4969583fdef', '1', '2025-11-20 22:28:50+00', 21.75, '2026-11-26 19:59:26.388359+00', NULL, NULL),
	('29ddd678-d5ff-52f4-aaa0-f6517f04a7bf', '2', '2025-11-20 22:28:45+00', 21.875, '2026-11-26 19:59:26.399928+00', NULL, NULL),
	('3ec22286-703b-5a39-a724-5f025f5297a5', '1', '2025-11-20 22:28:40+00', 22, '2026-11-26 19:59:26.401608+00', NULL, NULL),
	('4301497a-b7bc-5a15-b165-9b4a211eaa65', '2', '2025-11-20 22:28:35+00', 22.125, '2026-11-26 19:59:26.40445+00', NULL, NULL),
	('45b478e7-21e4-5faf-838d-8415a02cf3d8', '1', '2025-11-20 22:28:30+00', 22.25, '2026-11-26 19:59:26.407292+00', NULL, NULL),
	('98247100-40f5-5c22-9692-7737b7cf82c9', '2', '2025-11-20 22:28:25+00', 22.375, '2026-11-26 19:59:26.419033+00', NULL, NULL),
	('e21bc717-490a-5165-a0b2-0cf55d93df9a', '1', '2025-11-20 22:28:20+00', 22.5, '2026-11-26 19:59:26.42067+00', NULL, NULL),
	('51257301-ffb2-546b-840e-ca936fcac009', '2', '2025-11-20 22:28:15+00', 22.625, '2026-11-26 19:59:26.424863+00', NULL, NULL),
	('ff433ecd-911c-5397-95c8-0a389783fe7f', '1', '2025-11-20 22:28:10+00', 22.75, '2026-11-26 19:59:26.428435+00', NULL, NULL),
	('cc621ec7-618c-5d86-b4d8-a14009aa6c8b', '2', '2025-11-20 22:28:05+00', 22.875, '2026-11-26 19:59:26.430973+00', NULL, NULL),
	('47c045f2-7739-5e2f-aa87-4d8fe67a8c26', '1', '2025-11-20 22:28:00+00', 23, '2026-11-26 19:59:26.435953+00', NULL, NULL),
	('bf0dc911-61cc-5bb8-9efb-38f1c52c653c', '2', '2025-11-20 22:27:55+00', 23.125, '2026-11-26 19:59:26.44825+00', NULL, NULL),
	('8755777a-3599-5f52-b828-687589d36711', '1', '2025-11-20 22:27:50+00', 23.25, '2026-11-26 19:59:26.451071+00', NULL, NULL),
	('b414cb97-f139-5379-848e-885f47c86a50', '2', '2025-11-20 22:27:45+00', 23.375, '2026-11-26 19:59:26.459567+00', NULL, NULL),
	('7f23d76c-4b84-52a6-b462-b851c19610ee', '1', '2025-11-20 22:27:40+00', 23.5, '2026-11-26 19:59:26.462577+00', NULL, NULL),
	('e88d7111-0fdd-5d2a-8cc1-77eb7af310bf', '2', '2025-11-20 22:27:35+00', 23.625, '2026-11-26 19:59:26.475841+00', NULL, NULL),
	('2d8e4183-679c-5b2c-91c9-774eef36004a', '1', '2025-11-20 22:27:30+00', 23.75, '2026-11-26 19:59:26.482011+00', NULL, NULL),
	('ece32c08-7f1c-581a-8041-e29989a421e2', '2', '2025-11-20 22:27:25+00', 23.875, '2026-11-26 19:59:26.487632+00', NULL, NULL),
	('cdc053e6-25f4-59bb-a3da-f38c48190c88', '1', '2025-11-20 22:27:20+00', 24, '2026-11-26 19:59:26.494207+00', NULL, NULL),
	('423172c3-9d4e-54bd-b9a4-fe6633cd576f', '2', '2025-11-20 22:27:15+00', 24.125, '2026-11-26 19:59:26.49577+00', NULL, NULL),
	('f3769e58-415a-5093-bdf6-c9df7c4491fe', '1', '2025-11-20 22:27:10+00', 24.25, '2026-11-26 19:59:26.499658+00', NULL, NULL),
	('4eb41edb-d86e-56c7-9908-15834dbfa73d', '2', '2025-11-20 22:27:05+00', 24.375, '2026-11-26 19:59:26.508131+00', NULL, NULL),
	('960b05ff-93e3-50bc-901c-d6811ca4a6f6', '1', '2025-11-20 22:27:00+00', 24.5, '2026-11-26 19:59:26.509472+00', NULL, NULL),
	('baf2e72e-3a7b-5486-8733-95d926e3f81e', '2', '2025-11-20 22:26:55+00', 24.625, '2026-11-26 19:59:26.510611+00', NULL, NULL),
	('68723d3b-da30-541b-92ab-2e025ae28610', '1', '2025-11-20 22:26:50+00', 24.75, '2026-11-26 19:59:26.511902+00', NULL, NULL),
	('91d3e24b-6e7b-5e95-910d-925646770f55', '2', '2025-11-20 22:26:45+00', 24.875, '2026-11-26 19:59:26.513194+00', NULL, NULL),
	('a01560ef-539d-5118-8f83-ec608e80b0c6', '1', '2025-11-20 22:26:40+00', 20, '2026-11-26 19:59:26.515147+00', NULL, NULL),
	('62782d14-895d-5e18-b19c-186a10c63abd', '2', '2025-11-20 22:26:35+00', 20.125, '2026-11-26 19:59:26.519549+00', NULL, NULL),
	('52105e69-996b-52f5-ba3c-752a76dd87be', '1', '2025-11-20 22:26:30+00', 20.25, '2026-11-26 19:59:26.520815+00', NULL, NULL),
	('8cd70ea4-fd4d-5d12-bcd5-2182dee18fde', '2', '2025-11-20 22:26:25+00', 20.375, '2026-11-26 19:59:26.522062+00', NULL, NULL),
	('8b602f03-a517-5a64-8e64-0bc53d3c1f3f', '1', '2025-11-20 22:26:20+00', 20.5, '2026-11-26 19:59:26.523894+00', NULL, NULL),
	('41d72537-6718-5f44-8a7f-c7b075cdbd82', '2', '2025-11-20 22:26:15+00', 20.625, '2026-11-26 19:59:26.526019+00', NULL, NULL),
	('7286dba3-a79c-5303-b45d-e99c37755dcb', '1', '2025-11-20 22:26:10+00', 20.75, '2026-11-26 19:59:26.531434+00', NULL, NULL),
	('7c76d838-58b4-58ec-a564-6d297b2d63a8', '2', '2025-11-20 22:26:05+00', 20.875, '2026-11-26 19:59:26.533627+00', NULL, NULL),
	('1d02647f-ac1a-5a9f-b676-38e24fa81323', '1', '2025-11-20 22:26:00+00', 21, '2026-11-26 19:59:26.534845+00', NULL, NULL),
	('c443d670-d000-59bf-ab1a-f14f2229729f', '2', '2025-11-20 22:25:55+00', 21.125, '2026-11-26 19:59:26.539317+00', NULL, NULL),
	('5c39f566-0d4a-5158-84e8-bc31592fb39b', '1', '2025-11-20 22:25:50+00', 21.25, '2026-11-26 19:59:26.544318+00', NULL, NULL),
	('73f1cb3b-de18-5246-9c62-e7533fc2eec6', '2', '2025-11-20 22:25:45+00', 21.375, '2026-11-26 19:59:26.551456+00', NULL, NULL),
	('1aea7dfe-ff5b-535a-8b2f-5f43e464bb10', '1', '2025-11-20 22:25:40+00', 21.5, '2026-11-26 19:59:26.552828+00', NULL, NULL),
	('7ecf666a-9451-528a-b343-cbaf4e4fea20', '2', '2025-11-20 22:25:35+00', 21.625, '2026-11-26 19:59:26.556164+00', NULL, NULL),
	('6f417e48-040f-5884-8741-abfd67a80c88', '1', '2025-11-20 22:25:30+00', 21.75, '2026-11-26 19:59:26.559199+00', NULL, NULL),
	('b8312cad-b196-57ad-a377-c5ca4049892d', '2', '2025-11-20 22:25:25+00', 21.875, '2026-11-26 19:59:26.565836+00', NULL, NULL),
	('9ef07676-29b5-555c-a3c7-9f739f9709da', '1', '2025-11-20 22:25:20+00', 22, '2026-11-26 19:59:26.568544+00', NULL, NULL),
	('b5f0fa57-40d1-5221-ad32-9fcaae8f37cb', '2', '2025-11-20 22:25:15+00', 22.125, '2026-11-26 19:59:26.572611+00', NULL, NULL),
	('5b6ad5c4-3f4c-57d7-985e-0f9ebae889c5', '1', '2025-11-20 22:25:10+00', 22.25, '2026-11-26 19:59:26.578968+00', NULL, NULL),
	('d1d277bc-cdbd-5717-b607-80a489e4fc9f', '2', '2025-11-20 22:25:05+00', 22.375, '2026-11-26 19:59:26.581568+00', NULL, NULL),
	('f374f17d-dc79-5f0e-bdba-69ba94d88ed4', '1', '2025-11-20 22:25:00+00', 22.5, '2026-11-26 19:59:26.58442+00', NULL, NULL),
	('f2500017-d34c-5281-8da1-b4adaf8a2057', '2', '2025-11-20 22:24:55+00', 22.625, '2026-11-26 19:59:26.591983+00', NULL, NULL),
	('e8ba30ad-c5e9-5a96-8bc6-6c0cbd186d96', '1', '2025-11-20 22:24:50+00', 22.75, '2026-11-26 19:59:26.600102+00', NULL, NULL),
	('b3e25da5-5162-59f2-9336-92c8efc24ca2', '2', '2025-11-20 22:24:45+00', 22.875, '2026-11-26 19:59:26.606912+00', NULL, NULL),
	('07ed0829-3b80-564a-9625-d74e14f6d392', '1', '2025-11-20 22:24:40+00', 23, '2026-11-26 19:59:26.616124+00', NULL, NULL),
	('4b690850-20c0-56e6-a85b-643f5af26420', '2', '2025-11-20 22:24:35+00', 23.125, '2026-11-26 19:59:26.622981+00', NULL, NULL),
	('380f19a6-5dac-518c-9f64-0726ceee807c', '1', '2025-11-20 22:24:30+00', 23.25, '2026-11-26 19:59:26.625544+00', NULL, NULL),
	('4a148b79-4fc3-5b8f-9d74-5e86cdcefb50', '2', '2025-11-20 22:24:25+00', 23.375, '2026-11-26 19:59:26.628632+00', NULL, NULL),
	('1ebcd882-ad14-5d18-8b2b-f34c201f0f92', '1', '2025-11-20 22:24:20+00', 23.5, '2026-11-26 19:59:26.636827+00', NULL, NULL),
	('0b9357eb-46d6-578b-88c9-96ede17a2ee3', '2', '2025-11-20 22:24:15+00', 23.625, '2026-11-26 19:59:26.64111+00', NULL, NULL),
	('d2267f7f-a596-514a-aca6-8527bda5f98e', '1', '2025-11-20 22:24:10+00', 23.75, '2026-11-26 19:59:26.645234+00', NULL, NULL),
	('bb6fa543-d7bd-518b-bf4d-493067911258', '2', '2025-11-20 22:24:05+00', 23.875, '2026-11-26 19:59:26.663032+00', NULL, NULL),
	('1ec87102-ef28-5c42-b7b4-24126a6f0a64', '1', '2025-11-20 22:24:00+00', 24, '2026-11-26 19:59:26.668982+00', NULL, NULL),
	('5b2f9c67-3164-51a9-9b78-ab77e6c3d9b8', '2', '2025-11-20 22:23:55+00', 24.125, '2026-11-26 19:59:26.680465+00', NULL, NULL),
	('4d1d3a29-397e-56da-98c3-fa4b2eb19870', '1', '2025-11-20 22:23:50+00', 24.25, '2026-11-26 19:59:26.685841+00', NULL, NULL),
	('f097f165-112a-59c8-a11b-cf86f90338e0', '2', '2025-11-20 22:23:45+00', 24.375, '2026-11-26 19:59:26.699787+00', NULL, NULL),
	('883f65a4-c8bb-595d-89a7-65f225bd54e1', '1', '2025-11-20 22:23:40+00', 24.5, '2026-11-26 19:59:26.709686+00', NULL, NULL),
	('afe5f454-856d-59f4-81b2-346df03f7508', '2', '2025-11-20 22:23:35+00', 24.625, '2026-11-26 19:59:26.713079+00', NULL, NULL),
	('9542ce44-7393-5fa2-9964-4d0c359a5249', '1', '2025-11-20 22:23:30+00', 24.75, '2026-11-26 19:59:26.728487+00', NULL, NULL),
	('3481b56f-b23c-5d46-8737-183768dbee17', '2', '2025-11-20 22:23:25+00', 24.875, '2026-11-26 19:59:26.730376+00', NULL, NULL);
INSERT INTO public.reading_20251120 VALUES
	('e8c50b98-5c9c-578d-b3f1-7c1adbec02f6', '1', '2025-11-20 22:23:20+00', 20, '2026-11-26 19:59:26.732562+00', NULL, NULL),
	('1a6a28d0-6080-5457-90ff-00a9c2e8f878', '2', '2025-11-20 22:23:15+00', 20.125, '2026-11-26 19:59:26.736118+00', NULL, NULL),
	('69bb95a3-6a9a-52c0-b63f-e5d9d0d838dc', '1', '2025-11-20 22:23:10+00', 20.25, '2026-11-26 19:59:26.740298+00', NULL, NULL),
	('c0b80711-8cd6-5592-8d05-127a4b43b375', '2', '2025-11-20 22:23:05+00', 20.375, '2026-11-26 19:59:26.756406+00', NULL, NULL),
	('e85b3d75-ecba-5b28-a5b6-34fb22225fa9', '1', '2025-11-20 22:23:00+00', 20.5, '2026-11-26 19:59:26.76263+00', NULL, NULL),
	('db1d8794-54c9-5e45-ace1-6b3e39ed4422', '2', '2025-11-20 22:22:55+00', 20.625, '2026-11-26 19:59:26.765436+00', NULL, NULL),
	('c1810f81-74f9-57ad-ba9e-50ec3a0c4e89', '1', '2025-11-20 22:22:50+00', 20.75, '2026-11-26 19:59:26.780313+00', NULL, NULL),
	('e94db38b-996f-5c85-99bb-27e15ce67264', '2', '2025-11-20 22:22:45+00', 20.875, '2026-11-26 19:59:26.78797+00', NULL, NULL),
	('2e65c6f8-5715-5390-9cb7-0eb5bdd898c6', '1', '2025-11-20 22:22:40+00', 21, '2026-11-26 19:59:26.792547+00', NULL, NULL),
	('b1e768fa-5bc4-51db-9247-d6bfcd92b642', '2', '2025-11-20 22:22:35+00', 21.125, '2026-11-26 19:59:26.803499+00', NULL, NULL),
	('c2c30daf-cd2a-520c-8c50-2124087f09a9', '1', '2025-11-20 22:22:30+00', 21.25, '2026-11-26 19:59:26.813397+00', NULL, NULL),
	('cf5a617d-fb10-55f8-b534-024491956821', '2', '2025-11-20 22:22:25+00', 21.375, '2026-11-26 19:59:26.815187+00', NULL, NULL),
	('872873f5-0982-575e-9140-3d6a1da8429c', '1', '2025-11-20 22:22:20+00', 21.5, '2026-11-26 19:59:26.819145+00', NULL, NULL),
	('3387c2e4-1a3c-59cf-91f2-27feb0cc495e', '2', '2025-11-20 22:22:15+00', 21.625, '2026-11-26 19:59:26.821332+00', NULL, NULL),
	('65c0311a-c02f-5473-90de-e364a484cd73', '1', '2025-11-20 22:22:10+00', 21.75, '2026-11-26 19:59:26.827813+00', NULL, NULL),
	('20b9d756-f567-5778-8d17-671bd30375df', '2', '2025-11-20 22:22:05+00', 21.875, '2026-11-26 19:59:26.834888+00', NULL, NULL),
	('d22aa2ef-63f7-5429-b321-2a792b0f2b17', '1', '2025-11-20 22:22:00+00', 22, '2026-11-26 19:59:26.847979+00', NULL, NULL),
	('cb3e94c7-1670-55f2-97c3-19ae89e012e7', '2', '2025-11-20 22:21:55+00', 22.125, '2026-11-26 19:59:26.859075+00', NULL, NULL),
	('0c3df8e4-ed6b-510c-a12b-29505e781e8a', '1', '2025-11-20 22:21:50+00', 22.25, '2026-11-26 19:59:26.872029+00', NULL, NULL),
	('b21733ff-f1c4-5853-9c3f-966e5a6f9602', '2', '2025-11-20 22:21:45+00', 22.375, '2026-11-26 19:59:26.884798+00', NULL, NULL),
	('e251f95d-39de-5e04-bfa3-b17edddfc0bf', '1', '2025-11-20 22:21:40+00', 22.5, '2026-11-26 19:59:26.89895+00', NULL, NULL),
	('39b8e816-21fa-501d-83fc-208dbac6ea0e', '2', '2025-11-20 22:21:35+00', 22.625, '2026-11-26 19:59:26.901649+00', NULL, NULL),
	('c3e8697d-7005-5c62-8ca8-95c6216271a3', '1', '2025-11-20 22:21:30+00', 22.75, '2026-11-26 19:59:26.910985+00', NULL, NULL),
	('16a85df0-d640-5cc2-800e-c1d162fa8744', '2', '2025-11-20 22:21:25+00', 22.875, '2026-11-26 19:59:26.916256+00', NULL, NULL),
	('a80af83e-c0a8-5d28-ab87-3d6210011f16', '1', '2025-11-20 22:21:20+00', 23, '2026-11-26 19:59:26.923962+00', NULL, NULL),
	('0995842a-b3f5-5ac2-8656-121ae63c5bfa', '2', '2025-11-20 22:21:15+00', 23.125, '2026-11-26 19:59:26.934578+00', NULL, NULL),
	('e679bb09-d1d2-5c17-8e2f-6e717de65062', '1', '2025-11-20 22:21:10+00', 23.25, '2026-11-26 19:59:26.943152+00', NULL, NULL),
	('f3cce478-c393-5ee3-b4cc-279ce13d95cd', '2', '2025-11-20 22:21:05+00', 23.375, '2026-11-26 19:59:26.948758+00', NULL, NULL),
	('bc48e904-fba2-5cf1-9742-0191a92cc556', '1', '2025-11-20 22:21:00+00', 23.5, '2026-11-26 19:59:26.954813+00', NULL, NULL),
	('fffb0463-e830-5126-9119-c17b4bd897e7', '2', '2025-11-20 22:20:55+00', 23.625, '2026-11-26 19:59:26.963498+00', NULL, NULL),
	('1a5f4a55-58b5-5f36-b240-c0e10566fe00', '1', '2025-11-20 22:20:50+00', 23.75, '2026-11-26 19:59:26.978976+00', NULL, NULL),
	('a7152b19-2c4a-5a53-be4c-118ac026f65f', '2', '2025-11-20 22:20:45+00', 23.875, '2026-11-26 19:59:26.991504+00', NULL, NULL),
	('00cd7425-08fc-5930-959e-7c06d020a251', '1', '2025-11-20 22:20:40+00', 24, '2026-11-26 19:59:27.010266+00', NULL, NULL),
	('0dea8b83-31b1-5d51-ad07-04da69afd535', '2', '2025-11-20 22:20:35+00', 24.125, '2026-11-26 19:59:27.016111+00', NULL, NULL),
	('99a310ae-db4c-591b-883f-8c275c654e60', '1', '2025-11-20 22:20:30+00', 24.25, '2026-11-26 19:59:27.029583+00', NULL, NULL),
	('223deb34-80d2-5542-9fc6-f9788531ed55', '2', '2025-11-20 22:20:25+00', 24.375, '2026-11-26 19:59:27.037801+00', NULL, NULL),
	('d9c431d3-7a66-546b-9c62-0843ca72c64a', '1', '2025-11-20 22:20:20+00', 24.5, '2026-11-26 19:59:27.04156+00', NULL, NULL),
	('70d6fd47-3c5f-57cd-8f73-7fb74640d7c0', '2', '2025-11-20 22:20:15+00', 24.625, '2026-11-26 19:59:27.049801+00', NULL, NULL),
	('fe7abd7b-5ad9-58d0-90af-041bd2133eb5', '1', '2025-11-20 22:20:10+00', 24.75, '2026-11-26 19:59:27.054645+00', NULL, NULL),
	('620450e0-cbfe-5210-89f0-a964282fe77a', '2', '2025-11-20 22:20:05+00', 24.875, '2026-11-26 19:59:27.057905+00', NULL, NULL),
	('c45567fe-ce5f-5235-a31f-9298e12ff01e', '1', '2025-11-20 22:20:00+00', 20, '2026-11-26 19:59:27.061337+00', NULL, NULL),
	('6fe6f002-a031-572b-b133-0d6529559468', '2', '2025-11-20 22:19:55+00', 20.125, '2026-11-26 19:59:27.070269+00', NULL, NULL),
	('0bf14d32-48d0-588f-9ffc-b098386778df', '1', '2025-11-20 22:19:50+00', 20.25, '2026-11-26 19:59:27.084828+00', NULL, NULL),
	('34f9df18-e384-54ee-8c69-ae667de6c29e', '2', '2025-11-20 22:19:45+00', 20.375, '2026-11-26 19:59:27.091622+00', NULL, NULL),
	('0e8d1021-8c8f-501e-bbba-a586299a1001', '1', '2025-11-20 22:19:40+00', 20.5, '2026-11-26 19:59:27.097435+00', NULL, NULL),
	('dd0e3a20-b2f2-5f9d-b0ed-5bc016f1e108', '2', '2025-11-20 22:19:35+00', 20.625, '2026-11-26 19:59:27.107269+00', NULL, NULL),
	('b6cfb05e-cf1d-5ecb-b3d2-47cb57c38f84', '1', '2025-11-20 22:19:30+00', 20.75, '2026-11-26 19:59:27.110653+00', NULL, NULL),
	('fd1ba314-40f9-5563-83f2-36b152d54faa', '2', '2025-11-20 22:19:25+00', 20.875, '2026-11-26 19:59:27.114101+00', NULL, NULL),
	('5c03795a-65bc-5b47-b27e-2ef6868419b1', '1', '2025-11-20 22:19:20+00', 21, '2026-11-26 19:59:27.12069+00', NULL, NULL),
	('838b3e9f-2808-5beb-830b-6efc1e3abc8d', '2', '2025-11-20 22:19:15+00', 21.125, '2026-11-26 19:59:27.12747+00', NULL, NULL),
	('91f9fff8-5c2b-5be3-9e93-cae2497a83f2', '1', '2025-11-20 22:19:10+00', 21.25, '2026-11-26 19:59:27.160168+00', NULL, NULL),
	('ad50b016-dc1b-5cd1-a6f4-347285275300', '2', '2025-11-20 22:19:05+00', 21.375, '2026-11-26 19:59:27.167499+00', NULL, NULL),
	('19822e77-4c29-587f-85ab-dce94e800c69', '1', '2025-11-20 22:19:00+00', 21.5, '2026-11-26 19:59:27.182655+00', NULL, NULL),
	('486885ee-bfff-54e0-816d-72bcfd5a06e2', '2', '2025-11-20 22:18:55+00', 21.625, '2026-11-26 19:59:27.191254+00', NULL, NULL),
	('054a6dc1-ba97-5436-b1be-10bff33cfbff', '1', '2025-11-20 22:18:50+00', 21.75, '2026-11-26 19:59:27.197433+00', NULL, NULL),
	('34f0dd03-b636-5344-bbc2-723b863fec12', '2', '2025-11-20 22:18:45+00', 21.875, '2026-11-26 19:59:27.207505+00', NULL, NULL),
	('00094071-8566-5393-9c3e-6aefa1e1379d', '1', '2025-11-20 22:18:40+00', 22, '2026-11-26 19:59:27.213391+00', NULL, NULL),
	('82775fa8-f288-558e-9a01-1bbee6599183', '2', '2025-11-20 22:18:35+00', 22.125, '2026-11-26 19:59:27.220641+00', NULL, NULL),
	('87477973-dbf7-5f09-90e4-d208119dc49d', '1', '2025-11-20 22:18:30+00', 22.25, '2026-11-26 19:59:27.231904+00', NULL, NULL),
	('64f78990-4010-56ee-bf57-399e1c8fda2a', '2', '2025-11-20 22:18:25+00', 22.375, '2026-11-26 19:59:27.238056+00', NULL, NULL),
	('c35eafd6-e2ea-5b6e-8c4a-767abc6aea3c', '1', '2025-11-20 22:18:20+00', 22.5, '2026-11-26 19:59:27.243473+00', NULL, NULL),
	('d390f4a7-57e2-54b2-a130-cca95f325836', '2', '2025-11-20 22:18:15+00', 22.625, '2026-11-26 19:59:27.249559+00', NULL, NULL),
	('f69252b4-f09f-52bf-bfc4-ffcbdfc4316a', '1', '2025-11-20 22:18:10+00', 22.75, '2026-11-26 19:59:27.253747+00', NULL, NULL),
	('6478aff5-71f8-5bd2-af21-00df3396c98e', '2', '2025-11-20 22:18:05+00', 22.875, '2026-11-26 19:59:27.259483+00', NULL, NULL),
	('e5ef5181-e1d4-5f02-83e1-eb7b4ea9b8aa', '1', '2025-11-20 22:18:00+00', 23, '2026-11-26 19:59:27.271697+00', NULL, NULL),
	('3cc68638-7e09-598d-bb44-248bfacd6ab1', '2', '2025-11-20 22:17:55+00', 23.125, '2026-11-26 19:59:27.275937+00', NULL, NULL),
	('d9fb4503-4c0a-5aa7-b90c-c46bb674a775', '1', '2025-11-20 22:17:50+00', 23.25, '2026-11-26 19:59:27.287528+00', NULL, NULL),
	('5bf51c24-1f52-5963-b66f-5997a2227fcb', '2', '2025-11-20 22:17:45+00', 23.375, '2026-11-26 19:59:27.292715+00', NULL, NULL),
	('264cc548-9831-5ce5-8901-cc304c1d6925', '1', '2025-11-20 22:17:40+00', 23.5, '2026-11-26 19:59:27.301627+00', NULL, NULL),
	('fa55022f-6998-573d-a7ea-2f73a3ce8938', '2', '2025-11-20 22:17:35+00', 23.625, '2026-11-26 19:59:27.307577+00', NULL, NULL),
	('49cef2c4-e1b9-539e-a39b-567b45e08bed', '1', '2025-11-20 22:17:30+00', 23.75, '2026-11-26 19:59:27.313577+00', NULL, NULL),
	('fbb416cf-a638-551c-9e40-3d024b3480ea', '2', '2025-11-20 22:17:25+00', 23.875, '2026-11-26 19:59:27.316692+00', NULL, NULL),
	('a8358d4f-d769-5481-b50f-337b7a257ea9', '1', '2025-11-20 22:17:20+00', 24, '2026-11-26 19:59:27.326502+00', NULL, NULL),
	('62423c1d-34e5-56dd-b030-c43e0d161da4', '2', '2025-11-20 22:17:15+00', 24.125, '2026-11-26 19:59:27.340038+00', NULL, NULL),
	('d06fda11-96a2-5f71-907c-098601226042', '1', '2025-11-20 22:17:10+00', 24.25, '2026-11-26 19:59:27.349092+00', NULL, NULL),
	('50c9d6b4-ac1a-5fb3-850b-39b214ea0c64', '2', '2025-11-20 22:17:05+00', 24.375, '2026-11-26 19:59:27.354018+00', NULL, NULL),
	('b20ac195-ebd4-522b-9123-ea8de464e8da', '1', '2025-11-20 22:17:00+00', 24.5, '2026-11-26 19:59:27.36185+00', NULL, NULL),
	('847be6a1-ce98-5bd6-b3f4-84923e8542fd', '2', '2025-11-20 22:16:55+00', 24.625, '2026-11-26 19:59:27.36725+00', NULL, NULL),
	('1fb8a26c-7aae-50fe-8740-3eae84689dfe', '1', '2025-11-20 22:16:50+00', 24.75, '2026-11-26 19:59:27.384644+00', NULL, NULL),
	('61a459eb-3780-5ffa-8854-5e7609f48c35', '2', '2025-11-20 22:16:45+00', 24.875, '2026-11-26 19:59:27.386617+00', NULL, NULL),
	('c3d9b798-96de-57d4-8eaf-ce05934d6056', '1', '2025-11-20 22:16:40+00', 20, '2026-11-26 19:59:27.388835+00', NULL, NULL),
	('66d7cae9-8f4f-5edf-b3a4-409f0b3be0ab', '2', '2025-11-20 22:16:35+00', 20.125, '2026-11-26 19:59:27.392355+00', NULL, NULL),
	('24c08b68-70bb-54fa-8168-9fe75d14d39e', '1', '2025-11-20 22:16:30+00', 20.25, '2026-11-26 19:59:27.399726+00', NULL, NULL),
	('b4d51419-1d14-5078-8230-dc80aef341ac', '2', '2025-11-20 22:16:25+00', 20.375, '2026-11-26 19:59:27.40881+00', NULL, NULL),
	('19683bfb-a33c-53cf-a698-0cbed4436aaf', '1', '2025-11-20 22:16:20+00', 20.5, '2026-11-26 19:59:27.418183+00', NULL, NULL),
	('7ef28820-58d2-5648-96d3-97780a3662a8', '2', '2025-11-20 22:16:15+00', 20.625, '2026-11-26 19:59:27.424048+00', NULL, NULL),
	('058a4164-4430-59f4-93b8-b2a16040f26a', '1', '2025-11-20 22:16:10+00', 20.75, '2026-11-26 19:59:27.438209+00', NULL, NULL),
	('1feb540c-f327-519e-bb74-4362b00f0d55', '2', '2025-11-20 22:16:05+00', 20.875, '2026-11-26 19:59:27.440014+00', NULL, NULL),
	('a7c88a6b-93dd-53fe-9be1-bedd75b806c0', '1', '2025-11-20 22:16:00+00', 21, '2026-11-26 19:59:27.444913+00', NULL, NULL),
	('237b90de-1fff-5f72-9bdd-1986d1538401', '2', '2025-11-20 22:15:55+00', 21.125, '2026-11-26 19:59:27.450988+00', NULL, NULL),
	('7e4c1376-687b-5422-be34-4fee396e2b0c', '1', '2025-11-20 22:15:50+00', 21.25, '2026-11-26 19:59:27.455453+00', NULL, NULL),
	('2b4fef7b-97fd-5bab-8cfc-e5627b986229', '2', '2025-11-20 22:15:45+00', 21.375, '2026-11-26 19:59:27.47185+00', NULL, NULL),
	('d94d27a1-0c0d-5947-81e6-5d581d1c7c57', '1', '2025-11-20 22:15:40+00', 21.5, '2026-11-26 19:59:27.481137+00', NULL, NULL),
	('f4efc20d-3b3b-5df7-8244-4ea879ca87e0', '2', '2025-11-20 22:15:35+00', 21.625, '2026-11-26 19:59:27.488284+00', NULL, NULL),
	('43e25098-edbd-5b82-bea4-a28818287eb0', '1', '2025-11-20 22:15:30+00', 21.75, '2026-11-26 19:59:27.503982+00', NULL, NULL),
	('fc3a753f-402b-556d-8cc9-49fd21983fd3', '2', '2025-11-20 22:15:25+00', 21.875, '2026-11-26 19:59:27.508299+00', NULL, NULL),
	('ef5b2102-4e9a-5e5c-b797-83b115e50406', '1', '2025-11-20 22:15:20+00', 22, '2026-11-26 19:59:27.510899+00', NULL, NULL),
	('55e9bf1b-50de-58e3-9467-eb528217abd9', '2', '2025-11-20 22:15:15+00', 22.125, '2026-11-26 19:59:27.513064+00', NULL, NULL),
	('d0a1506d-c538-552b-97c5-2b4c6cf126e4', '1', '2025-11-20 22:15:10+00', 22.25, '2026-11-26 19:59:27.521723+00', NULL, NULL),
	('ef613143-fcfa-5ada-9dd4-eb91fab54e6b', '2', '2025-11-20 22:15:05+00', 22.375, '2026-11-26 19:59:27.527474+00', NULL, NULL),
	('80d0b5fa-c745-591e-8bcf-bf5b61537d8c', '1', '2025-11-20 22:15:00+00', 22.5, '2026-11-26 19:59:27.537784+00', NULL, NULL),
	('8e5e024d-0dd4-517f-ae3b-a63b09b95124', '2', '2025-11-20 22:14:55+00', 22.625, '2026-11-26 19:59:27.576085+00', NULL, NULL),
	('58f00f6f-c3cb-520a-aeb2-9e2908da7fb1', '1', '2025-11-20 22:14:50+00', 22.75, '2026-11-26 19:59:27.613048+00', NULL, NULL),
	('7ce4f20b-6ddb-579d-a792-31d51a52e1ab', '2', '2025-11-20 22:14:45+00', 22.875, '2026-11-26 19:59:27.629905+00', NULL, NULL),
	('851cfe95-a3f5-54d4-a295-e414eab219e7', '1', '2025-11-20 22:14:40+00', 23, '2026-11-26 19:59:27.634974+00', NULL, NULL),
	('9c73841e-a7b8-5604-b53a-a53e9ed6fb36', '2', '2025-11-20 22:14:35+00', 23.125, '2026-11-26 19:59:27.64458+00', NULL, NULL),
	('b4964460-7923-5cb2-b084-5b9a3866d016', '1', '2025-11-20 22:14:30+00', 23.25, '2026-11-26 19:59:27.667805+00', NULL, NULL),
	('c2fcbe7a-347d-5da5-a3d2-826fc955dd0d', '2', '2025-11-20 22:14:25+00', 23.375, '2026-11-26 19:59:27.681561+00', NULL, NULL),
	('7746ae61-d39d-5f5f-92a4-904f99a390b0', '1', '2025-11-20 22:14:20+00', 23.5, '2026-11-26 19:59:27.684288+00', NULL, NULL),
	('17f29d71-c82a-5282-976d-69c2f31058dd', '2', '2025-11-20 22:14:15+00', 23.625, '2026-11-26 19:59:27.703499+00', NULL, NULL),
	('7cb322b2-a1fc-5662-ad57-555e73ed7420', '1', '2025-11-20 22:14:10+00', 23.75, '2026-11-26 19:59:27.706396+00', NULL, NULL),
	('8f896e16-234f-589e-81eb-cd67a5f350c8', '2', '2025-11-20 22:14:05+00', 23.875, '2026-11-26 19:59:27.714511+00', NULL, NULL),
	('75cd4005-2f37-5c31-880d-1f373eea3c61', '1', '2025-11-20 22:14:00+00', 24, '2026-11-26 19:59:27.71631+00', NULL, NULL),
	('fb55195c-d865-58ae-98d5-407a3ce7f1f0', '2', '2025-11-20 22:13:55+00', 24.125, '2026-11-26 19:59:27.719182+00', NULL, NULL),
	('73dff269-95bf-58d7-9e60-052456f5c560', '1', '2025-11-20 22:13:50+00', 24.25, '2026-11-26 19:59:27.724684+00', NULL, NULL),
	('43d2f26d-b445-5ff3-95d0-d4fddb5befe0', '2', '2025-11-20 22:13:45+00', 24.375, '2026-11-26 19:59:27.726906+00', NULL, NULL),
	('7e0a93f3-1384-51ce-b223-3872a5a892a4', '1', '2025-11-20 22:13:40+00', 24.5, '2026-11-26 19:59:27.731042+00', NULL, NULL),
	('54156771-346e-590f-bbb5-65507c38c2d3', '2', '2025-11-20 22:13:35+00', 24.625, '2026-11-26 19:59:27.738035+00', NULL, NULL),
	('d6d8d8f5-7620-592a-89ef-7150dde02757', '1', '2025-11-20 22:13:30+00', 24.75, '2026-11-26 19:59:27.739403+00', NULL, NULL),
	('14edc0dc-ec36-53f1-9665-a24082e5a85c', '2', '2025-11-20 22:13:25+00', 24.875, '2026-11-26 19:59:27.741601+00', NULL, NULL),
	('a42b8734-642e-558c-8c68-a76ca487db52', '1', '2025-11-20 22:13:20+00', 20, '2026-11-26 19:59:27.744421+00', NULL, NULL),
	('5fbbf53d-4791-5b16-a89f-b7c04cb9256c', '2', '2025-11-20 22:13:15+00', 20.125, '2026-11-26 19:59:27.75984+00', NULL, NULL),
	('9526ad31-727f-559c-a97b-997596b252f0', '1', '2025-11-20 22:13:10+00', 20.25, '2026-11-26 19:59:27.77176+00', NULL, NULL),
	('0a0ffc00-5727-5141-941d-17a82b9318a5', '2', '2025-11-20 22:13:05+00', 20.375, '2026-11-26 19:59:27.776129+00', NULL, NULL),
	('b035a8cd-7202-5a76-bd0f-089f839c978c', '1', '2025-11-20 22:13:00+00', 20.5, '2026-11-26 19:59:27.778137+00', NULL, NULL),
	('1f136b48-5967-54ad-b806-1c9155ae26ef', '2', '2025-11-20 22:12:55+00', 20.625, '2026-11-26 19:59:27.783788+00', NULL, NULL),
	('c88b20df-6a28-5c41-8cc0-4a894e14c5f6', '1', '2025-11-20 22:12:50+00', 20.75, '2026-11-26 19:59:27.792658+00', NULL, NULL),
	('4b8b790d-bb98-5647-af8c-cf003d5c7773', '2', '2025-11-20 22:12:45+00', 20.875, '2026-11-26 19:59:27.805045+00', NULL, NULL),
	('be9fa369-20c6-5c6e-b8f7-b70fa2170f6b', '1', '2025-11-20 22:12:40+00', 21, '2026-11-26 19:59:27.815532+00', NULL, NULL),
	('b1f7c4a8-fadd-546b-836d-573751908992', '2', '2025-11-20 22:12:35+00', 21.125, '2026-11-26 19:59:27.824896+00', NULL, NULL),
	('890afa1d-a422-5a7b-ba66-7b3039b6b22d', '1', '2025-11-20 22:12:30+00', 21.25, '2026-11-26 19:59:27.834017+00', NULL, NULL),
	('e4df5e6d-d8d3-531c-8d7b-d3eee6079d7b', '2', '2025-11-20 22:12:25+00', 21.375, '2026-11-26 19:59:27.842118+00', NULL, NULL),
	('54f040e3-e62b-5503-b1e4-845bc300c95c', '1', '2025-11-20 22:12:20+00', 21.5, '2026-11-26 19:59:27.857927+00', NULL, NULL),
	('f0493f5a-befb-5fb0-902c-612e0cb208bd', '2', '2025-11-20 22:12:15+00', 21.625, '2026-11-26 19:59:27.872265+00', NULL, NULL),
	('3969f8c2-b1d2-5295-a1c6-39e44302b760', '1', '2025-11-20 22:12:10+00', 21.75, '2026-11-26 19:59:27.877579+00', NULL, NULL),
	('5abb02a1-6f18-50d0-9815-d85fc80e2f72', '2', '2025-11-20 22:12:05+00', 21.875, '2026-11-26 19:59:27.882767+00', NULL, NULL),
	('62f59427-e442-535c-92b4-c2901d3e87c8', '1', '2025-11-20 22:12:00+00', 22, '2026-11-26 19:59:27.885854+00', NULL, NULL),
	('901030f6-4751-558f-9752-e1132281b9b1', '2', '2025-11-20 22:11:55+00', 22.125, '2026-11-26 19:59:27.888094+00', NULL, NULL),
	('ef4d1856-f1f9-5a05-bb10-493ec965d36d', '1', '2025-11-20 22:11:50+00', 22.25, '2026-11-26 19:59:27.896135+00', NULL, NULL),
	('8dd30fb6-19b9-5e0c-ba3b-e47790aa5694', '2', '2025-11-20 22:11:45+00', 22.375, '2026-11-26 19:59:27.904654+00', NULL, NULL),
	('04cde656-9d2d-5b7f-a6db-b8e0d6fb2f4d', '1', '2025-11-20 22:11:40+00', 22.5, '2026-11-26 19:59:27.916355+00', NULL, NULL),
	('5f1198bb-d7be-5e36-a7c4-f561cfca9aa4', '2', '2025-11-20 22:11:35+00', 22.625, '2026-11-26 19:59:27.918205+00', NULL, NULL),
	('77d4ebb1-8aac-56ee-a594-28ab6557df5b', '1', '2025-11-20 22:11:30+00', 22.75, '2026-11-26 19:59:27.922389+00', NULL, NULL),
	('d6b0eff0-b2a5-5638-9163-d75e7039bc97', '2', '2025-11-20 22:11:25+00', 22.875, '2026-11-26 19:59:27.93742+00', NULL, NULL),
	('c4759363-f1f9-54f1-a325-fa4b7989184e', '1', '2025-11-20 22:11:20+00', 23, '2026-11-26 19:59:27.943121+00', NULL, NULL),
	('1fd7da23-64e6-5b6e-a6b9-26406465c2ce', '2', '2025-11-20 22:11:15+00', 23.125, '2026-11-26 19:59:27.947952+00', NULL, NULL),
	('13cc694c-8de1-5481-b8d1-b5421db69eec', '1', '2025-11-20 22:11:10+00', 23.25, '2026-11-26 19:59:27.967999+00', NULL, NULL),
	('7f1de84e-812e-52ce-ae9f-6865c7476ba2', '2', '2025-11-20 22:11:05+00', 23.375, '2026-11-26 19:59:27.971048+00', NULL, NULL),
	('7c295ed9-f796-5e0d-90fe-50db132e141c', '1', '2025-11-20 22:11:00+00', 23.5, '2026-11-26 19:59:27.976199+00', NULL, NULL),
	('28e24d7d-d362-5860-8dae-8ba7cd983424', '2', '2025-11-20 22:10:55+00', 23.625, '2026-11-26 19:59:28.015548+00', NULL, NULL),
	('8ab93d61-6be2-59b5-9544-2bb6054334e6', '1', '2025-11-20 22:10:50+00', 23.75, '2026-11-26 19:59:28.03529+00', NULL, NULL),
	('b4d9c65f-cae7-56bc-87d3-610e035ec480', '2', '2025-11-20 22:10:45+00', 23.875, '2026-11-26 19:59:28.056885+00', NULL, NULL),
	('0efd2741-1fcb-5f88-a6c3-1c1c511b4ad2', '1', '2025-11-20 22:10:40+00', 24, '2026-11-26 19:59:28.067844+00', NULL, NULL),
	('9770199c-1542-5d0a-8673-e5618a51de87', '2', '2025-11-20 22:10:35+00', 24.125, '2026-11-26 19:59:28.111098+00', NULL, NULL),
	('dec6778e-eb4b-5b10-88d2-f37e2fd6fd78', '1', '2025-11-20 22:10:30+00', 24.25, '2026-11-26 19:59:28.1315+00', NULL, NULL),
	('6d3f67e2-d46f-5f7c-9592-eef81bb44c8a', '2', '2025-11-20 22:10:25+00', 24.375, '2026-11-26 19:59:28.140349+00', NULL, NULL),
	('cb37df42-0f3f-54d8-81ee-a6ed37abfd57', '1', '2025-11-20 22:10:20+00', 24.5, '2026-11-26 19:59:28.171529+00', NULL, NULL),
	('59c8801a-463f-5357-bdc6-cc890d915898', '2', '2025-11-20 22:10:15+00', 24.625, '2026-11-26 19:59:28.189476+00', NULL, NULL),
	('4110dc06-78a5-529d-9789-ab179d3e3dc6', '1', '2025-11-20 22:10:10+00', 24.75, '2026-11-26 19:59:28.206079+00', NULL, NULL),
	('2ab6d9cf-0a3a-5d60-8cfa-6b96189ce7dd', '2', '2025-11-20 22:10:05+00', 24.875, '2026-11-26 19:59:28.231496+00', NULL, NULL),
	('2bad8690-c367-5114-bcfc-393d8aa53f3f', '1', '2025-11-20 22:10:00+00', 20, '2026-11-26 19:59:28.246535+00', NULL, NULL),
	('d686b646-3daa-5222-86e9-d01075b2ef5e', '2', '2025-11-20 22:09:55+00', 20.125, '2026-11-26 19:59:28.255049+00', NULL, NULL),
	('4a21e8e9-75ba-55b3-873f-86540c2fa2f5', '1', '2025-11-20 22:09:50+00', 20.25, '2026-11-26 19:59:28.270926+00', NULL, NULL),
	('ffdad210-4f3a-5dda-b020-bfe8e2fa0179', '2', '2025-11-20 22:09:45+00', 20.375, '2026-11-26 19:59:28.284576+00', NULL, NULL),
	('ffd73814-4cca-5d1d-87ce-30556aa52340', '1', '2025-11-20 22:09:40+00', 20.5, '2026-11-26 19:59:28.29635+00', NULL, NULL),
	('00c90cde-e31c-5582-9cba-9df9afcb864f', '2', '2025-11-20 22:09:35+00', 20.625, '2026-11-26 19:59:28.307499+00', NULL, NULL),
	('d964e77e-e4a1-5de6-9ad3-5ecf0c6bf454', '1', '2025-11-20 22:09:30+00', 20.75, '2026-11-26 19:59:28.315454+00', NULL, NULL),
	('f25d213a-c81b-5578-b587-051a96e4b5f2', '2', '2025-11-20 22:09:25+00', 20.875, '2026-11-26 19:59:28.324233+00', NULL, NULL),
	('03efc52f-9397-5be9-b7a2-3e80742b577a', '1', '2025-11-20 22:09:20+00', 21, '2026-11-26 19:59:28.336992+00', NULL, NULL),
	('0cf0ca9c-4631-5615-8ab1-30eebbca082b', '2', '2025-11-20 22:09:15+00', 21.125, '2026-11-26 19:59:28.338891+00', NULL, NULL),
	('594ebe9e-ac34-5cb5-b9de-49587702583b', '1', '2025-11-20 22:09:10+00', 21.25, '2026-11-26 19:59:28.34372+00', NULL, NULL),
	('94555293-4723-5ebe-93eb-2f328b849275', '2', '2025-11-20 22:09:05+00', 21.375, '2026-11-26 19:59:28.352688+00', NULL, NULL),
	('e4a9b161-1284-54d9-bcb8-98980c57473e', '1', '2025-11-20 22:09:00+00', 21.5, '2026-11-26 19:59:28.354939+00', NULL, NULL),
	('7b1aaf80-ff74-5b0c-b281-0046fac71a3a', '2', '2025-11-20 22:08:55+00', 21.625, '2026-11-26 19:59:28.362802+00', NULL, NULL),
	('8cd5972a-9845-5f5c-8b88-014f1188ccaf', '1', '2025-11-20 22:08:50+00', 21.75, '2026-11-26 19:59:28.373608+00', NULL, NULL),
	('2760f076-886f-57d0-adaa-e6717443cda0', '2', '2025-11-20 22:08:45+00', 21.875, '2026-11-26 19:59:28.377759+00', NULL, NULL),
	('50247141-b7d3-5dd5-8899-e581a0467ece', '1', '2025-11-20 22:08:40+00', 22, '2026-11-26 19:59:28.38046+00', NULL, NULL),
	('4227eec5-7f04-53f7-a21f-f95d91acd09d', '2', '2025-11-20 22:08:35+00', 22.125, '2026-11-26 19:59:28.393256+00', NULL, NULL),
	('7adfd8bc-679b-5634-90ea-2cef6da402bb', '1', '2025-11-20 22:08:30+00', 22.25, '2026-11-26 19:59:28.403493+00', NULL, NULL),
	('a380bbe9-9db5-5acc-83c0-a2c501401e90', '2', '2025-11-20 22:08:25+00', 22.375, '2026-11-26 19:59:28.408941+00', NULL, NULL),
	('0357ade4-a170-57eb-b0c7-288a9ec0fd72', '1', '2025-11-20 22:08:20+00', 22.5, '2026-11-26 19:59:28.429152+00', NULL, NULL),
	('9b03c3c9-4658-5933-8a76-dd19777f15ea', '2', '2025-11-20 22:08:15+00', 22.625, '2026-11-26 19:59:28.439801+00', NULL, NULL),
	('cc7e381e-901b-5b2e-83f5-f2ffb235a9dc', '1', '2025-11-20 22:08:10+00', 22.75, '2026-11-26 19:59:28.452308+00', NULL, NULL),
	('7416f7af-7382-5731-8e91-245f2a7dd7e0', '2', '2025-11-20 22:08:05+00', 22.875, '2026-11-26 19:59:28.466807+00', NULL, NULL),
	('12f3ffef-7c4c-58ee-a262-203da68562fc', '1', '2025-11-20 22:08:00+00', 23, '2026-11-26 19:59:28.476342+00', NULL, NULL),
	('e143b16e-eb01-57a2-86ec-6d69a01b3a55', '2', '2025-11-20 22:07:55+00', 23.125, '2026-11-26 19:59:28.491657+00', NULL, NULL),
	('123a626f-0ceb-5387-b86a-9ed294cde1dd', '1', '2025-11-20 22:07:50+00', 23.25, '2026-11-26 19:59:28.501939+00', NULL, NULL),
	('447bb0df-2d4f-545c-a69f-ff9e2c7de2b2', '2', '2025-11-20 22:07:45+00', 23.375, '2026-11-26 19:59:28.520101+00', NULL, NULL),
	('ac78e0cb-50ce-52b7-8e2d-6f9f011c2fe1', '1', '2025-11-20 22:07:40+00', 23.5, '2026-11-26 19:59:28.540603+00', NULL, NULL),
	('fd372171-bbc2-5193-96fb-eac414932d16', '2', '2025-11-20 22:07:35+00', 23.625, '2026-11-26 19:59:28.556475+00', NULL, NULL),
	('dee4a219-9ddc-5e2d-8165-081d1db187a0', '1', '2025-11-20 22:07:30+00', 23.75, '2026-11-26 19:59:28.566807+00', NULL, NULL),
	('c47e6e5c-0c69-5f97-9745-f6518c2b0c53', '2', '2025-11-20 22:07:25+00', 23.875, '2026-11-26 19:59:28.574603+00', NULL, NULL),
	('a89c889f-705f-577a-9356-b1feebf45fdf', '1', '2025-11-20 22:07:20+00', 24, '2026-11-26 19:59:28.578143+00', NULL, NULL),
	('dcd7fad8-b6fb-517c-bab6-9fb1cf6688b6', '2', '2025-11-20 22:07:15+00', 24.125, '2026-11-26 19:59:28.591587+00', NULL, NULL),
	('8f85ac89-e594-591f-9a0f-9e258865340a', '1', '2025-11-20 22:07:10+00', 24.25, '2026-11-26 19:59:28.60956+00', NULL, NULL),
	('b3987f2e-3c8f-5b5f-8eb0-b67544e9a9d8', '2', '2025-11-20 22:07:05+00', 24.375, '2026-11-26 19:59:28.636556+00', NULL, NULL),
	('3e2ead94-222a-5a4c-8b3d-5d959f297d8d', '1', '2025-11-20 22:07:00+00', 24.5, '2026-11-26 19:59:28.642617+00', NULL, NULL),
	('6b9fffd0-91fb-5960-80f5-d4b24c9e26d2', '2', '2025-11-20 22:06:55+00', 24.625, '2026-11-26 19:59:28.653146+00', NULL, NULL),
	('27dbee3a-2038-5221-9852-e354a9ee6be2', '1', '2025-11-20 22:06:50+00', 24.75, '2026-11-26 19:59:28.661255+00', NULL, NULL),
	('a98ce128-e464-5a7b-b766-275d9ce0b8f0', '2', '2025-11-20 22:06:45+00', 24.875, '2026-11-26 19:59:28.683506+00', NULL, NULL);


--
-- Data for Name: reading_20261125; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261126; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reading_20261126 VALUES
	('1cce6671-db38-5e16-9270-70157e782fe1', 'kitchen', '2026-11-26 19:59:14.121+00', 21.5, '2026-11-26 19:59:20.34634+00', NULL, NULL),
	('d470a1be-0dce-5d37-9d11-6de8e1008b0d', 'cellar', '2026-11-26 19:59:20.026293+00', 12.5, '2026-11-26 19:59:28.706534+00', NULL, NULL),
	('4b4a338d-697b-55b7-b30b-30b149ec84ca', 'cellar', '2026-11-26 19:59:00.026293+00', 12.5, '2026-11-26 19:59:28.724691+00', NULL, NULL),
	('c28fe135-d12b-5c7c-b416-1d6497a3c45d', 'cellar', '2026-11-26 19:58:40.026293+00', 12.5, '2026-11-26 19:59:28.729076+00', NULL, NULL),
	('d04b3ba4-4a8b-5e5d-a407-904fd070740e', 'cellar', '2026-11-26 19:58:20.026293+00', 12.5, '2026-11-26 19:59:28.739521+00', NULL, NULL),
	('51f42e08-78d0-5c76-8727-35c04856b024', 'cellar', '2026-11-26 19:58:00.026293+00', 12.5, '2026-11-26 19:59:28.746116+00', NULL, NULL),
	('44a32279-a2ab-5995-a396-5ee1272b7e69', 'cellar', '2026-11-26 19:57:40.026293+00', 12.5, '2026-11-26 19:59:28.760247+00', NULL, NULL),
	('f4571043-b4f8-5a9e-acf1-2437600e168b', 'cellar', '2026-11-26 19:57:20.026293+00', 12.5, '2026-11-26 19:59:28.764584+00', NULL, NULL),
	('b431ad5f-d7b7-509a-b77d-4841480c4737', 'cellar', '2026-11-26 19:57:00.026293+00', 12.5, '2026-11-26 19:59:28.771556+00', NULL, NULL),
	('b2072419-151d-55bd-a320-d155343d3555', 'cellar', '2026-11-26 19:56:40.026293+00', 12.5, '2026-11-26 19:59:28.781109+00', NULL, NULL),
	('f253d171-c49d-5daf-bf4e-ceb80977d851', 'cellar', '2026-11-26 19:56:20.026293+00', 12.5, '2026-11-26 19:59:28.800488+00', NULL, NULL),
	('d5467cc8-9571-5901-a50f-71b6b8f7ee48', 'cellar', '2026-11-26 19:56:00.026293+00', 12.5, '2026-11-26 19:59:28.806142+00', NULL, NULL),
	('7fca3c0d-68c8-5c97-bcc6-6c55f1898066', 'cellar', '2026-11-26 19:55:40.026293+00', 12.5, '2026-11-26 19:59:28.815846+00', NULL, NULL);


--
-- Data for Name: reading_20261127; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261128; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261129; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261130; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261201; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261202; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_20261203; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: reading_default; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reading_default VALUES
	('ff467734-d819-462e-b608-0101f346ed23', '3', '2025-11-22 05:28:38.123456+00', 20.125, '2026-11-26 19:59:20.227208+00', '01934f2a-0000-7abc-8000-0123456789ab', 1),
	('46f505f4-166f-4e31-af13-783dbc2da0cf', '3', '2025-11-22 05:28:39.123456+00', 20.25, '2026-11-26 19:59:20.239594+00', '01934f2a-0000-7abc-8000-0123456789ab', 2),
	('b840f690-b818-47d0-a354-b0f0add91de8', '3', '2025-11-22 05:28:42.123456+00', 20.625, '2026-11-26 19:59:20.248114+00', '01934f2a-0000-7abc-8000-0123456789ab', 5),
	('3a6ed25d-2a9e-4051-b512-03d544d696fb', '3', '2025-11-22 05:28:43.123456+00', 20.75, '2026-11-26 19:59:20.249796+00', '01934f2a-0000-7abc-8000-0123456789ab', 6),
	('a7060666-f4bc-4bf8-9b61-e60b95e317ad', '3', '2025-11-22 05:28:46.123456+00', 21.125, '2026-11-26 19:59:20.255564+00', '01934f2a-0000-7abc-8000-0123456789ab', 9),
	('28ca679d-7793-510d-b91f-dd5fdb369828', '1', '2025-08-11 23:16:59.428169+00', 23.84, '2026-11-26 19:59:20.268475+00', NULL, NULL),
	('3ca8b67f-dc21-5765-b796-6b8fd3aa7fd8', 'S1', '2023-10-01 12:00:00+00', 22.5, '2026-11-26 19:59:20.283773+00', NULL, NULL),
	('db450845-e780-5ba5-aeaa-d817fe2d6ee7', '1', '2025-11-22 05:28:37.123456+00', 21.53, '2026-11-26 19:59:20.291554+00', NULL, NULL),
	('d9c0ae55-1280-5253-80ed-4793e2b0305e', 'office', '2025-11-22 05:28:37.123456+00', 21.044908411, '2026-11-26 19:59:20.301608+00', NULL, NULL),
	('3019368c-9892-5ffb-b6a2-c814a167a881', 'office', '2025-11-22 05:28:37.123456+00', 21.5, '2026-11-26 19:59:20.309292+00', NULL, NULL),
	('e44018aa-ca53-5a4e-9856-32d79b75ae5a', 'attic', '2025-11-22 05:28:37+00', 21.5, '2026-11-26 19:59:20.319869+00', NULL, NULL),
	('998b2111-e33a-54d1-ac2d-19c0fb06e84f', 'Küche 2', '2025-11-22 05:28:37.123456+00', -3, '2026-11-26 19:59:20.328451+00', NULL, NULL),
	('7214aebb-1d0e-55d3-afc3-9150917f7cf6', 'kitchen', '2025-08-11 23:16:59.428169+00', 19.25, '2026-11-26 19:59:20.355547+00', NULL, NULL),
	('5d48fce2-1a01-5504-866e-c8724fa35ea1', 'kitchen', '2025-11-22 05:28:37.123456+00', 20, '2026-11-26 19:59:20.367591+00', NULL, NULL);


--
-- Data for Name: retention; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.retention VALUES
	(36500);


--
-- Data for Name: rollup_five_seconds; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rollup_five_seconds VALUES
	('2026-11-26 19:59:10+00', 'kitchen', 1, 21.5, 21.5, 21.5, '2026-11-26 19:59:14.121+00'),
	('2026-11-26 19:59:20+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:59:20.026293+00'),
	('2026-11-26 19:59:00+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:59:00.026293+00'),
	('2026-11-26 19:58:40+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:58:40.026293+00'),
	('2026-11-26 19:58:20+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:58:20.026293+00'),
	('2026-11-26 19:58:00+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:58:00.026293+00'),
	('2026-11-26 19:57:40+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:57:40.026293+00'),
	('2026-11-26 19:57:20+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:57:20.026293+00'),
	('2026-11-26 19:57:00+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:57:00.026293+00'),
	('2026-11-26 19:56:40+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:56:40.026293+00'),
	('2026-11-26 19:56:20+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:56:20.026293+00'),
	('2026-11-26 19:56:00+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:56:00.026293+00'),
	('2026-11-26 19:55:40+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:55:40.026293+00');


--
-- Data for Name: rollup_minute; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rollup_minute VALUES
	('2025-11-20 23:25:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 23:25:50+00'),
	('2025-11-22 05:28:00+00', '3', 5, 102.875, 20.125, 21.125, '2025-11-22 05:28:46.123456+00'),
	('2025-08-11 23:16:00+00', '1', 1, 23.84, 23.84, 23.84, '2025-08-11 23:16:59.428169+00'),
	('2023-10-01 12:00:00+00', 'S1', 1, 22.5, 22.5, 22.5, '2023-10-01 12:00:00+00'),
	('2025-11-22 05:28:00+00', '1', 1, 21.53, 21.53, 21.53, '2025-11-22 05:28:37.123456+00'),
	('2025-11-22 05:28:00+00', 'office', 2, 42.544908411, 21.044908411, 21.5, '2025-11-22 05:28:37.123456+00'),
	('2025-11-22 05:28:00+00', 'attic', 1, 21.5, 21.5, 21.5, '2025-11-22 05:28:37+00'),
	('2025-11-22 05:28:00+00', 'Küche 2', 1, -3, -3, -3, '2025-11-22 05:28:37.123456+00'),
	('2026-11-26 19:59:00+00', 'kitchen', 1, 21.5, 21.5, 21.5, '2026-11-26 19:59:14.121+00'),
	('2025-08-11 23:16:00+00', 'kitchen', 1, 19.25, 19.25, 19.25, '2025-08-11 23:16:59.428169+00'),
	('2025-11-22 05:28:00+00', 'kitchen', 1, 20, 20, 20, '2025-11-22 05:28:37.123456+00'),
	('2025-11-20 23:30:00+00', '1', 1, 20, 20, 20, '2025-11-20 23:30:00+00'),
	('2025-11-20 23:17:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 23:17:50+00'),
	('2025-11-20 23:14:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 23:14:50+00'),
	('2025-11-20 23:20:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 23:20:55+00'),
	('2025-11-20 23:20:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 23:20:50+00'),
	('2025-11-20 23:29:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 23:29:55+00'),
	('2025-11-20 23:29:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 23:29:50+00'),
	('2025-11-20 23:24:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 23:24:55+00'),
	('2025-11-20 23:24:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 23:24:50+00'),
	('2025-11-20 23:28:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 23:28:55+00'),
	('2025-11-20 23:28:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 23:28:50+00'),
	('2025-11-20 23:16:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 23:16:55+00'),
	('2025-11-20 23:23:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 23:23:55+00'),
	('2025-11-20 23:23:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 23:23:50+00'),
	('2025-11-20 23:27:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 23:27:55+00'),
	('2025-11-20 23:27:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 23:27:50+00'),
	('2025-11-20 23:16:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 23:16:50+00'),
	('2025-11-20 23:19:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 23:19:55+00'),
	('2025-11-20 23:19:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 23:19:50+00'),
	('2025-11-20 23:11:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 23:11:55+00'),
	('2025-11-20 23:26:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 23:26:55+00'),
	('2025-11-20 23:26:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 23:26:50+00'),
	('2025-11-20 23:22:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 23:22:55+00'),
	('2025-11-20 23:22:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 23:22:50+00'),
	('2025-11-20 23:11:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 23:11:50+00'),
	('2025-11-20 23:13:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 23:13:55+00'),
	('2025-11-20 23:13:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 23:13:50+00'),
	('2025-11-20 23:25:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 23:25:55+00'),
	('2025-11-20 23:18:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 23:18:55+00'),
	('2025-11-20 23:18:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 23:18:50+00'),
	('2025-11-20 23:21:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 23:21:55+00'),
	('2025-11-20 23:21:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 23:21:50+00'),
	('2025-11-20 23:15:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 23:15:55+00'),
	('2025-11-20 23:15:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 23:15:50+00'),
	('2025-11-20 23:09:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 23:09:55+00'),
	('2025-11-20 23:09:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 23:09:50+00'),
	('2025-11-20 23:17:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 23:17:55+00'),
	('2025-11-20 23:12:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 23:12:55+00'),
	('2025-11-20 23:14:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 23:14:55+00'),
	('2025-11-20 23:12:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 23:12:50+00'),
	('2025-11-20 23:10:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 23:10:55+00'),
	('2025-11-20 23:10:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 23:10:50+00'),
	('2025-11-20 23:08:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 23:08:55+00'),
	('2025-11-20 23:08:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 23:08:50+00'),
	('2025-11-20 22:52:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 22:52:55+00'),
	('2025-11-20 22:52:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 22:52:50+00'),
	('2025-11-20 22:56:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 22:56:55+00'),
	('2025-11-20 23:01:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 23:01:55+00'),
	('2025-11-20 23:01:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 23:01:50+00'),
	('2025-11-20 23:07:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 23:07:55+00'),
	('2025-11-20 23:07:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 23:07:50+00'),
	('2025-11-20 22:56:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 22:56:50+00'),
	('2025-11-20 23:06:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 23:06:55+00'),
	('2025-11-20 23:06:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 23:06:50+00'),
	('2025-11-20 23:00:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 23:00:55+00'),
	('2025-11-20 23:00:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 23:00:50+00'),
	('2025-11-20 23:05:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 23:05:55+00'),
	('2025-11-20 23:05:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 23:05:50+00'),
	('2025-11-20 22:55:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 22:55:55+00'),
	('2025-11-20 22:55:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 22:55:50+00'),
	('2025-11-20 22:59:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:59:55+00'),
	('2025-11-20 22:59:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:59:50+00'),
	('2025-11-20 23:04:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 23:04:55+00'),
	('2025-11-20 23:04:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 23:04:50+00'),
	('2025-11-20 22:51:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 22:51:55+00'),
	('2025-11-20 22:51:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 22:51:50+00'),
	('2025-11-20 23:03:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 23:03:55+00'),
	('2025-11-20 23:03:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 23:03:50+00'),
	('2025-11-20 22:54:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 22:54:55+00'),
	('2025-11-20 22:58:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:58:55+00'),
	('2025-11-20 22:58:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:58:50+00'),
	('2025-11-20 22:54:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 22:54:50+00'),
	('2025-11-20 23:02:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 23:02:55+00'),
	('2025-11-20 23:02:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 23:02:50+00'),
	('2025-11-20 22:50:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 22:50:55+00'),
	('2025-11-20 22:57:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:57:55+00'),
	('2025-11-20 22:57:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:57:50+00'),
	('2025-11-20 22:50:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 22:50:50+00'),
	('2025-11-20 22:53:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 22:53:55+00'),
	('2025-11-20 22:53:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 22:53:50+00'),
	('2025-11-20 22:49:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:49:55+00'),
	('2025-11-20 22:49:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:49:50+00'),
	('2025-11-20 22:33:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 22:33:55+00'),
	('2025-11-20 22:33:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 22:33:50+00'),
	('2025-11-20 22:37:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:37:55+00'),
	('2025-11-20 22:42:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 22:42:55+00'),
	('2025-11-20 22:42:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 22:42:50+00'),
	('2025-11-20 22:48:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:48:55+00'),
	('2025-11-20 22:48:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:48:50+00'),
	('2025-11-20 22:37:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:37:50+00'),
	('2025-11-20 22:47:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:47:55+00'),
	('2025-11-20 22:47:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:47:50+00'),
	('2025-11-20 22:41:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 22:41:55+00'),
	('2025-11-20 22:41:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 22:41:50+00'),
	('2025-11-20 22:46:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 22:46:55+00'),
	('2025-11-20 22:46:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 22:46:50+00'),
	('2025-11-20 22:36:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 22:36:55+00'),
	('2025-11-20 22:36:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 22:36:50+00'),
	('2025-11-20 22:40:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 22:40:55+00'),
	('2025-11-20 22:40:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 22:40:50+00'),
	('2025-11-20 22:45:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 22:45:55+00'),
	('2025-11-20 22:45:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 22:45:50+00'),
	('2025-11-20 22:32:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 22:32:55+00'),
	('2025-11-20 22:32:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 22:32:50+00'),
	('2025-11-20 22:44:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 22:44:55+00'),
	('2025-11-20 22:44:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 22:44:50+00'),
	('2025-11-20 22:35:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 22:35:55+00'),
	('2025-11-20 22:39:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:39:55+00'),
	('2025-11-20 22:39:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:39:50+00'),
	('2025-11-20 22:35:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 22:35:50+00'),
	('2025-11-20 22:43:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 22:43:55+00'),
	('2025-11-20 22:43:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 22:43:50+00'),
	('2025-11-20 22:31:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 22:31:55+00'),
	('2025-11-20 22:38:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:38:55+00'),
	('2025-11-20 22:38:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:38:50+00'),
	('2025-11-20 22:31:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 22:31:50+00'),
	('2025-11-20 22:34:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 22:34:55+00'),
	('2025-11-20 22:34:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 22:34:50+00'),
	('2025-11-20 22:30:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 22:30:55+00'),
	('2025-11-20 22:30:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 22:30:50+00'),
	('2025-11-20 22:14:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 22:14:55+00'),
	('2025-11-20 22:14:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 22:14:50+00'),
	('2025-11-20 22:18:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:18:55+00'),
	('2025-11-20 22:23:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 22:23:55+00'),
	('2025-11-20 22:23:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 22:23:50+00'),
	('2025-11-20 22:29:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:29:55+00'),
	('2025-11-20 22:29:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:29:50+00'),
	('2025-11-20 22:18:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:18:50+00'),
	('2025-11-20 22:28:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:28:55+00'),
	('2025-11-20 22:28:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:28:50+00'),
	('2025-11-20 22:22:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 22:22:55+00'),
	('2025-11-20 22:22:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 22:22:50+00'),
	('2025-11-20 22:27:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:27:55+00'),
	('2025-11-20 22:27:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:27:50+00'),
	('2025-11-20 22:17:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:17:55+00'),
	('2025-11-20 22:17:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:17:50+00'),
	('2025-11-20 22:21:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 22:21:55+00'),
	('2025-11-20 22:21:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 22:21:50+00'),
	('2025-11-20 22:26:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 22:26:55+00'),
	('2025-11-20 22:26:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 22:26:50+00'),
	('2025-11-20 22:13:00+00', '2', 6, 138.5, 20.125, 24.875, '2025-11-20 22:13:55+00'),
	('2025-11-20 22:13:00+00', '1', 6, 134.25, 20, 24.75, '2025-11-20 22:13:50+00'),
	('2025-11-20 22:25:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 22:25:55+00'),
	('2025-11-20 22:25:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 22:25:50+00'),
	('2025-11-20 22:16:00+00', '2', 6, 131.5, 20.125, 24.875, '2025-11-20 22:16:55+00'),
	('2025-11-20 22:20:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 22:20:55+00'),
	('2025-11-20 22:20:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 22:20:50+00'),
	('2025-11-20 22:16:00+00', '1', 6, 127.25, 20, 24.75, '2025-11-20 22:16:50+00'),
	('2025-11-20 22:24:00+00', '2', 6, 139.5, 22.625, 23.875, '2025-11-20 22:24:55+00'),
	('2025-11-20 22:24:00+00', '1', 6, 140.25, 22.75, 24, '2025-11-20 22:24:50+00'),
	('2025-11-20 22:12:00+00', '2', 6, 127.5, 20.625, 21.875, '2025-11-20 22:12:55+00'),
	('2025-11-20 22:19:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:19:55+00'),
	('2025-11-20 22:19:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:19:50+00'),
	('2025-11-20 22:12:00+00', '1', 6, 128.25, 20.75, 22, '2025-11-20 22:12:50+00'),
	('2025-11-20 22:15:00+00', '2', 6, 130.5, 21.125, 22.375, '2025-11-20 22:15:55+00'),
	('2025-11-20 22:15:00+00', '1', 6, 131.25, 21.25, 22.5, '2025-11-20 22:15:50+00'),
	('2025-11-20 22:11:00+00', '2', 6, 136.5, 22.125, 23.375, '2025-11-20 22:11:55+00'),
	('2025-11-20 22:11:00+00', '1', 6, 137.25, 22.25, 23.5, '2025-11-20 22:11:50+00'),
	('2025-11-20 22:10:00+00', '2', 6, 145.5, 23.625, 24.875, '2025-11-20 22:10:55+00'),
	('2025-11-20 22:10:00+00', '1', 6, 141.25, 20, 24.75, '2025-11-20 22:10:50+00'),
	('2025-11-20 22:09:00+00', '2', 6, 124.5, 20.125, 21.375, '2025-11-20 22:09:55+00'),
	('2025-11-20 22:09:00+00', '1', 6, 125.25, 20.25, 21.5, '2025-11-20 22:09:50+00'),
	('2025-11-20 22:08:00+00', '2', 6, 133.5, 21.625, 22.875, '2025-11-20 22:08:55+00'),
	('2025-11-20 22:08:00+00', '1', 6, 134.25, 21.75, 23, '2025-11-20 22:08:50+00'),
	('2025-11-20 22:07:00+00', '2', 6, 142.5, 23.125, 24.375, '2025-11-20 22:07:55+00'),
	('2025-11-20 22:07:00+00', '1', 6, 143.25, 23.25, 24.5, '2025-11-20 22:07:50+00'),
	('2025-11-20 22:06:00+00', '1', 1, 24.75, 24.75, 24.75, '2025-11-20 22:06:50+00'),
	('2025-11-20 22:06:00+00', '2', 2, 49.5, 24.625, 24.875, '2025-11-20 22:06:55+00'),
	('2026-11-26 19:59:00+00', 'cellar', 2, 25, 12.5, 12.5, '2026-11-26 19:59:20.026293+00'),
	('2026-11-26 19:58:00+00', 'cellar', 3, 37.5, 12.5, 12.5, '2026-11-26 19:58:40.026293+00'),
	('2026-11-26 19:57:00+00', 'cellar', 3, 37.5, 12.5, 12.5, '2026-11-26 19:57:40.026293+00'),
	('2026-11-26 19:56:00+00', 'cellar', 3, 37.5, 12.5, 12.5, '2026-11-26 19:56:40.026293+00'),
	('2026-11-26 19:55:00+00', 'cellar', 1, 12.5, 12.5, 12.5, '2026-11-26 19:55:40.026293+00');


--
-- Data for Name: sensor; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sensor VALUES
	('3', NULL, NULL, '2026-11-26 19:59:20.211571+00'),
	('1', NULL, NULL, '2026-11-26 19:59:20.266372+00'),
	('S1', NULL, NULL, '2026-11-26 19:59:20.28027+00'),
	('office', NULL, NULL, '2026-11-26 19:59:20.29893+00'),
	('attic', NULL, NULL, '2026-11-26 19:59:20.316245+00'),
	('Küche 2', NULL, NULL, '2026-11-26 19:59:20.32655+00'),
	('2', NULL, NULL, '2026-11-26 19:59:20.384973+00'),
	('cellar', NULL, NULL, '2026-11-26 19:59:28.700493+00'),
	('kitchen', 'Kitchen', 'Ground floor', '2026-11-26 19:59:20.33824+00');


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: reading_20251120 reading_20251120_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20251120
    ADD CONSTRAINT reading_20251120_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261125 reading_20261125_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261125
    ADD CONSTRAINT reading_20261125_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261126 reading_20261126_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261126
    ADD CONSTRAINT reading_20261126_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261127 reading_20261127_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261127
    ADD CONSTRAINT reading_20261127_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261128 reading_20261128_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261128
    ADD CONSTRAINT reading_20261128_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261129 reading_20261129_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261129
    ADD CONSTRAINT reading_20261129_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261130 reading_20261130_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261130
    ADD CONSTRAINT reading_20261130_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261201 reading_20261201_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261201
    ADD CONSTRAINT reading_20261201_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261202 reading_20261202_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261202
    ADD CONSTRAINT reading_20261202_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_20261203 reading_20261203_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_20261203
    ADD CONSTRAINT reading_20261203_pkey PRIMARY KEY (reading_id);


--
-- Name: reading_default reading_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reading_default
    ADD CONSTRAINT reading_default_pkey PRIMARY KEY (reading_id);


--
-- Name: retention retention_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retention
    ADD CONSTRAINT retention_pkey PRIMARY KEY (days);


--
-- Name: rollup_five_seconds rollup_five_seconds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rollup_five_seconds
    ADD CONSTRAINT rollup_five_seconds_pkey PRIMARY KEY (starts_at, sensor_id);


--
-- Name: rollup_minute rollup_minute_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rollup_minute
    ADD CONSTRAINT rollup_minute_pkey PRIMARY KEY (starts_at, sensor_id);


--
-- Name: sensor sensor_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sensor
    ADD CONSTRAINT sensor_pkey PRIMARY KEY (sensor_id);


--
-- Name: reading_measured_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_measured_at ON ONLY public.reading USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_measured_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_measured_at IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20251120_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20251120_measured_at_sensor_id_temperature_idx ON public.reading_20251120 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20251120_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20251120_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261125_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261125_measured_at_sensor_id_temperature_idx ON public.reading_20261125 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261125_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261125_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261126_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261126_measured_at_sensor_id_temperature_idx ON public.reading_20261126 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261126_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261126_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261127_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261127_measured_at_sensor_id_temperature_idx ON public.reading_20261127 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261127_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261127_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261128_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261128_measured_at_sensor_id_temperature_idx ON public.reading_20261128 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261128_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261128_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261129_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261129_measured_at_sensor_id_temperature_idx ON public.reading_20261129 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261129_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261129_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261130_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261130_measured_at_sensor_id_temperature_idx ON public.reading_20261130 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261130_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261130_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261201_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261201_measured_at_sensor_id_temperature_idx ON public.reading_20261201 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261201_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261201_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261202_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261202_measured_at_sensor_id_temperature_idx ON public.reading_20261202 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261202_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261202_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_20261203_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_20261203_measured_at_sensor_id_temperature_idx ON public.reading_20261203 USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: INDEX reading_20261203_measured_at_sensor_id_temperature_idx; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.reading_20261203_measured_at_sensor_id_temperature_idx IS 'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';


--
-- Name: reading_default_measured_at_sensor_id_temperature_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX reading_default_measured_at_sensor_id_temperature_idx ON public.reading_default USING btree (measured_at, sensor_id) INCLUDE (temperature);


--
-- Name: rollup_minute_sensor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rollup_minute_sensor ON public.rollup_minute USING btree (sensor_id, starts_at);


--
-- Name: INDEX rollup_minute_sensor; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.rollup_minute_sensor IS 'Finds the minutes of one sensor in the order of time.';


--
-- Name: reading_20251120_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20251120_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261125_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261125_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261126_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261126_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261127_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261127_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261128_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261128_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261129_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261129_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261130_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261130_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261201_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261201_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261202_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261202_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_20261203_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_20261203_measured_at_sensor_id_temperature_idx;


--
-- Name: reading_default_measured_at_sensor_id_temperature_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.reading_measured_at ATTACH PARTITION public.reading_default_measured_at_sensor_id_temperature_idx;


--
-- Name: reading roll_up_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roll_up_deleted AFTER DELETE ON public.reading REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.roll_up_changed();


--
-- Name: reading roll_up_inserted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roll_up_inserted AFTER INSERT ON public.reading REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.roll_up_inserted();


--
-- Name: reading roll_up_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roll_up_truncated AFTER TRUNCATE ON public.reading FOR EACH STATEMENT EXECUTE FUNCTION public.roll_up_truncated();


--
-- Name: reading roll_up_updated_from; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roll_up_updated_from AFTER UPDATE ON public.reading REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.roll_up_changed();


--
-- Name: reading roll_up_updated_to; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER roll_up_updated_to AFTER UPDATE ON public.reading REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.roll_up_changed();


--
-- Name: FUNCTION create_missing_partitions(max_moved bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.create_missing_partitions(max_moved bigint) FROM PUBLIC;


--
-- Name: FUNCTION create_partition(day date); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.create_partition(day date) FROM PUBLIC;


--
-- Name: FUNCTION create_partitions(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.create_partitions() FROM PUBLIC;


--
-- Name: FUNCTION days_in_default_partition(min_readings bigint, max_readings bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.days_in_default_partition(min_readings bigint, max_readings bigint) FROM PUBLIC;


--
-- Name: FUNCTION drop_expired(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.drop_expired() FROM PUBLIC;


--
-- Name: FUNCTION last_hour(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.last_hour() FROM PUBLIC;


--
-- Name: FUNCTION rebuild_rollups(since timestamp with time zone, until timestamp with time zone); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.rebuild_rollups(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION roll_up_changed(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.roll_up_changed() FROM PUBLIC;


--
-- Name: FUNCTION roll_up_inserted(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.roll_up_inserted() FROM PUBLIC;


--
-- Name: FUNCTION roll_up_truncated(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.roll_up_truncated() FROM PUBLIC;


--
-- Name: FUNCTION sensor_states(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sensor_states() FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


