"""Certificates made on the spot, and a TLS listener in front of a server."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import DEADLINE_SECONDS

HOST = "localhost"
CHUNK_BYTES = 65_536
POSTGRES_SSL_REQUEST_BYTES = 8
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Certificate:
    """A PEM file and its key's."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority of a test's own."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self.own = Certificate(directory / f"{name}.pem", directory / f"{name}.key")
        _openssl(
            "req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}",
            "-keyout", self.own.key, "-out", self.own.certificate,
        )  # fmt: skip

    @property
    def file(self) -> str:
        """What a client is told to trust."""
        return str(self.own.certificate)

    def issue(self, name: str) -> Certificate:
        """A certificate for this host name, or for a client of this name."""
        made = Certificate(
            self._directory / f"{name} of {self._name}.pem", self._directory / f"{name} of {self._name}.key"
        )
        request, extension = self._directory / "request", self._directory / "extension"
        extension.write_text(f"subjectAltName=DNS:{name}\n")
        _openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", made.key, "-out", request)
        _openssl(
            "x509", "-req", "-in", request, "-days", "2", "-CA", self.own.certificate, "-CAkey", self.own.key,
            "-CAcreateserial", "-extfile", extension, "-out", made.certificate,
        )  # fmt: skip
        return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def server_context(certificate: Certificate, clients: Authority | None = None) -> ssl.SSLContext:
    """A server with this certificate, which asks its clients for one of `clients` if that is given."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients.file)
    return context


@contextmanager
def tls_proxy(target: tuple[str, int], context: ssl.SSLContext, *, postgres: bool = False) -> Iterator[int]:
    """Listen for TLS on a port of this machine, and pass on to `target`; gives the port.

    PostgreSQL's clients ask for TLS before it begins.
    """
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer.transport]
        try:
            if postgres:
                await reader.readexactly(POSTGRES_SSL_REQUEST_BYTES)
                writer.write(b"S")
                await writer.start_tls(context)
                ends.append(writer.transport)
            there_reader, there_writer = await asyncio.open_connection(*target)
            ends.append(there_writer.transport)
            await asyncio.gather(_pass_on(reader, there_writer), _pass_on(there_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client's refusal is what the tests look at
        finally:
            for end in ends:
                end.abort()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=None if postgres else context)

    server = loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, name="tls", daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(DEADLINE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_SECONDS)
        loop.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
