"""Detectors: each gives a bounded, continuous score per reading, and what was expected."""
