"""Learns what is normal for each sensor: forecasts, and the anomalies that no limit describes."""
