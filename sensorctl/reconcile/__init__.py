"""`sensorctl reconcile`: account for every published reading."""
