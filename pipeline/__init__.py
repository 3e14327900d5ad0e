"""The consumer service: receive messages from the queue and store their readings."""
