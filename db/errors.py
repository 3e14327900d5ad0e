"""The database's errors, as this project distinguishes them."""

from runtime.errors import ServiceUnavailable


class StoreUnavailable(ServiceUnavailable):
    """The database does not answer, or cannot execute the statement now."""


class StoreTimeout(StoreUnavailable):
    """The database answers, but did not execute the statement within the time limit."""


class PermissionDenied(StoreUnavailable):
    """The database role lacks a privilege."""


class InvalidData(Exception):
    """The database will never accept this data; the message is the server's or the driver's."""
