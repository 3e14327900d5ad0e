-- The tables of sensors and readings. See docs/adr/0003-one-statement.md for why there is no foreign key
-- from reading to sensor.

COMMENT ON TABLE alembic_version IS 'The version of this schema; Alembic maintains it.';
COMMENT ON COLUMN alembic_version.version_num IS 'Number of the last migration that was applied.';

CREATE TABLE sensor (
    sensor_id     text PRIMARY KEY,
    name          text,
    location      text,
    registered_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sensor IS
    'One row per sensor. A sensor registers itself with its first reading; people add its name and location.';
COMMENT ON COLUMN sensor.sensor_id IS 'ID that the sensor sends with each reading.';
COMMENT ON COLUMN sensor.name IS 'Name for people; null until someone sets it.';
COMMENT ON COLUMN sensor.location IS 'Where the sensor is; null until someone sets it.';
COMMENT ON COLUMN sensor.registered_at IS 'When the first reading of the sensor was stored.';

-- Each UTC day is a partition with a primary key of its own on reading_id (0001_2_partitions.sql). A primary
-- key of the whole table would have to contain measured_at too, and would accept the same reading_id at two
-- times of a day.
CREATE TABLE reading (
    reading_id  uuid NOT NULL,
    sensor_id   text NOT NULL,
    measured_at timestamptz NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      uuid,
    sequence    bigint
) PARTITION BY RANGE (measured_at);
COMMENT ON TABLE reading IS
    'One row per measurement. Partitioned by UTC day of measured_at; partitions are named reading_YYYYMMDD.';
COMMENT ON COLUMN reading.reading_id IS
    'Identity of the reading. A redelivered message has the same one, so it is stored once.';
COMMENT ON COLUMN reading.sensor_id IS 'The sensor that measured; see table sensor.';
COMMENT ON COLUMN reading.measured_at IS 'When the sensor measured, by its own clock.';
COMMENT ON COLUMN reading.temperature IS 'Temperature in °C.';
COMMENT ON COLUMN reading.received_at IS 'When the database stored the reading, by its own clock.';
COMMENT ON COLUMN reading.run_id IS
    'Run of the sensor process that published the reading; null if the message had none.';
COMMENT ON COLUMN reading.sequence IS
    'Number of the reading within its run, from 1 without gaps; null if the message had none.';

CREATE INDEX reading_measured_at ON reading (measured_at, sensor_id) INCLUDE (temperature);
COMMENT ON INDEX reading_measured_at IS
    'Finds readings by time, and the last reading of a sensor at a known time, without reading the table.';
