"""`sensorctl anomalies`, `model`, `forecast` and `evaluate`: what the analysis finds and learns."""
