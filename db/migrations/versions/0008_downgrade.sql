-- Readings get back the temperature that the sensor sent, and with it their roll-ups.
UPDATE reading SET temperature = raw_temperature, raw_temperature = NULL WHERE raw_temperature IS NOT NULL;
