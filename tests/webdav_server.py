"""A real WebDAV server (wsgidav) on 127.0.0.1, whose answers a test can replace, delay or lose."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from tests.waiting import DEADLINE_SECONDS

USER, PASSWORD = "reporter", "geheim-9"
Environ = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to the next requests of a method: answered instead, lost afterwards, or cut off.

    With `is_lost` the request is executed, and the answer is replaced by 502. `then` runs after the request.
    """

    method: str
    status: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    times: int = 1
    is_lost: bool = False
    cut_at: int | None = None
    then: Callable[[], object] = lambda: None
    path: str = ""


@dataclass
class DavServer:
    """The files of the server, the requests that it received, and the faults to come."""

    root: Path
    port: int = 0
    requests: list[Environ] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answer: Callable[[Environ], Fault | None] = lambda _environ: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def files(self, folder: str = "") -> list[str]:
        """Return the paths of all files below a folder, sorted."""
        top = self.root / folder
        return sorted(str(file.relative_to(top)) for file in top.rglob("*") if file.is_file())

    def methods(self) -> list[str]:
        return [request["REQUEST_METHOD"] for request in self.requests]

    def take_fault(self, environ: Environ) -> Fault | None:
        for number, fault in enumerate(self.faults):
            if fault.method == environ["REQUEST_METHOD"] and fault.path in environ["PATH_INFO"]:
                del self.faults[number]
                if fault.times > 1:
                    rest = Fault(**{**vars(fault), "times": fault.times - 1})
                    self.faults.insert(number, rest)
                return fault
        return self.answer(environ)


class _Faulty:
    """The server's application, with the faults around it."""

    def __init__(self, server: DavServer, app: Any) -> None:
        self._server, self._app = server, app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self._server.requests.append(dict(environ))
        fault = self._server.take_fault(environ)
        if fault is None:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        if fault.status and not fault.is_lost:
            start_response(fault.status, [*fault.headers, ("Content-Length", str(len(fault.body)))])
            fault.then()
            return [fault.body]
        body = self._app(environ, _discard if fault.is_lost else start_response)
        return self._pass(fault, body, start_response)

    def _pass(self, fault: Fault, body: Iterable[bytes], start_response: Any) -> Iterator[bytes]:
        sent = b"".join(body)
        getattr(body, "close", lambda: None)()
        fault.then()
        if fault.is_lost:
            start_response("502 Bad Gateway", [("Content-Length", "0")])
            yield b""
        else:
            yield sent[: fault.cut_at]
            if fault.cut_at is not None:
                raise ConnectionAbortedError  # the server closes the connection


def _discard(*_response: Any, **_options: Any) -> Callable[[bytes], None]:
    return lambda _data: None


@contextmanager
def webdav_server(root: Path, port: int = 0) -> Iterator[DavServer]:
    """Serve a folder while the block runs."""
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(root)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {
                "accept_basic": True, "accept_digest": False, "default_to_digest": False,
            },
            "verbose": 0,
            "logging": {"enable": False},
        }
    )  # fmt: skip
    server = DavServer(root)
    serving = wsgi.Server(("127.0.0.1", port), _Faulty(server, app), numthreads=4)
    serving.error_log = _discard  # type: ignore[method-assign, assignment]
    serving.prepare()
    server.port = serving.bind_addr[1]
    thread = threading.Thread(target=serving.serve, name="webdav", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        serving.stop()
        thread.join(DEADLINE_SECONDS)
