"""Requests to the management API, which every node of the broker has."""

import ssl
from typing import Any

import httpx2

from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings


class ManagementUnavailable(BrokerUnavailable):
    """The management API does not respond, or denies access."""


class ManagementRefused(ManagementUnavailable):
    """The management API rejects the request."""


class StatisticsMissing(ManagementUnavailable):
    """The broker has no statistics of an object yet, which is a few seconds old."""


class NotFound(ManagementUnavailable):
    """The requested object does not exist."""


class ManagementApi:
    """Sends each request to the node that answered last, and to the others if that fails. Not thread-safe."""

    def __init__(self, settings: BrokerSettings, login: tuple[str, str], timeout_seconds: float) -> None:
        self._urls = settings.management_urls
        self._login = login
        # Of several nodes, one that is down must leave time for the others.
        self._timeout = httpx2.Timeout(timeout_seconds, connect=timeout_seconds / len(self._urls))
        # False: loading the trusted authorities takes longer than a request that does not need them.
        is_encrypted = any(url.startswith("https:") for url in self._urls)
        self._tls: ssl.SSLContext | bool = settings.tls_context() if is_encrypted else False

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the response to a request, which may be sent to several nodes one after another.

        Raises:
            NotFound: When there is no such object.
            ManagementRefused: When the request is rejected.
            ManagementUnavailable: When no node answers it.
        """
        errors = []
        for url in self._urls:
            try:
                response = self._request(url, method, path, body)
            except ManagementUnavailable as error:
                errors.append(str(error))
                continue
            self._urls = [url, *(other for other in self._urls if other != url)]
            return _read(url, response)
        raise ManagementUnavailable("; ".join(errors))

    def _request(self, url: str, method: str, path: str, body: dict[str, Any] | None) -> httpx2.Response:
        try:
            # Proxy settings of the environment are not meant for the broker.
            with httpx2.Client(verify=self._tls, timeout=self._timeout, trust_env=False) as client:
                response = client.request(method, url + path, json=body, auth=self._login)
        except (httpx2.HTTPError, OSError, ValueError) as error:
            raise ManagementUnavailable(f"{url}: {error}") from error
        if response.is_server_error:
            raise ManagementUnavailable(f"{url}: {_describe(response)}")
        return response


def _read(url: str, response: httpx2.Response) -> Any:
    if not response.is_success:
        types = {400: ManagementRefused, 401: ManagementRefused, 403: ManagementRefused, 404: NotFound}
        raise types.get(response.status_code, ManagementUnavailable)(_describe(response))
    try:
        return response.json() if response.content else None
    except ValueError as error:
        raise ManagementUnavailable(f"{url}: {error}") from error


def _describe(response: httpx2.Response) -> str:
    return f"the management API responds {response.status_code} {response.reason_phrase}"
