"""What can be done for messages that may be valid readings, by the reason of the dead letter."""

# The reasons `expired`, `delivery_limit` and `maxlen` are the broker's.
REPLAY_HINTS = {
    "expired": "Only its time in the queue ended: a replay stores it if it is a valid reading.",
    "unroutable": "Only its routing key or topic was wrong: a replay stores it if it is a valid reading.",
    "maxlen": "Only the queue was full: a replay stores it if it is a valid reading.",
    "delivery_limit": "It was redelivered too often: after a fix of the consumers, a replay may store it.",
    "crash-loop": "It killed its consumers: after a fix of the consumers, a replay may store it.",
    "rejected": "Another consumer rejected it: a replay stores it if it is a valid reading.",
    "implausible": "Its temperature was not plausible: once the range includes it, a replay stores it.",
    "future-time": "Its time was ahead of the consumer's clock: check the clocks of both. Once that time has "
    "come, a replay stores it.",
}
# What is to be done instead for messages that a replay would dead-letter again.
OTHER_HINTS = {
    "reused-id": (
        "Its reading_id is that of another reading: let the sender use a new one each time. `sensorctl dead "
        "export`, and an import without the field, store what it sent before."
    ),
}
DEFAULT_HINT = "A replay stores it only after a fix: of the consumer, or of its format."


def replay_hint(reason: str) -> str:
    """Return whether a replay can store a message with this reason, or what can be done instead."""
    return REPLAY_HINTS.get(reason) or OTHER_HINTS.get(reason, DEFAULT_HINT)
