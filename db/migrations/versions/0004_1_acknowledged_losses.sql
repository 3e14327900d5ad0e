SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE acknowledged_loss (
    sensor_id       text        NOT NULL,
    run_id          uuid        NOT NULL,
    first_sequence  bigint      NOT NULL CHECK (first_sequence >= 1),
    last_sequence   bigint      NOT NULL CHECK (last_sequence >= first_sequence),
    reason          text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    acknowledged_at timestamptz NOT NULL DEFAULT now(),
    acknowledged_by text        NOT NULL DEFAULT session_user,
    PRIMARY KEY (sensor_id, run_id, first_sequence, last_sequence)
);
COMMENT ON TABLE acknowledged_loss IS
    'Readings that are lost and known to be: sensorctl reconcile does not count them as lost. '
    'One row per gap. Delete a row to count its readings again.';
COMMENT ON COLUMN acknowledged_loss.sensor_id IS 'The sensor.';
COMMENT ON COLUMN acknowledged_loss.run_id IS 'The run of the sensor process.';
COMMENT ON COLUMN acknowledged_loss.first_sequence IS 'First sequence number of the gap.';
COMMENT ON COLUMN acknowledged_loss.last_sequence IS 'Last sequence number of the gap.';
COMMENT ON COLUMN acknowledged_loss.reason IS 'Why they are lost, in the words of the operator.';
COMMENT ON COLUMN acknowledged_loss.acknowledged_at IS 'When they were acknowledged.';
COMMENT ON COLUMN acknowledged_loss.acknowledged_by IS 'The role that acknowledged them.';

-- The reader may only add a row, so it runs as the owner. It bounds what a role can add.
CREATE FUNCTION acknowledge_loss(sensor text, run uuid, first bigint, last bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF (SELECT count(*) FROM acknowledged_loss) >= 100000 THEN
        RAISE 'too many acknowledged losses' USING
            ERRCODE = 'program_limit_exceeded', HINT = 'The owner can delete rows of acknowledged_loss.';
    END IF;
    INSERT INTO acknowledged_loss (sensor_id, run_id, first_sequence, last_sequence, reason)
    VALUES (left(sensor, 128), run, first, last, why)
    ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION acknowledge_loss IS
    'Records that the readings of a run from the first to the last number are lost and known to be.';
REVOKE EXECUTE ON FUNCTION acknowledge_loss FROM PUBLIC;
