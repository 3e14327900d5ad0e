"""Limits of temperatures, and the excursions beyond them: pure computation, without any I/O."""
