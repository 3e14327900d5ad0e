"""Where alerts are sent: the exchange `events` and a webhook."""
