"""The recipients of a report: addresses of e-mail that each get an e-mail of their own."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

MAX_RECIPIENTS = 20
MAX_ADDRESS_CHARACTERS = 254
EXAMPLE = "ann@example.org"
# What SMTP servers accept without extensions; quoted names and addresses of hosts are rare, and refused.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def check_recipients(recipients: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses.

    Raises:
        ValueError: When one is no address, or is there twice.
    """
    for address in recipients:
        if len(address) > MAX_ADDRESS_CHARACTERS or not ADDRESS.fullmatch(address):
            hint = "" if address.isascii() else "; write a domain with other letters as xn--…"
            raise ValueError(f"{address!r} is no address such as {EXAMPLE}{hint}")
    folded = [address.casefold() for address in recipients]
    for address, name in zip(recipients, folded, strict=True):
        if folded.count(name) > 1:
            raise ValueError(f"{address} is there twice: write it once")
    return recipients


Recipients = Annotated[tuple[str, ...], Field(max_length=MAX_RECIPIENTS), AfterValidator(check_recipients)]
