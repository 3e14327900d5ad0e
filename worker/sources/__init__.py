"""The clients of other systems, from which readings are fetched. See docs/guides/sources.md."""
