"""Readings on their way to the broker, kept on disk until it has confirmed them."""
