"""The sensor: measures at an interval and publishes with confirms."""
