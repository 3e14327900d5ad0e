"""`sensorctl limit`, `excursion` and `silence`: limits of temperatures and what is beyond them."""
