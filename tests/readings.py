"""Messages as sensors send them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4


def reading(sensor_id: str = "1", temperature: float = 21.5, **more: Any) -> dict[str, Any]:
    """A new reading of now, as the body of a message."""
    return {
        "reading_id": str(uuid4()),
        "sensor_id": sensor_id,
        "measured_at": datetime.now(UTC).isoformat(),
        "temperature": temperature,
        **more,
    }
