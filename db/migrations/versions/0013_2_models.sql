-- What the analysis has learned, and how well it forecasts.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE model (
    sensor_id    text NOT NULL,
    kind         text NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    trained_to   timestamptz NOT NULL,
    parameters   jsonb NOT NULL DEFAULT '{}',
    state        bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    reason       text NOT NULL,
    active       boolean NOT NULL DEFAULT false,
    requested_at timestamptz,
    PRIMARY KEY (sensor_id, kind, version)
);
CREATE UNIQUE INDEX model_active ON model (sensor_id, kind) WHERE active;
COMMENT ON INDEX model_active IS 'Of the versions of a model one is active.';
CREATE INDEX model_requested ON model (requested_at) WHERE requested_at IS NOT NULL;
COMMENT ON INDEX model_requested IS 'Finds the versions that the analysis has yet to roll back to.';
COMMENT ON TABLE model IS 'Versions of the models of sensors: one row per sensor, kind of model and version.';
COMMENT ON COLUMN model.sensor_id IS 'The sensor.';
COMMENT ON COLUMN model.kind IS 'Kind of the model.';
COMMENT ON COLUMN model.version IS 'Number of the version, ascending.';
COMMENT ON COLUMN model.trained_to IS 'When the last reading was measured that it had learned when it was saved.';
COMMENT ON COLUMN model.parameters IS 'What distinguishes it from other versions.';
COMMENT ON COLUMN model.state IS 'What it had learned, in a versioned binary form.';
COMMENT ON COLUMN model.created_at IS 'When it was saved.';
COMMENT ON COLUMN model.reason IS 'Why it was trained, or rolled back to.';
COMMENT ON COLUMN model.active IS 'Whether the model of the sensor has continued from this version.';
COMMENT ON COLUMN model.requested_at IS
    'When someone requested to roll back to it, or when it was trained, until the analysis runs it; else null.';

CREATE TABLE model_evaluation (
    sensor_id      text NOT NULL,
    kind           text NOT NULL,
    horizon        text NOT NULL CHECK (horizon IN ('step', '1h', '6h', '24h')),
    day            date NOT NULL,
    forecasts      bigint NOT NULL,
    mae            double precision,
    last_value_mae double precision,
    coverage       double precision,
    PRIMARY KEY (sensor_id, kind, horizon, day)
);
COMMENT ON TABLE model_evaluation IS
    'How well the models of sensors forecast readings before learning them: one row per sensor, model, horizon and day.';
COMMENT ON COLUMN model_evaluation.sensor_id IS 'The sensor.';
COMMENT ON COLUMN model_evaluation.kind IS 'Kind of the model.';
COMMENT ON COLUMN model_evaluation.horizon IS 'How far ahead: step (the next reading), 1h, 6h or 24h.';
COMMENT ON COLUMN model_evaluation.day IS 'Day (UTC).';
COMMENT ON COLUMN model_evaluation.forecasts IS 'Number of forecasts whose reading has arrived.';
COMMENT ON COLUMN model_evaluation.mae IS 'Mean absolute error of the forecasts in K.';
COMMENT ON COLUMN model_evaluation.last_value_mae IS 'Mean absolute error in K of the last value as the forecast.';
COMMENT ON COLUMN model_evaluation.coverage IS 'Share of the readings within the 95 % interval.';

CREATE VIEW model_skill AS
SELECT sensor_id, kind, horizon, day, forecasts, mae, last_value_mae, coverage,
       1 - mae / nullif(last_value_mae, 0) AS skill
FROM model_evaluation;
COMMENT ON VIEW model_skill IS
    'How well the models of sensors forecast: one row per sensor, kind of model, horizon and day.';
COMMENT ON COLUMN model_skill.sensor_id IS 'The sensor.';
COMMENT ON COLUMN model_skill.kind IS 'Kind of the model.';
COMMENT ON COLUMN model_skill.horizon IS 'How far ahead: step (the next reading), 1h, 6h or 24h.';
COMMENT ON COLUMN model_skill.day IS 'Day (UTC).';
COMMENT ON COLUMN model_skill.forecasts IS 'Number of forecasts whose reading has arrived.';
COMMENT ON COLUMN model_skill.mae IS 'Mean absolute error of the forecasts in K.';
COMMENT ON COLUMN model_skill.last_value_mae IS 'Mean absolute error in K of the last value as the forecast.';
COMMENT ON COLUMN model_skill.coverage IS 'Share of the readings within the 95 % interval.';
COMMENT ON COLUMN model_skill.skill IS
    'By which share the error is below that of the last value: 1 is perfect, 0 is no better; null if that made none.';

CREATE TABLE sensor_forecast (
    sensor_id    text PRIMARY KEY,
    kind         text NOT NULL,
    version      integer NOT NULL,
    made_at      timestamptz NOT NULL,
    first_at     timestamptz NOT NULL,
    step_seconds double precision NOT NULL CHECK (step_seconds > 0),
    mean         double precision[] NOT NULL,
    lower        double precision[] NOT NULL,
    upper        double precision[] NOT NULL,
    CHECK (cardinality(lower) = cardinality(mean) AND cardinality(upper) = cardinality(mean))
) WITH (fillfactor = 70);
COMMENT ON TABLE sensor_forecast IS 'The latest forecast of each sensor: one row per sensor.';
COMMENT ON COLUMN sensor_forecast.sensor_id IS 'The sensor.';
COMMENT ON COLUMN sensor_forecast.kind IS 'Kind of the model that made it.';
COMMENT ON COLUMN sensor_forecast.version IS 'Version of the model.';
COMMENT ON COLUMN sensor_forecast.made_at IS 'When the last reading that it is based on was measured.';
COMMENT ON COLUMN sensor_forecast.first_at IS 'Time of its first value.';
COMMENT ON COLUMN sensor_forecast.step_seconds IS 'Seconds from one value to the next.';
COMMENT ON COLUMN sensor_forecast.mean IS 'Expected temperatures in °C.';
COMMENT ON COLUMN sensor_forecast.lower IS 'Lower bounds of the 95 % interval in °C.';
COMMENT ON COLUMN sensor_forecast.upper IS 'Upper bounds of the 95 % interval in °C.';

CREATE TABLE virtual_value (
    sensor_id  text PRIMARY KEY,
    at         timestamptz NOT NULL,
    value      double precision NOT NULL,
    lower      double precision NOT NULL,
    upper      double precision NOT NULL,
    neighbours text[] NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE virtual_value IS
    'What an offline sensor would measure, by the other sensors of its location: one row per such sensor.';
COMMENT ON COLUMN virtual_value.sensor_id IS 'The sensor.';
COMMENT ON COLUMN virtual_value.at IS 'Time of the value.';
COMMENT ON COLUMN virtual_value.value IS 'The temperature in °C.';
COMMENT ON COLUMN virtual_value.lower IS 'Lower bound of the 95 % interval in °C.';
COMMENT ON COLUMN virtual_value.upper IS 'Upper bound of the 95 % interval in °C.';
COMMENT ON COLUMN virtual_value.neighbours IS 'The sensors that it is computed from.';
