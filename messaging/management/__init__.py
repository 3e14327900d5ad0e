"""The broker's management API, its users and its queue statistics."""
