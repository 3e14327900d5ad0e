"""The service for workflows: its API, schedules, events, tickets and commands."""
