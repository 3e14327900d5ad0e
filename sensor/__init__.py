"""The producer service: measures on time and publishes with confirms."""
