"""Messages as sensors publish them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4


def reading(sensor_id: str = "1", temperature: float = 21.5, **fields: Any) -> dict[str, Any]:
    """Return the body of a message with a new reading, measured now."""
    return {
        "reading_id": str(uuid4()),
        "sensor_id": sensor_id,
        "measured_at": datetime.now(UTC).isoformat(),
        "temperature": temperature,
        **fields,
    }
