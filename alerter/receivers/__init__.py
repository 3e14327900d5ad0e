"""The receivers of notifications: the exchange `events`, a webhook, and the addresses of people."""
