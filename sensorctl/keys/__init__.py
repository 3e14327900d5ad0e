"""`sensorctl key`: the keys of the page and the API."""
