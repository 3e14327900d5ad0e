"""`sensorctl report`: reports of sensors for a period, and the presets of their limits."""
