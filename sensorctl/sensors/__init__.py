"""`sensorctl sensor`: what people set of sensors."""
