"""The service that turns files and stored readings into reports: a worker with kinds of jobs of its own."""
