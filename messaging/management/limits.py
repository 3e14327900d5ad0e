"""Find what lets the broker drop the messages of a queue: its arguments, policies and operator policies."""

from typing import Any

ARGUMENT_PREFIX = "x-"
QUORUM = "quorum"
# Below this, a few readers that requeue what they received, such as the management UI, reach the limit.
MIN_DELIVERY_LIMIT = 100
LENGTHS = ("max-length", "max-length-bytes")


def drop_risks(queue: dict[str, Any], *, dead_letter_queue: str) -> list[str]:
    """Return, for an object of the management API, what would make the broker drop a message of this queue.

    A message that the broker would move to the dead-letter queue is not dropped. An operator policy is merged
    into the effective policy, of which the API shows the result.
    """
    arguments = {name.removeprefix(ARGUMENT_PREFIX): value for name, value in queue["arguments"].items()}
    policy = queue.get("effective_policy_definition") or {}
    limits = {**policy, **arguments}
    moved = limits.get("dead-letter-routing-key") == dead_letter_queue != queue["name"]
    return [*_queue_risks(queue, limits), *([] if moved else _message_risks(queue, limits))]


def _queue_risks(queue: dict[str, Any], limits: dict[str, Any]) -> list[str]:
    risks = []
    if not queue["durable"]:
        risks.append("it does not survive a restart of the broker")
    if queue.get("auto_delete") or queue.get("exclusive"):
        risks.append("it is deleted with its last consumer")
    if "expires" in limits:
        risks.append(f"expires={limits['expires']} deletes it when it is unused for so many milliseconds")
    return risks


def _message_risks(queue: dict[str, Any], limits: dict[str, Any]) -> list[str]:
    risks = []
    if "message-ttl" in limits:
        risks.append(f"message-ttl={limits['message-ttl']} drops messages after so many milliseconds")
    rejects = str(limits.get("overflow", "")).startswith("reject-publish")
    effect = "rejects further messages, so that consumers stop" if rejects else "drops the oldest messages"
    risks += [f"{name}={limits[name]} {effect}" for name in LENGTHS if name in limits]
    delivery_limit = queue.get("delivery_limit", limits.get("delivery-limit"))
    is_number = isinstance(delivery_limit, int)  # the broker reports a missing limit as "unlimited" or -1
    if queue.get("type") == QUORUM and is_number and delivery_limit in range(MIN_DELIVERY_LIMIT):
        risks.append(f"delivery-limit={delivery_limit} drops a message that is requeued so often")
    if "dead-letter-exchange" in limits:
        risks.append(f"dead-letter-exchange={limits['dead-letter-exchange']!r} moves messages elsewhere")
    return risks
