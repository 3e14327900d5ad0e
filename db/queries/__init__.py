"""Read-only queries, one module per question."""
