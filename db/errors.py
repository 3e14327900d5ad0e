"""The database's errors, as this project distinguishes them."""

from collections.abc import Iterator
from contextlib import contextmanager

from runtime.errors import OutcomeUnknown, ServiceUnavailable


class StoreUnavailable(ServiceUnavailable):
    """The database does not answer, or cannot execute the statement now."""


class ConnectionLost(StoreUnavailable, OutcomeUnknown):
    """The connection was lost during a statement, which the database may have executed or may yet execute."""


class StoreTimeout(StoreUnavailable):
    """The database answers, but did not execute the statement within the time limit."""


class PermissionDenied(StoreUnavailable):
    """The database role lacks a privilege."""


class InvalidData(Exception):
    """The database will never accept this data; the message is the server's or the driver's."""


@contextmanager
def explain_unavailable(consequence: str, *, if_lost: str | None = None) -> Iterator[None]:
    """Say what a failure of the database means for a client of what the block does.

    `if_lost` is what it means where the database may have done it; unset: the same.

    Raises:
        OutcomeUnknown: The database may have done it.
        ServiceUnavailable: The database did not answer.
    """
    try:
        yield
    except ConnectionLost as error:
        raise OutcomeUnknown(_explain(error, if_lost or consequence)) from error
    except StoreUnavailable as error:
        raise ServiceUnavailable(_explain(error, consequence)) from error


def _explain(error: StoreUnavailable, consequence: str) -> str:
    reason = str(error).removesuffix(".")  # of the driver, which ends some with one
    return f"The database does not answer: {reason}. {consequence}"
