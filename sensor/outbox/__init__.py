"""Storage of readings on disk until the broker has confirmed them, and their publishing."""
