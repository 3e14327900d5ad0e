"""The translation of the driver's errors into this project's."""

from contextlib import AbstractContextManager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.errors import ConnectionLost, InvalidData, PermissionDenied, StoreTimeout, StoreUnavailable
from runtime.errors import ErrorTranslator, InvalidInput

# SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation), see
# https://www.postgresql.org/docs/17/errcodes-appendix.html. The same data would fail on every attempt.
DATA_ERROR_CLASSES = ("22", "23")
INSUFFICIENT_PRIVILEGE = "42501"
INVALID_PARAMETER_VALUE = "22023"  # with the column as the field: what a user entered is refused
QUERY_CANCELED = "57014"  # by statement_timeout
LOCK_NOT_AVAILABLE = "55P03"  # by lock_timeout
READ_ONLY_TRANSACTION = "25006"
READ_ONLY_HINT = (
    "; the server is a standby, or frozen by default_transaction_read_only: what is to be stored waits until "
    "a server accepts it"
)
# The driver has no SQLSTATE for a rejected connection. In another language the hint is missing.
CONNECTION_LIMITS = ("too many connections for", "sorry, too many clients", "remaining connection slots")
CONNECTION_LIMIT_HINT = (
    "; stop some clients, or raise max_connections of the server, of which setup gives each role a share, "
    "and run `sensorctl setup`"
)
# libpq does not say why OpenSSL rejects a certificate.
CERTIFICATE_REJECTED = "certificate verify failed"
CERTIFICATE_HINT = (
    ": the server's certificate has expired, or was issued by another authority than that in "
    "POSTGRES_SSLROOTCERT"
)
NOT_UNICODE = "a text is not UTF-8, or has half of a surrogate pair"
UNAVAILABLE_BY_STATE = {
    INSUFFICIENT_PRIVILEGE: PermissionDenied,
    QUERY_CANCELED: StoreTimeout,
    LOCK_NOT_AVAILABLE: StoreTimeout,
}


def translate_errors() -> AbstractContextManager[None]:
    """Translate errors of psycopg and SQLAlchemy.

    They become InvalidInput where a function of the schema refuses what a user entered, InvalidData for other
    data, and StoreUnavailable or a subclass of it for the rest.
    """
    return _ERROR_TRANSLATOR


def describe(error: psycopg.Error | SQLAlchemyError) -> str:
    """Return the server's or the driver's message on one line, without the statement and its parameters."""
    cause = _driver_error(error)
    message = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    state = sqlstate(cause)
    text = " ".join(str(message).split())
    if not state and any(reason in text for reason in CONNECTION_LIMITS):
        text += CONNECTION_LIMIT_HINT
    if text.endswith(CERTIFICATE_REJECTED):
        text += CERTIFICATE_HINT
    if state == READ_ONLY_TRANSACTION:
        return f"{text} (SQLSTATE {state}){READ_ONLY_HINT}"
    return f"{text} (SQLSTATE {state})" if state else text


def sqlstate(error: BaseException) -> str:
    """Return the SQLSTATE of a driver's error; empty for one without."""
    return getattr(error, "sqlstate", None) or ""


def _translate(error: BaseException) -> InvalidInput | InvalidData | StoreUnavailable | None:
    if isinstance(error, PoolTimeout):
        return StoreTimeout("other requests have waited for it for too long")
    if isinstance(error, UnicodeEncodeError):  # the driver's, of a lone surrogate
        return InvalidData(NOT_UNICODE)
    if not isinstance(error, psycopg.Error | SQLAlchemyError):
        return None
    cause = _driver_error(error)
    if isinstance(error, DBAPIError) and error.connection_invalidated and not sqlstate(cause):
        return ConnectionLost(describe(error))
    return _invalid_input(cause) or _error_type(cause)(describe(error))


def _invalid_input(error: BaseException) -> InvalidInput | None:
    if sqlstate(error) != INVALID_PARAMETER_VALUE or not isinstance(error, psycopg.Error):
        return None
    field, message = error.diag.column_name, error.diag.message_primary
    return InvalidInput(message, field) if field and message else None


def _error_type(error: BaseException) -> type[InvalidData | StoreUnavailable]:
    state = sqlstate(error)
    # Without an SQLSTATE the driver itself rejected a value, before it reached the server.
    if state.startswith(DATA_ERROR_CLASSES) if state else isinstance(error, psycopg.DataError):
        return InvalidData
    return UNAVAILABLE_BY_STATE.get(state, StoreUnavailable)


def _driver_error(error: BaseException) -> BaseException:
    """Return the driver's error if SQLAlchemy has wrapped one, else the error itself."""
    return (error.orig if isinstance(error, DBAPIError) else None) or error


_ERROR_TRANSLATOR = ErrorTranslator(_translate)
