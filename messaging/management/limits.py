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
    limits = _limits(queue)
    moved = _moves_to(dead_letter_queue, queue, limits)
    return [*_queue_risks(queue, limits), *([] if moved else _message_risks(queue, limits))]


def drops_by_age_or_length(queue: dict[str, Any], *, dead_letter_queue: str) -> list[str]:
    """Return those of `drop_risks` that drop messages of consumers that are only slow, or stopped."""
    limits = _limits(queue)
    if _moves_to(dead_letter_queue, queue, limits):
        return []
    return [*_age_risks(limits), *([] if _rejects(limits) else _length_risks(limits))]


def _limits(queue: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments and the effective policy; an argument is stronger."""
    arguments = queue.get("arguments") or {}  # the API omits them for a queue that was just declared
    policy = queue.get("effective_policy_definition") or {}
    return {**policy, **{name.removeprefix(ARGUMENT_PREFIX): value for name, value in arguments.items()}}


def _moves_to(dead_letter_queue: str, queue: dict[str, Any], limits: dict[str, Any]) -> bool:
    return bool(limits.get("dead-letter-routing-key") == dead_letter_queue != queue.get("name"))


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
    risks = [*_age_risks(limits), *_length_risks(limits)]
    delivery_limit = queue.get("delivery_limit", limits.get("delivery-limit"))
    is_number = isinstance(delivery_limit, int)  # the broker reports a missing limit as "unlimited" or -1
    if queue.get("type") == QUORUM and is_number and delivery_limit in range(MIN_DELIVERY_LIMIT):
        risks.append(f"delivery-limit={delivery_limit} drops a message that is requeued so often")
    if "dead-letter-exchange" in limits:
        risks.append(f"dead-letter-exchange={limits['dead-letter-exchange']!r} moves messages elsewhere")
    return risks


def _age_risks(limits: dict[str, Any]) -> list[str]:
    ttl = limits.get("message-ttl")
    return [] if ttl is None else [f"message-ttl={ttl} drops messages after so many milliseconds"]


def _length_risks(limits: dict[str, Any]) -> list[str]:
    drops, rejects = "drops the oldest messages", "rejects further messages, so that consumers stop"
    effect = rejects if _rejects(limits) else drops
    return [f"{name}={limits[name]} {effect}" for name in LENGTHS if name in limits]


def _rejects(limits: dict[str, Any]) -> bool:
    return str(limits.get("overflow", "")).startswith("reject-publish")
