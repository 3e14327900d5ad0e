DROP VIEW sensor_status;
DROP VIEW last_hour_summary, last_hour_overall, reading_minute, reading_hour;
DROP VIEW reading_gap, reading_sequence, stored_reading;
DROP TABLE reading;
DROP FUNCTION
    last_hour, sensor_states,
    roll_up_inserted, roll_up_changed, roll_up_truncated, rebuild_rollups,
    days_in_default_partition, create_partition, create_missing_partitions, create_partitions, drop_expired;
DROP TABLE rollup_five_seconds, rollup_minute;
DROP TABLE retention;
DROP TABLE sensor;
