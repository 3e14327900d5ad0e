"""Measures this project beside its peers and the bare limits of one machine: `make bench`."""
