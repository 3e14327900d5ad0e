"""The dashboard: a live page that shows the state of the whole system, and an API with the same data."""
