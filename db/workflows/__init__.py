"""Workflows in the database: requesting and executing them, and what happened to them."""
