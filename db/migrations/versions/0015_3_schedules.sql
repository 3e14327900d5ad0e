-- What workflows start from: schedules and sources; and who executes them.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE schedule (
    name       text        PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    kind       text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    spec       jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(spec) = 'object'),
    cron       text        NOT NULL CHECK (length(cron) BETWEEN 1 AND 200),
    time_zone  text        NOT NULL DEFAULT 'UTC',
    overlap    text        NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue', 'replace')),
    catch_up   text        NOT NULL DEFAULT 'last' CHECK (catch_up IN ('none', 'last', 'all')),
    enabled    boolean     NOT NULL DEFAULT true,
    next_at    timestamptz,
    fired_at   timestamptz,
    outcome    text,
    created_by text        NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE schedule IS 'When workflows are requested without anyone asking: one row per schedule.';
COMMENT ON COLUMN schedule.name IS 'Its name.';
COMMENT ON COLUMN schedule.kind IS 'Kind of the workflows that it requests.';
COMMENT ON COLUMN schedule.spec IS 'Specification of the workflows that it requests.';
COMMENT ON COLUMN schedule.cron IS 'Its times as a cron expression.';
COMMENT ON COLUMN schedule.time_zone IS 'Time zone of the cron expression.';
COMMENT ON COLUMN schedule.overlap IS
    'What happens when a time comes while its last workflow has not ended: skip the time, queue (request it once that '
    'one has ended), or replace (cancel that one).';
COMMENT ON COLUMN schedule.catch_up IS 'Which of the times that were missed are made up for: none, last or all.';
COMMENT ON COLUMN schedule.enabled IS 'Whether it requests workflows.';
COMMENT ON COLUMN schedule.next_at IS 'Its next time; null: there is none, or it is disabled.';
COMMENT ON COLUMN schedule.fired_at IS 'When it last came to a decision; null: never.';
COMMENT ON COLUMN schedule.outcome IS 'What that decision was: fired, replaced, skipped or nothing.';
COMMENT ON COLUMN schedule.created_by IS 'Who created it, as in audit.';
COMMENT ON COLUMN schedule.created_at IS 'When it was created.';
COMMENT ON COLUMN schedule.changed_at IS 'When it was last changed.';

CREATE TABLE source (
    name                text             PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    kind                text             NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    address             text             CHECK (length(address) BETWEEN 1 AND 2000),
    secret_name         text             CHECK (secret_name ~ '^SOURCE_[A-Z0-9_]*[A-Z0-9]$'),
    sensors             jsonb            NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(sensors) = 'array'),
    unit                text             NOT NULL DEFAULT 'celsius' CHECK (unit IN ('celsius', 'fahrenheit', 'kelvin')),
    time_zone           text,
    cursor              timestamptz,
    requests_per_minute integer          NOT NULL DEFAULT 60 CHECK (requests_per_minute > 0),
    lag_seconds         integer          NOT NULL DEFAULT 0 CHECK (lag_seconds >= 0),
    options             jsonb            NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
    created_by          text             NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
    created_at          timestamptz      NOT NULL DEFAULT clock_timestamp(),
    changed_at          timestamptz      NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE source IS 'Other systems that readings come from: one row per source.';
COMMENT ON COLUMN source.name IS 'Its name.';
COMMENT ON COLUMN source.kind IS 'Kind of the system, such as influxdb or home-assistant.';
COMMENT ON COLUMN source.address IS 'URL of the system, without credentials; null where the kind has none.';
COMMENT ON COLUMN source.secret_name IS
    'Name of the variable of the worker that has its secret, or with _FILE the path of a file; null: no secret.';
COMMENT ON COLUMN source.sensors IS 'Which of its values are read, and as which sensors they are stored.';
COMMENT ON COLUMN source.unit IS 'Unit of values that come without one.';
COMMENT ON COLUMN source.time_zone IS 'Time zone of times without an offset; null: they are refused.';
COMMENT ON COLUMN source.cursor IS
    'Up to when its values were read by incremental jobs. Backfills do not change it. Null: none were.';
COMMENT ON COLUMN source.requests_per_minute IS 'How many requests it is sent per minute at most.';
COMMENT ON COLUMN source.lag_seconds IS 'How far before the cursor an incremental job reads again, for late values.';
COMMENT ON COLUMN source.options IS 'What else its kind requires.';
COMMENT ON COLUMN source.created_by IS 'Who created it, as in audit.';
COMMENT ON COLUMN source.created_at IS 'When it was created.';
COMMENT ON COLUMN source.changed_at IS 'When someone last changed it.';

CREATE TABLE source_coverage (
    source  text           PRIMARY KEY,
    covered tstzmultirange NOT NULL
);
COMMENT ON TABLE source_coverage IS 'Which times of sources were read completely: one row per source.';
COMMENT ON COLUMN source_coverage.source IS 'The source.';
COMMENT ON COLUMN source_coverage.covered IS 'The times, as half-open ranges.';

CREATE TABLE worker (
    name       text        PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 150),
    kinds      text[]      NOT NULL,
    version    text        NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
COMMENT ON TABLE worker IS 'The workers that were seen within the last day: one row per worker.';
COMMENT ON COLUMN worker.name IS 'Its name: the owner of its leases.';
COMMENT ON COLUMN worker.kinds IS 'Kinds of jobs that it executes.';
COMMENT ON COLUMN worker.version IS 'Its version.';
COMMENT ON COLUMN worker.started_at IS 'When it was first seen.';
COMMENT ON COLUMN worker.seen_at IS 'When it was last seen.';
