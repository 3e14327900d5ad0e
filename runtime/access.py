"""Who may do what: the roles, and the random keys that carry them."""

import hashlib
import secrets
import unicodedata
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_NAME_CHARACTERS = 100
SECRET_BYTES = 32
# Lets people, and programs that search for secrets in files, recognise a key.
KEY_PREFIX = "sensors_"


class Role(StrEnum):
    """What a key permits. Each role includes those before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Return whether this role permits what the other one does."""
        order = list(Role)
        return order.index(self) >= order.index(other)


def _check_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    if name != name.strip() or not name.isprintable():
        raise ValueError("must neither begin nor end with a space, nor contain control characters")
    return name


KeyName = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME_CHARACTERS, description="Its name, which the audit shows"),
    AfterValidator(_check_name),
]


class NewKey(BaseModel):
    """A key to create."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: KeyName
    role: Annotated[Role, Field(description="What it permits")]


class ValidKey(NamedTuple):
    """A key that is not revoked."""

    key_id: int
    name: str
    role: Role
    hash: bytes


class ValidSession(NamedTuple):
    """A session that has not ended, and how long it lasts."""

    hash: bytes
    key_id: int
    seconds: float


def generate_key() -> str:
    """Return a new random key of 256 bits."""
    return KEY_PREFIX + generate_secret()


def generate_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """Return the hash of a key or a session, by which it is found.

    SHA-256 suffices, without a salt, since 256 random bits can neither be guessed nor listed beforehand. A
    slow hash, which passwords need, would cost each request a tenth of a second.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
