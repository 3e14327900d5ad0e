"""`sensorctl status`: the state of the whole system."""
