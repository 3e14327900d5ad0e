"""The FastAPI application that every web service starts from."""

from collections.abc import Sequence
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from runtime.health import Health
from runtime.version import VERSION
from web.auth import Authenticator
from web.compression import Compression
from web.dependencies import authorize
from web.errors import DEFAULT_ERROR_RESPONSE, add_error_handlers
from web.openapi import improve_openapi
from web.probes import create_probe_router
from web.security import AllowedHosts, SecurityHeaders

MAX_BODY_BYTES = 64 * 1024
# Metrics are Prometheus's, at /metrics; FastAPI's own instrumentation would cost time in each request.
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)


class WebService(FastAPI):
    """A FastAPI application with an improved OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, which is generated once."""
        if self.openapi_schema is None:
            self.openapi_schema = improve_openapi(super().openapi())
        return self.openapi_schema


def create_app(
    *,
    title: str,
    description: str,
    hosts: Sequence[str],
    auth: Authenticator,
    health: Health,
    inline_scripts: Sequence[str] = (),
) -> WebService:
    """Create an application with security headers, allowed hosts, access by role, uniform errors and probes.

    `inline_scripts` are the scripts within its pages, in addition to those of files.

    It serves /openapi.json but neither Swagger UI nor ReDoc: their pages load scripts from a CDN, which the
    content security policy forbids.
    """
    app = WebService(
        title=title,
        description=description,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        generate_unique_id_function=lambda route: route.name,
        responses=DEFAULT_ERROR_RESPONSE,
        dependencies=[Depends(authorize)],
        middleware=[
            Middleware(SecurityHeaders, inline_scripts=inline_scripts),
            Middleware(AllowedHosts, hosts=hosts),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES),
            Middleware(Compression),
        ],
    )
    app.state.auth = auth
    add_error_handlers(app)
    app.include_router(create_probe_router(health))
    return app
