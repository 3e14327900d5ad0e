"""What the database can answer, as this project names it."""

from runtime.errors import ServiceUnavailable


class StoreUnavailable(ServiceUnavailable):
    """The database does not answer, or cannot do its work now."""


class PermissionDenied(StoreUnavailable):
    """The database does not let this role do it."""


class InvalidData(Exception):
    """The database will never take this data; the message is its own."""
