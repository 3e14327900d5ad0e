"""Errors as RFC 9457 problem details, https://www.rfc-editor.org/rfc/rfc9457."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from runtime.errors import InvalidInput, OutcomeUnknown, ServiceUnavailable
from runtime.text import to_valid_text
from runtime.validation_messages import validation_message
from web.security import SECURITY_HEADERS

PROBLEM_JSON = "application/problem+json"
Responses = dict[int | str, dict[str, Any]]


class ErrorResponse(BaseModel):
    """Why a request failed, as RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class InvalidInputResponse(ErrorResponse):
    """Why what was sent is refused. Nothing was changed."""

    field: Annotated[str | None, Field(description="The field or parameter that is refused")] = None


DEFAULT_ERROR_RESPONSE: Responses = {"default": {"model": ErrorResponse, "description": "Error"}}


def document_errors(*statuses: HTTPStatus, model: type[ErrorResponse] = ErrorResponse) -> Responses:
    """Return the `responses` of an operation that fails with these statuses, for its OpenAPI."""
    return {status.value: {"model": model, "description": status.phrase} for status in statuses}


# What every operation that requires a role may answer; its OpenAPI description gets these by itself.
ACCESS_STATUSES = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
INVALID_INPUT: Responses = {
    **document_errors(HTTPStatus.BAD_REQUEST),
    **document_errors(HTTPStatus.UNPROCESSABLE_ENTITY, model=InvalidInputResponse),
}


def error_response(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **extensions: Any
) -> JSONResponse:
    """Create the response for an error; `extensions` are members beyond those of ErrorResponse."""
    content = problem_details(status, detail) | extensions
    return JSONResponse(content, status, headers, media_type=PROBLEM_JSON)


def problem_details(status: HTTPStatus, detail: str) -> dict[str, Any]:
    """Return the members of an ErrorResponse."""
    return ErrorResponse(title=status.phrase, status=status, detail=detail).model_dump()


def add_error_handlers(app: FastAPI) -> None:
    """Let every error of the application have the same form."""
    app.add_exception_handler(HTTPException, _handle_http_exception)
    app.add_exception_handler(RequestValidationError, _handle_invalid_request)
    app.add_exception_handler(InvalidInput, _handle_invalid_input)
    app.add_exception_handler(ServiceUnavailable, _handle_unavailable)
    app.add_exception_handler(Exception, _handle_bug)


def _handle_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return error_response(HTTPStatus(error.status_code), error.detail, error.headers)


def _handle_invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    detail = "; ".join(_describe(item) for item in errors)
    if any(item["type"] == "json_invalid" for item in errors):
        return error_response(HTTPStatus.BAD_REQUEST, detail)
    names = [part for part in errors[0]["loc"][1:] if isinstance(part, str)]
    field = to_valid_text(names[0]) if names else None
    return error_response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, field=field)


def _handle_invalid_input(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InvalidInput)
    return error_response(HTTPStatus.UNPROCESSABLE_ENTITY, error.message, field=error.field)


def _describe(error: dict[str, Any]) -> str:
    """Return the place and the message of one validation error."""
    place = ".".join(str(part) for part in error["loc"])
    return to_valid_text(f"{place}: {validation_message(error)}")


def _handle_unavailable(_request: Request, error: Exception) -> JSONResponse:
    extensions: dict[str, Any] = {"outcome_unknown": True} if isinstance(error, OutcomeUnknown) else {}
    return error_response(HTTPStatus.SERVICE_UNAVAILABLE, str(error), **extensions)


def _handle_bug(_request: Request, _error: Exception) -> JSONResponse:
    """Respond before Starlette raises the error again, which logs it; no middleware sees this response."""
    detail = "The request failed because of a bug; the service's log has the traceback."
    return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, SECURITY_HEADERS)
