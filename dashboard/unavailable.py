"""What clients see of an outage of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.errors import StoreUnavailable
from runtime.errors import ServiceUnavailable


@contextmanager
def nothing_changed() -> Iterator[None]:
    """Say what a failure of the database means for the change in the block.

    Raises:
        ServiceUnavailable: The database did not answer.
    """
    try:
        yield
    except StoreUnavailable as error:
        raise ServiceUnavailable(
            f"The database does not answer: {error}. Nothing was changed; try again in a moment."
        ) from error
