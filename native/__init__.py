"""The native stack: runs and supervises the whole system without Docker."""
