"""Names the problem behind an error, for programs that run into an outage themselves."""

from db.errors import StoreTimeout, StoreUnavailable
from messaging.errors import BrokerUnavailable
from messaging.management.client import ManagementUnavailable
from monitoring.problems import ProblemKind
from runtime.errors import ServiceUnavailable


def problem_kind(error: ServiceUnavailable) -> ProblemKind | None:
    """Return the kind of the problem that `sensorctl status` reports for this error."""
    if isinstance(error, ManagementUnavailable):
        return ProblemKind.MANAGEMENT_API_DOWN
    if isinstance(error, BrokerUnavailable):
        return ProblemKind.BROKER_DOWN
    if isinstance(error, StoreTimeout):
        return ProblemKind.DATABASE_SLOW
    return ProblemKind.DATABASE_DOWN if isinstance(error, StoreUnavailable) else None
