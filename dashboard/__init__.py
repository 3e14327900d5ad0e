"""The dashboard: a page, live, of what the whole system does, and an API of the same."""
