-- Readings of file jobs that were dead-lettered: their job waits for each, and its report lists them.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE dead_reading (
    workflow_id uuid        NOT NULL REFERENCES workflow ON DELETE CASCADE,
    reading_id  uuid        NOT NULL,
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 100),
    detail      text        NOT NULL CHECK (length(detail) <= 1000),
    dead_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workflow_id, reading_id)
);
COMMENT ON TABLE dead_reading IS
    'Readings that the job of a file has published, and that a consumer has dead-lettered: one row per reading.';
COMMENT ON COLUMN dead_reading.workflow_id IS 'The workflow of the file.';
COMMENT ON COLUMN dead_reading.reading_id IS 'The reading, which is not in reading unless it was replayed.';
COMMENT ON COLUMN dead_reading.reason IS 'Why, in one word: the header x-dead-reason of its message.';
COMMENT ON COLUMN dead_reading.detail IS 'Why, with the field and its value: the header x-dead-detail.';
COMMENT ON COLUMN dead_reading.dead_at IS 'When it was recorded, which is just before it was dead-lettered.';

CREATE FUNCTION record_dead_readings(workflow_ids uuid[], reading_ids uuid[], reasons text[], details text[])
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    -- No job waits for those of other imports.
    WITH recorded AS (
        INSERT INTO dead_reading (workflow_id, reading_id, reason, detail)
        SELECT workflow_id, reading_id, left(reason, 100), left(detail, 1000)
        FROM unnest(workflow_ids, reading_ids, reasons, details) AS dead (workflow_id, reading_id, reason, detail)
        JOIN workflow USING (workflow_id)
        WHERE kind = 'file' AND ended_at IS NULL
        ORDER BY reading_id
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM recorded;
$$;
COMMENT ON FUNCTION record_dead_readings IS
    'Records readings of file jobs that are about to be dead-lettered, and why. Returns how many are new.';

REVOKE EXECUTE ON FUNCTION record_dead_readings FROM PUBLIC;
