"""What lets the broker drop the messages of a queue."""

from typing import Any

import pytest

from messaging.management.limits import drop_risks

QUEUE: dict[str, Any] = {
    "name": "heat",
    "type": "quorum",
    "durable": True,
    "arguments": {"x-queue-type": "quorum"},
}
DEAD = QUEUE | {"name": "heat.dead"}
OURS = {"dead-letter-exchange": "", "dead-letter-routing-key": "heat.dead", "delivery-limit": 1000}


def risks(queue: dict[str, Any], **changed: Any) -> list[str]:
    return drop_risks(queue | changed, dead_letter_queue="heat.dead")


@pytest.mark.parametrize(
    ("changed", "risk"),
    [
        ({"arguments": {"x-message-ttl": 5}}, "message-ttl=5 drops"),
        ({"effective_policy_definition": {"message-ttl": 0}}, "message-ttl=0 drops"),
        ({"effective_policy_definition": {"max-length": 9}}, "max-length=9 drops the oldest"),
        ({"effective_policy_definition": {"max-length-bytes": 9}}, "max-length-bytes=9 drops the oldest"),
        ({"arguments": {"x-max-length": 9, "x-overflow": "drop-head"}}, "max-length=9 drops the oldest"),
        (
            {"effective_policy_definition": {"max-length": 9, "overflow": "reject-publish"}},
            "max-length=9 rejects further messages",
        ),
        ({"effective_policy_definition": {"expires": 9}}, "expires=9 deletes it"),
        ({"arguments": {"x-expires": 9}}, "expires=9 deletes it"),
        ({"effective_policy_definition": {"dead-letter-exchange": "dlx"}}, "'dlx' moves messages elsewhere"),
        ({"delivery_limit": 20}, "delivery-limit=20 drops"),
        ({"effective_policy_definition": {"delivery-limit": 3}}, "delivery-limit=3 drops"),
        ({"durable": False}, "restart"),
        ({"auto_delete": True}, "last consumer"),
        ({"exclusive": True}, "last consumer"),
    ],
)
def test_each_path_by_which_a_dead_letter_is_dropped_is_found(changed: dict[str, Any], risk: str) -> None:
    [found] = risks(DEAD, **changed)

    assert risk in found


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"effective_policy_definition": None},
        {"effective_policy_definition": {"delivery-limit": 2**31 - 1, "overflow": "reject-publish"}},
        {"delivery_limit": -1},
        {"delivery_limit": "unlimited"},
        {"type": "classic", "effective_policy_definition": {"delivery-limit": 3}},
    ],
)
def test_a_dead_letter_queue_without_limits_has_no_risk(changed: dict[str, Any]) -> None:
    assert risks(DEAD, **changed) == []


def test_what_the_broker_moves_to_the_dead_letter_queue_is_not_dropped() -> None:
    limits = OURS | {"message-ttl": 5, "max-length": 9, "delivery-limit": 3}

    assert risks(QUEUE, effective_policy_definition=limits) == []
    assert len(risks(QUEUE, effective_policy_definition={"message-ttl": 5, "max-length": 9})) == 2
    assert len(risks(QUEUE, effective_policy_definition=OURS | {"expires": 5})) == 1


def test_dead_letters_that_return_to_their_own_queue_are_dropped_by_the_broker() -> None:
    assert len(risks(DEAD, effective_policy_definition=OURS | {"message-ttl": 5})) == 2
