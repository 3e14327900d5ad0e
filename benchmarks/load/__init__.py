"""Load by hand: Locust publishes to the running stack and observes what is stored (docs/guides/load.md)."""
