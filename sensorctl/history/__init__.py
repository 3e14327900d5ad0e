"""`sensorctl import` and `sensorctl export`."""
