-- What the analysis found, and what people say of it.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE detected_anomaly (
    anomaly_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    sensor_id     text NOT NULL,
    kind          text NOT NULL
        CHECK (kind IN ('spike', 'level-shift', 'stuck', 'drift', 'dropout', 'unusual')),
    started_at    timestamptz NOT NULL,
    ended_at      timestamptz CHECK (ended_at >= started_at),
    detected_at   timestamptz NOT NULL,
    score         double precision NOT NULL,
    observed      double precision NOT NULL,
    expected      double precision NOT NULL,
    lower         double precision NOT NULL,
    upper         double precision NOT NULL,
    model_version text NOT NULL,
    reason        text NOT NULL,
    found_at      timestamptz NOT NULL DEFAULT now(),
    withdrawn_at  timestamptz,
    UNIQUE (sensor_id, kind, started_at)
) WITH (fillfactor = 80);
CREATE INDEX detected_anomaly_open ON detected_anomaly (sensor_id) WHERE ended_at IS NULL AND withdrawn_at IS NULL;
COMMENT ON INDEX detected_anomaly_open IS 'Finds the anomalies that last.';
CREATE INDEX detected_anomaly_started ON detected_anomaly (started_at);
COMMENT ON INDEX detected_anomaly_started IS 'Finds the anomalies of a time.';
CREATE INDEX detected_anomaly_found ON detected_anomaly (found_at);
COMMENT ON INDEX detected_anomaly_found IS 'Finds the anomalies that were found since a time.';
COMMENT ON TABLE detected_anomaly IS
    'Anomalies of sensors: one row per anomaly; see the view anomaly. The analysis writes it.';
COMMENT ON COLUMN detected_anomaly.anomaly_id IS 'Number of the anomaly.';
COMMENT ON COLUMN detected_anomaly.sensor_id IS 'The sensor.';
COMMENT ON COLUMN detected_anomaly.kind IS 'What is not normal: spike, level-shift, stuck, drift, dropout or unusual.';
COMMENT ON COLUMN detected_anomaly.started_at IS 'When it started.';
COMMENT ON COLUMN detected_anomaly.ended_at IS 'When it ended; null while it lasts.';
COMMENT ON COLUMN detected_anomaly.detected_at IS 'When the reading was measured that showed it.';
COMMENT ON COLUMN detected_anomaly.score IS 'Its largest distance from what is normal, as a multiple of the threshold.';
COMMENT ON COLUMN detected_anomaly.observed IS 'Temperature in °C at its largest distance.';
COMMENT ON COLUMN detected_anomaly.expected IS 'Temperature in °C that was expected instead.';
COMMENT ON COLUMN detected_anomaly.lower IS 'Lower bound of the expected interval in °C.';
COMMENT ON COLUMN detected_anomaly.upper IS 'Upper bound of the expected interval in °C.';
COMMENT ON COLUMN detected_anomaly.model_version IS 'What expected it: kind and version of the model or detector.';
COMMENT ON COLUMN detected_anomaly.reason IS 'Why it is not normal, in words for people.';
COMMENT ON COLUMN detected_anomaly.found_at IS 'When it was stored here.';
COMMENT ON COLUMN detected_anomaly.withdrawn_at IS
    'When learning the sensor again showed that there was none, after receivers were notified; else null.';

CREATE TABLE anomaly_mark (
    sensor_id  text NOT NULL,
    kind       text NOT NULL,
    started_at timestamptz NOT NULL,
    verdict    text NOT NULL CHECK (verdict IN ('right', 'wrong')),
    marked_at  timestamptz NOT NULL DEFAULT now(),
    marked_by  text NOT NULL,
    note       text,
    PRIMARY KEY (sensor_id, kind, started_at)
);
COMMENT ON TABLE anomaly_mark IS
    'What people say of anomalies: one row per marked anomaly. It stays when the sensor is learned again.';
