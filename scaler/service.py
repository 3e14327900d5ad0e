"""The loop of the scaler: reads the queue, and changes the number of consumers where that is required."""

import time
from collections.abc import Callable
from typing import Protocol

from messaging.errors import BrokerUnavailable
from runtime.lifecycle import ShutdownSignal
from scaler.autoscaler import Autoscaler
from scaler.replicas import Replicas, TargetUnavailable
from scaler.telemetry import BROKER, TARGET, ScalerTelemetry

# A connection that is used less often is closed in between: nothing sends its heartbeats.
MAX_IDLE_SECONDS = 10


class Queue(Protocol):
    """The queue whose length decides."""

    def count(self) -> int:
        """Return the number of ready messages.

        Raises:
            BrokerUnavailable: When the broker does not answer.
        """
        ...

    def close(self) -> None:
        """Close the connection; the next count opens one."""


class ScalerService:
    """Reads and scales. While the broker or the target is down, the number of consumers stays as it is."""

    def __init__(
        self,
        queue: Queue,
        replicas: Replicas,
        autoscaler: Autoscaler,
        telemetry: ScalerTelemetry,
        connect_timeout_seconds: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._replicas, self._autoscaler = queue, replicas, autoscaler
        self._telemetry, self._clock = telemetry, clock
        self._give_up_at = clock() + connect_timeout_seconds if connect_timeout_seconds else None

    def run(self, stop: ShutdownSignal, interval_seconds: float) -> None:
        """Read and scale every `interval_seconds`, until the shutdown.

        Raises:
            BrokerUnavailable: When the broker was never reached within the time-out.
        """
        while True:
            self.step()
            if interval_seconds > MAX_IDLE_SECONDS:
                self._queue.close()
            if stop.wait(interval_seconds):
                return

    def step(self) -> None:
        """Read the queue and the number of consumers once, and change the number if that is required.

        Raises:
            BrokerUnavailable: When the broker was never reached within the time-out.
        """
        self._telemetry.progress()
        try:
            messages = self._queue.count()
        except BrokerUnavailable as error:
            self._telemetry.dependency_down(BROKER, str(error))
            if self._give_up_at is not None and self._clock() >= self._give_up_at:
                raise
            return
        self._give_up_at = None
        self._telemetry.dependency_up(BROKER)
        try:
            self._scale(messages)
        except TargetUnavailable as error:
            self._telemetry.dependency_down(TARGET, str(error))
        else:
            self._telemetry.dependency_up(TARGET)

    def _scale(self, messages: int) -> None:
        replicas = self._replicas.read()
        self._telemetry.measured(messages, replicas)
        desired = self._autoscaler.decide(self._clock(), messages, replicas)
        if desired != replicas:
            self._replicas.request(desired)
            self._telemetry.scaled(messages, replicas, desired)
