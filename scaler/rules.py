"""When to scale: the settings that KEDA and Kubernetes have under the same names."""

from typing import Self

from pydantic import Field, model_validator

from runtime.settings import Settings

MAX_REPLICAS = 100


class ScalingRules(Settings):
    """KEDA's fields of a `ScaledObject` with the trigger `rabbitmq` in the mode `QueueLength`."""

    scaler_min_replica_count: int = Field(
        default=1,
        ge=0,
        le=MAX_REPLICAS,
        description="The fewest consumers; 0: none while nothing waits (KEDA's `minReplicaCount`)",
    )
    scaler_max_replica_count: int = Field(
        default=5, ge=1, le=MAX_REPLICAS, description="The most consumers (KEDA's `maxReplicaCount`)"
    )
    scaler_value: int = Field(
        default=500, ge=1, description="Ready messages in the queue for each consumer (KEDA's `value`)"
    )
    scaler_activation_value: int = Field(
        default=0,
        ge=0,
        description=(
            "With `SCALER_MIN_REPLICA_COUNT=0`: the first consumer is started when more messages are ready "
            "(KEDA's `activationValue`)"
        ),
    )
    scaler_cooldown_period: float = Field(
        default=300,
        ge=0,
        le=86_400,
        description=(
            "With `SCALER_MIN_REPLICA_COUNT=0`: seconds after the last activity until the last consumer is "
            "stopped (KEDA's `cooldownPeriod`)"
        ),
    )
    scaler_stabilization_window_seconds: float = Field(
        default=300,
        ge=0,
        le=3600,
        description=(
            "Consumers are stopped down to the most that were required within so many seconds "
            "(`scaleDown.stabilizationWindowSeconds` of Kubernetes)"
        ),
    )
    scaler_polling_interval: float = Field(
        default=5,
        ge=0.1,
        le=60,
        description="Seconds between two readings of the queue's length (KEDA's `pollingInterval`)",
    )

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.scaler_min_replica_count > self.scaler_max_replica_count:
            raise ValueError(
                f"SCALER_MIN_REPLICA_COUNT is {self.scaler_min_replica_count}: must be at most "
                f"SCALER_MAX_REPLICA_COUNT, which is {self.scaler_max_replica_count}"
            )
        return self
