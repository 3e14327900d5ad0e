"""The figures of a report, computed from a sensor's readings."""
