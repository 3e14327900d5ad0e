"""`sensorctl dead`: list, replay, discard, export and import dead letters."""
