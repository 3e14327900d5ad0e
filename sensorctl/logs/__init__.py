"""`sensorctl logs`: read, filter, merge and summarise the services' logs."""
