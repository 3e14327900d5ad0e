"""Certificates for tests, and a TLS proxy for a server without TLS."""

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
    """The PEM files of a certificate and its key."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """A certificate authority for tests."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self.own = Certificate(directory / f"{name}.pem", directory / f"{name}.key")
        _openssl(
            "req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",  # Python 3.13 requires it
            "-keyout", self.own.key, "-out", self.own.certificate,
        )  # fmt: skip

    @property
    def file(self) -> str:
        """The path of the certificate that clients trust."""
        return str(self.own.certificate)

    def issue(self, name: str, *, days: int = 2) -> Certificate:
        """Issue a certificate for a host or a client with this name; with negative days, it has expired."""
        issued = Certificate(
            self._directory / f"{name} of {self._name}.pem", self._directory / f"{name} of {self._name}.key"
        )
        request, extension = self._directory / "request", self._directory / "extension"
        extension.write_text(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\n")
        _openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", issued.key, "-out", request)
        _openssl(
            "x509", "-req", "-in", request, "-days", str(days),
            "-CA", self.own.certificate, "-CAkey", self.own.key, "-CAcreateserial",
            "-extfile", extension, "-out", issued.certificate,
        )  # fmt: skip
        return issued


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def server_context(certificate: Certificate, clients: CertificateAuthority | None = None) -> ssl.SSLContext:
    """Return the context of a server, which requires certificates of `clients` if it is given."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients.file)
    return context


@contextmanager
def tls_proxy(target: tuple[str, int], context: ssl.SSLContext, *, postgres: bool = False) -> Iterator[int]:
    """Accept TLS on a local port and forward to `target`; yield the port.

    PostgreSQL's clients send an SSLRequest before the handshake.
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
            target_reader, target_writer = await asyncio.open_connection(*target)
            ends.append(target_writer.transport)
            await asyncio.gather(_forward(reader, target_writer), _forward(target_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # the tests check the error that the client raises
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
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(DEADLINE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_SECONDS)
        loop.close()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