COMMENT ON COLUMN anomaly_mark.sensor_id IS 'The sensor.';
COMMENT ON COLUMN anomaly_mark.kind IS 'Kind of the anomaly.';
COMMENT ON COLUMN anomaly_mark.started_at IS 'When the anomaly started.';
COMMENT ON COLUMN anomaly_mark.verdict IS 'Whether it is one: right, or wrong.';
COMMENT ON COLUMN anomaly_mark.marked_at IS 'When it was marked.';
COMMENT ON COLUMN anomaly_mark.marked_by IS 'Who marked it, as in audit.';
COMMENT ON COLUMN anomaly_mark.note IS 'What that person noted.';

CREATE TABLE anomaly_notification (
    anomaly_id  bigint NOT NULL REFERENCES detected_anomaly ON DELETE CASCADE,
    receiver    text NOT NULL,
    firing_at   timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    PRIMARY KEY (anomaly_id, receiver)
);
CREATE INDEX anomaly_notification_firing ON anomaly_notification (receiver, anomaly_id) WHERE resolved_at IS NULL;
COMMENT ON INDEX anomaly_notification_firing IS 'Finds what a receiver was notified of that has not ended for it.';
COMMENT ON TABLE anomaly_notification IS
    'Of which anomalies receivers were notified: one row per anomaly and receiver.';
COMMENT ON COLUMN anomaly_notification.anomaly_id IS 'The anomaly.';
COMMENT ON COLUMN anomaly_notification.receiver IS 'The receiver.';
COMMENT ON COLUMN anomaly_notification.firing_at IS 'When the receiver last accepted that it is firing.';
COMMENT ON COLUMN anomaly_notification.resolved_at IS
    'When the receiver accepted that it is resolved; null: it was not notified of that.';

CREATE VIEW anomaly AS
SELECT sensor_id, kind, started_at, ended_at, score, observed, expected, lower, upper, model_version, reason,
       anomaly_id, detected_at, verdict, marked_by, marked_at, mark.note, found_at, name, location
FROM detected_anomaly
LEFT JOIN anomaly_mark AS mark USING (sensor_id, kind, started_at)
LEFT JOIN sensor USING (sensor_id)
WHERE withdrawn_at IS NULL;
COMMENT ON VIEW anomaly IS 'What was not normal: one row per sensor, kind and incident.';
COMMENT ON COLUMN anomaly.sensor_id IS 'The sensor.';
COMMENT ON COLUMN anomaly.kind IS 'What is not normal: spike, level-shift, stuck, drift, dropout or unusual.';
COMMENT ON COLUMN anomaly.started_at IS 'When it started.';
COMMENT ON COLUMN anomaly.ended_at IS 'When it ended; null while it lasts.';
COMMENT ON COLUMN anomaly.score IS 'Its largest distance from what is normal, as a multiple of the threshold.';
COMMENT ON COLUMN anomaly.observed IS 'Temperature in °C at its largest distance.';
COMMENT ON COLUMN anomaly.expected IS 'Temperature in °C that was expected instead.';
COMMENT ON COLUMN anomaly.lower IS 'Lower bound of the expected interval in °C.';
COMMENT ON COLUMN anomaly.upper IS 'Upper bound of the expected interval in °C.';
COMMENT ON COLUMN anomaly.model_version IS 'What expected it: kind and version of the model or detector.';
COMMENT ON COLUMN anomaly.reason IS 'Why it is not normal, in words for people.';
COMMENT ON COLUMN anomaly.anomaly_id IS 'Number of the anomaly.';
COMMENT ON COLUMN anomaly.detected_at IS 'When the reading was measured that showed it.';
COMMENT ON COLUMN anomaly.verdict IS 'What a person says: right or wrong; null if it is not marked.';
COMMENT ON COLUMN anomaly.marked_by IS 'Who marked it, as in audit.';
COMMENT ON COLUMN anomaly.marked_at IS 'When it was marked.';
COMMENT ON COLUMN anomaly.note IS 'What that person noted.';
COMMENT ON COLUMN anomaly.found_at IS 'When it was found: for old readings, long after they were measured.';
COMMENT ON COLUMN anomaly.name IS 'Name of the sensor; null if not set.';
COMMENT ON COLUMN anomaly.location IS 'Where the sensor is; null if not set.';
