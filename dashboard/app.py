"""The dashboard as a web application: the page, its API, and the endpoints that every service has."""

from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard.api import Api
from dashboard.auth import own_names, protected
from dashboard.openapi import describe
from runtime.health import Health
from runtime.http_server import livez, readyz

PAGE = Path(__file__).parent / "page"


def application(api: Api, health: Health, hosts: Sequence[str]) -> Starlette:
    """Everything. Probes and metrics may be asked for by any name of the host, as those who ask them do."""
    description = describe(api.operations())

    def page(_request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    def openapi(_request: Request) -> Response:
        return JSONResponse(description)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def live(_request: Request) -> Response:
        status, answer = livez(health)
        return JSONResponse(answer, status)

    async def ready(_request: Request) -> Response:
        status, answer = readyz(health)
        return JSONResponse(answer, status)

    guarded = [
        Route("/", page),
        Route("/openapi.json", openapi),
        *api.routes(),
        Mount("/static", StaticFiles(directory=PAGE)),
    ]
    return Starlette(
        routes=[
            Route("/livez", live),
            Route("/readyz", ready),
            Route("/metrics", metrics),
            Mount("/", routes=guarded, middleware=[own_names(hosts)]),
        ],
        middleware=[protected()],
    )
