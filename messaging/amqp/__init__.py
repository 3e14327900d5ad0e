"""Connections to the broker, with pika's errors translated."""
