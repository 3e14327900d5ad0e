"""The API of workflows, schedules and sources, which the service `workflows` and the dashboard serve."""
