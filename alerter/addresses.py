"""The addresses of people's receivers: `NAME=URL`, as e-mail, ntfy, Slack and others have them."""

import re
from collections.abc import Iterator

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
ADDRESS = re.compile(r"([^=:/]*)=(.+)")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+-]*://.+")
BROKER = "broker"  # the receiver of the notifications on the exchange, and the dependency
WEBHOOK = "webhook"


def parse_addresses(value: str) -> dict[str, str]:
    """Return the URL of each name; lines that start with # are comments.

    Raises:
        ValueError: When an address has no name, a name that is used already, or no URL. No message contains
            a URL.
    """
    addresses: dict[str, str] = {}
    for number, address in enumerate(_addresses(value), start=1):
        match = ADDRESS.fullmatch(address)
        if match is None:
            raise ValueError(
                f"address {number} has no name: write NAME=URL, such as phone=ntfys://ntfy.sh/my-topic; "
                "write spaces within a URL as %20"
            )
        name, url = match[1], match[2]
        _check_name(number, name, addresses)
        if not URL.fullmatch(url):
            raise ValueError(
                f"the address of {name} is no URL: write {name}=SCHEME://…, such as "
                f"{name}=ntfys://ntfy.sh/my-topic"
            )
        addresses[name] = url
    return addresses


def _addresses(value: str) -> Iterator[str]:
    for line in value.splitlines():
        if not line.lstrip().startswith("#"):
            yield from line.split()


def _check_name(number: int, name: str, others: dict[str, str]) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(
            f"the name of address {number} must have 1 to 40 letters, digits, hyphens, dots and underscores"
        )
    if name in (BROKER, WEBHOOK):
        raise ValueError(f"address {number} must have another name: {name} is a receiver already")
    if name in others:
        raise ValueError(f"the name {name} is used twice: give each address a name of its own")
