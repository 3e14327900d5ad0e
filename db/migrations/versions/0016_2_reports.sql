-- Reports as files, and the presets of their limits.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE report_file (
    report_id       uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    workflow_id     uuid        NOT NULL REFERENCES workflow,
    job_id          uuid        NOT NULL REFERENCES job,
    format          text        NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv', 'json')),
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    title           text        NOT NULL CHECK (length(title) <= 200),
    period          tstzrange   NOT NULL CHECK (NOT isempty(period)),
    sensors         text[]      NOT NULL CHECK (cardinality(sensors) > 0),
    summary         jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(summary) = 'object'),
    bytes           bigint      NOT NULL,
    sha256          bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    document_sha256 bytea       NOT NULL CHECK (octet_length(document_sha256) = 32),
    content         bytea       NOT NULL CHECK (octet_length(content) <= 67108864),
    requested_by    text        NOT NULL,
    made_at         timestamptz NOT NULL,
    UNIQUE (job_id, format)
);
-- Compressed already, or not worth it: the whole content is read at once.
ALTER TABLE report_file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX report_file_made ON report_file (made_at, report_id);
COMMENT ON INDEX report_file_made IS 'Lists the newest reports, and finds those past their retention.';
CREATE INDEX report_file_workflow ON report_file (workflow_id);
COMMENT ON INDEX report_file_workflow IS 'Finds the reports of a workflow.';
COMMENT ON TABLE report_file IS 'Reports that jobs have made: one row per file, so one per format of a report.';
COMMENT ON COLUMN report_file.report_id IS 'The file.';
COMMENT ON COLUMN report_file.workflow_id IS 'The workflow that requested the report.';
COMMENT ON COLUMN report_file.job_id IS 'The job that made it.';
COMMENT ON COLUMN report_file.format IS 'pdf, xlsx, csv or json.';
COMMENT ON COLUMN report_file.name IS 'Name of the file.';
COMMENT ON COLUMN report_file.title IS 'Title of the report.';
COMMENT ON COLUMN report_file.period IS 'The period of the report, without its end.';
COMMENT ON COLUMN report_file.sensors IS 'The sensors of the report.';
COMMENT ON COLUMN report_file.summary IS 'The main figures of each sensor, for a preview.';
COMMENT ON COLUMN report_file.bytes IS 'Size of the file in bytes.';
COMMENT ON COLUMN report_file.sha256 IS 'SHA-256 of the file.';
COMMENT ON COLUMN report_file.document_sha256 IS 'SHA-256 of the same report as JSON.';
COMMENT ON COLUMN report_file.content IS 'The file, 64 MiB at most.';
COMMENT ON COLUMN report_file.requested_by IS 'Who requested it, as in audit; schedule:NAME for a schedule.';
COMMENT ON COLUMN report_file.made_at IS 'When it was made.';

CREATE VIEW report AS
SELECT report_id, workflow_id, job_id, format, name, title, lower(period) AS period_start, upper(period) AS period_end,
       sensors, summary, bytes, encode(sha256, 'hex') AS sha256, encode(document_sha256, 'hex') AS document_sha256,
       requested_by, made_at
FROM report_file;
COMMENT ON VIEW report IS 'Reports that jobs have made, without their content: one row per file.';
COMMENT ON COLUMN report.report_id IS 'The file.';
COMMENT ON COLUMN report.workflow_id IS 'The workflow that requested the report.';
COMMENT ON COLUMN report.job_id IS 'The job that made it.';
COMMENT ON COLUMN report.format IS 'pdf, xlsx, csv or json.';
COMMENT ON COLUMN report.name IS 'Name of the file.';
COMMENT ON COLUMN report.title IS 'Title of the report.';
COMMENT ON COLUMN report.period_start IS 'Start of its period.';
COMMENT ON COLUMN report.period_end IS 'End of its period, which is not part of it.';
COMMENT ON COLUMN report.sensors IS 'The sensors of the report.';
COMMENT ON COLUMN report.summary IS 'The main figures of each sensor, for a preview.';
COMMENT ON COLUMN report.bytes IS 'Size of the file in bytes.';
COMMENT ON COLUMN report.sha256 IS 'SHA-256 of the file, in hexadecimal digits.';
COMMENT ON COLUMN report.document_sha256 IS 'SHA-256 of the same report as JSON, in hexadecimal digits.';
COMMENT ON COLUMN report.requested_by IS 'Who requested it, as in audit; schedule:NAME for a schedule.';
COMMENT ON COLUMN report.made_at IS 'When it was made.';

