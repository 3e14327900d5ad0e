"""What clients see of an outage of the database."""

from contextlib import AbstractContextManager

from db.errors import explain_unavailable


def nothing_changed() -> AbstractContextManager[None]:
    """Say what a failure of the database means for the change in the block.

    Raises:
        OutcomeUnknown: The database may have done it.
        ServiceUnavailable: The database did not answer.
    """
    return explain_unavailable(
        "Nothing was changed; try again in a moment.",
        if_lost="Whether it was changed is not known: look before you try again.",
    )
