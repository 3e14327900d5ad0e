"""Decides when a model gets a new version, and trains it on the stored history."""
