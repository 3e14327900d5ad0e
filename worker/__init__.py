"""Runs jobs of workflows, each in a child process."""
