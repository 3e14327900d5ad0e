"""How many consumers the queue requires: the formula of KEDA and of Kubernetes' autoscaler.

KEDA starts the first replica and stops the last one; between them, Kubernetes' HorizontalPodAutoscaler scales
by the target type AverageValue: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/.
"""

from collections import deque
from math import ceil

from scaler.rules import ScalingRules

# The share by which the messages per replica may differ from `value` without a change.
TOLERANCE = 0.1


def proportional_replicas(rules: ScalingRules, messages: int, replicas: int) -> int:
    """Return how many replicas these ready messages require, where `replicas` run, within the bounds.

    The lower bound is at least 1: zero is decided by the cooldown period, not by this.
    """
    expected = rules.scaler_value * replicas
    fits = abs(messages - expected) <= TOLERANCE * expected
    required = replicas if fits else ceil(messages / rules.scaler_value)
    return min(max(required, rules.scaler_min_replica_count, 1), rules.scaler_max_replica_count)


class Autoscaler:
    """Decides the number of replicas from one reading of the queue after the other.

    It scales up at once. It scales down to the highest number that was required within the stabilization
    window, so that a backlog that comes and goes does not stop and start consumers each time.
    """

    def __init__(self, rules: ScalingRules) -> None:
        self._rules = rules
        self._required: deque[tuple[float, int]] = deque()
        self._active_at: float | None = None

    def decide(self, now: float, messages: int, replicas: int) -> int:
        """Return the number of replicas to run; `now` is in seconds of a clock that never goes back."""
        rules = self._rules
        if not self._required:  # what an earlier process decided holds for one window
            self._required.append((now, min(replicas, rules.scaler_max_replica_count)))
        required = proportional_replicas(rules, messages, replicas)
        self._required.append((now, required))
        while self._required[0][0] < now - rules.scaler_stabilization_window_seconds:
            self._required.popleft()
        stabilized = max(count for _, count in self._required)
        desired = min(max(replicas, required), stabilized)
        return self._with_zero(now, messages, replicas, desired)

    def _with_zero(self, now: float, messages: int, replicas: int, desired: int) -> int:
        """Return 0 instead while no replica is required, where the rules allow that."""
        if self._rules.scaler_min_replica_count > 0:
            return desired
        if messages > self._rules.scaler_activation_value:
            self._active_at = now
            return desired
        if self._active_at is None:
            self._active_at = now
        if replicas == 0 or now - self._active_at >= self._rules.scaler_cooldown_period:
            return 0
        return desired