CREATE TABLE report_retention (
    days integer PRIMARY KEY CHECK (days >= 1)
);
COMMENT ON TABLE report_retention IS
    'How long reports are kept: one row, or none to keep them forever. `sensorctl setup` writes it.';
COMMENT ON COLUMN report_retention.days IS 'Number of full UTC days before today of which reports are kept.';

CREATE TABLE report_preset (
    name           text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$'),
    title          text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    low            double precision,
    high           double precision,
    excursion_low  double precision,
    excursion_high double precision,
    is_frozen      boolean NOT NULL DEFAULT false,
    source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
    created_by     text NOT NULL DEFAULT 'sensors',
    created_at     timestamptz NOT NULL DEFAULT now(),
    changed_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT report_preset_limits CHECK (
        num_nonnulls(low, high) > 0
        AND coalesce(low < high, true)
        AND coalesce(excursion_low <= low, excursion_low IS NULL)
        AND coalesce(excursion_high >= high, excursion_high IS NULL)
        AND coalesce(excursion_low, low, 0) >= -273.15 AND coalesce(excursion_high, high, 0) <= 2000)
);
COMMENT ON TABLE report_preset IS 'Limits that a report can have by name: one row per preset.';
COMMENT ON COLUMN report_preset.name IS 'Its name, as a request has it.';
COMMENT ON COLUMN report_preset.title IS 'What it stands for.';
COMMENT ON COLUMN report_preset.low IS 'Lowest temperature that is allowed, in °C; null: none.';
COMMENT ON COLUMN report_preset.high IS 'Highest temperature that is allowed, in °C; null: none.';
COMMENT ON COLUMN report_preset.excursion_low IS
    'Lowest temperature in °C that is allowed for a short time; null: the same as low.';
COMMENT ON COLUMN report_preset.excursion_high IS
    'Highest temperature in °C that is allowed for a short time; null: the same as high.';
COMMENT ON COLUMN report_preset.is_frozen IS
    'Whether it is for frozen storage, for which no mean kinetic temperature is reported.';
COMMENT ON COLUMN report_preset.source IS 'Where its limits come from; a report prints it.';
COMMENT ON COLUMN report_preset.created_by IS 'Who added it, as in audit; sensors for those of this version.';
COMMENT ON COLUMN report_preset.created_at IS 'When it was added.';
COMMENT ON COLUMN report_preset.changed_at IS 'When it was changed last.';
COMMENT ON CONSTRAINT report_preset_limits ON report_preset IS
    'It has a limit, low is below high, and what is allowed for a short time is not narrower than that.';

INSERT INTO report_preset (name, title, low, high, excursion_low, excursion_high, is_frozen, source) VALUES
    ('2-8', 'Refrigerated, 2 to 8 °C', 2, 8, NULL, NULL, false,
     'United States Pharmacopeia, general chapter 659, Packaging and Storage Requirements: refrigerator'),
    ('controlled-room', 'Controlled room temperature, 20 to 25 °C, excursions between 15 and 30 °C',
     20, 25, 15, 30, false,
     'United States Pharmacopeia, general chapter 659, Packaging and Storage Requirements: controlled room temperature'),
    ('freezer', 'Deep-frozen, -18 °C or colder', NULL, -18, NULL, NULL, true,
     'Council Directive 89/108/EEC on quick-frozen foodstuffs, article 5');
