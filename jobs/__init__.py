"""Workflows, their jobs and the sources that they read: definitions and plans, without any I/O."""
