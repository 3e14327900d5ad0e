"""`sensorctl workflow`, `backfill`, `schedule`, `source`, `gaps` and `dummy`."""
