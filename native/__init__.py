"""The native stack: starts and supervises the whole system without Docker."""
