"""A real SMTP server that requires STARTTLS and a login, as providers of e-mail do."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from tests.tls import HOST, Certificate, server_context
from tests.waiting import DEADLINE_SECONDS

USER, PASSWORD = "alerts", "sm+p/s3cret"
RECIPIENT = "ann@example.org"
REFUSED = "550 5.7.1 refused"


class SmtpServer:
    """Accepts e-mails; a response in `responses` is sent instead, one per e-mail."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.responses: list[str] = []

    @property
    def url(self) -> str:
        """The address of the recipient, as Apprise has it."""
        return f"mailtos://{USER}:sm%2Bp%2Fs3cret@{HOST}:{self.port}?from=sensors@example.org&to={RECIPIENT}"

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.responses:
            return self.responses.pop(0)
        content = cast("bytes", envelope.content)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of an e-mail."""
    part = mail.get_body(("plain", "html"))
    assert part
    return str(part.get_content()).replace("\r\n", "\n").strip()


def _authenticate(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    is_known = isinstance(login, LoginPassword) and login == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


@contextmanager
def smtp_server(certificate: Certificate) -> Iterator[SmtpServer]:
    """Run a server while the block runs."""
    mailbox = SmtpServer()
    loop = asyncio.new_event_loop()

    def connection() -> SMTP:
        return SMTP(
            mailbox,
            tls_context=server_context(certificate),
            require_starttls=True,
            auth_required=True,
            authenticator=_authenticate,
            loop=loop,
        )

    async def listen() -> asyncio.Server:
        return await loop.create_server(connection, "127.0.0.1", 0)

    async def close(server: asyncio.Server) -> None:
        server.close()
        await _cancel_others()

    # Not in this thread: Playwright runs a loop in it.
    thread = threading.Thread(target=loop.run_forever, name="smtp", daemon=True)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(listen(), loop).result(DEADLINE_SECONDS)
        mailbox.port = int(server.sockets[0].getsockname()[1])
        yield mailbox
        asyncio.run_coroutine_threadsafe(close(server), loop).result(DEADLINE_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_SECONDS)
        loop.close()


async def _cancel_others() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
