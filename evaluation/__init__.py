"""Measures on recorded and simulated data how good the analysis is."""
