"""The endpoints that every service has: /livez, /readyz and /metrics."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from runtime.health import Health
from runtime.http_server import livez, readyz


def create_probe_router(health: Health) -> APIRouter:
    """Create the routes of the probes and of Prometheus, which are no part of the API."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def get_liveness() -> JSONResponse:
        status, body = livez(health)
        return JSONResponse(body, status)

    @router.get("/readyz")
    async def get_readiness() -> JSONResponse:
        status, body = readyz(health)
        return JSONResponse(body, status)

    @router.get("/metrics")
    async def get_metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
