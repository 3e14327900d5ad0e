-- The order of commits: a reading has the number of the transaction that stored it, so that a reader finds what was
-- committed since its last visit, whatever its measured_at. See docs/adr/0027-limits.md.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Added without a default, so that no stored row changes. BRIN has no operator class for xid8.
ALTER TABLE reading ADD COLUMN stored_xid bigint;
ALTER TABLE reading ALTER COLUMN stored_xid SET DEFAULT pg_current_xact_id()::text::bigint;
COMMENT ON COLUMN reading.stored_xid IS
    'Number of the transaction that stored the reading, for the evaluation of limits; null for readings that '
    'were stored before version 0009.';

-- Rows are appended in about this order, so a block range index is small and costs an insert next to nothing. It is
-- built here for small partitions only; `python -m db upgrade` then builds the others without blocking writers.
CREATE INDEX reading_stored_xid ON ONLY reading USING brin (stored_xid) WITH (pages_per_range = 16);
COMMENT ON INDEX reading_stored_xid IS 'Finds the readings that were stored since a transaction.';
DO $$
DECLARE
    partition text;
BEGIN
    FOR partition IN
        SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND pg_relation_size(inhrelid) < 16000000
    LOOP
        EXECUTE format('CREATE INDEX %I ON %I USING brin (stored_xid) WITH (pages_per_range = 16)',
                       partition || '_stored_xid_idx', partition);
        EXECUTE format('ALTER INDEX reading_stored_xid ATTACH PARTITION %I', partition || '_stored_xid_idx');
    END LOOP;
END $$;

-- Until a block range is summarized, every search reads it. The evaluation summarizes what it has read, which
-- takes a lock that blocks no reader or writer of rows.
CREATE FUNCTION summarize_stored() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    summarized integer := 0;
    index_name regclass;
BEGIN
    FOR index_name IN
        SELECT indexrelid::regclass
        FROM pg_inherits
        JOIN pg_index ON indrelid = inhrelid
        JOIN pg_class AS index ON index.oid = indexrelid
        JOIN pg_am ON pg_am.oid = index.relam
        JOIN pg_class AS partition ON partition.oid = inhrelid
        WHERE inhparent = 'reading'::regclass AND amname = 'brin' AND indisvalid
          AND (partition.relname = 'reading_default'
               OR partition.relname >= 'reading_' || to_char(now() AT TIME ZONE 'UTC' - interval '1 day', 'YYYYMMDD'))
    LOOP
        summarized := summarized + brin_summarize_new_values(index_name);
    END LOOP;
    RETURN summarized;
END $$;
COMMENT ON FUNCTION summarize_stored IS
    'Summarizes new block ranges of the index on stored_xid, of yesterday''s and later partitions. Returns their number.';
REVOKE EXECUTE ON FUNCTION summarize_stored FROM PUBLIC;
