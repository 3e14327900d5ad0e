"""What the database can answer, as this project names it."""

from service.errors import ServiceUnavailable


class StoreUnavailable(ServiceUnavailable):
    """The database does not answer, or cannot do its work now."""


class NotPermitted(StoreUnavailable):
    """The database does not let this role do it."""


class DataRejected(Exception):
    """The database will never take this data; the message is its own."""
