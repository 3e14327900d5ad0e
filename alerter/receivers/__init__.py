"""The receivers of notifications: the exchange `events` and a webhook."""
