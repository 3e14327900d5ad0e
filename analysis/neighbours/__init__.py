"""Compares the sensors of one location with each other: virtual values, and drift."""
