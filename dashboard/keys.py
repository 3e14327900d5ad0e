"""The keys of the page and the API, for administrators."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from dashboard.models import Model
from dashboard.resources import Shared, require_database
from dashboard.unavailable import nothing_changed
from db.queries.keys import ApiKey
from runtime.access import MAX_NAME_CHARACTERS, NewKey, Role, generate_key, hash_secret
from runtime.text_fields import Text
from web.auth import requires
from web.dependencies import Actor, Auth
from web.errors import INVALID_INPUT

router = APIRouter(prefix="/api/keys")
Name = Annotated[Text, Path(description="The name of the key", max_length=MAX_NAME_CHARACTERS)]


class Key(Model):
    """A key, without the key itself."""

    name: str
    role: Role
    created_at: datetime
    created_by: str
    last_used_at: Annotated[datetime | None, Field(description="To the minute; null: never")]
    revoked_at: Annotated[datetime | None, Field(description="Null: it is valid")]


class CreatedKey(Key):
    """A new key."""

    key: Annotated[str, Field(description="The key itself, which is shown this once")]


class KeyList(Model):
    """Every key, oldest first."""

    keys: list[Key]


@router.get("", dependencies=[Depends(require_database)], **requires(Role.ADMIN))
def list_keys(resources: Shared) -> KeyList:
    """Return every key, also those that were revoked."""
    return KeyList(keys=[Key(**_fields(key)) for key in resources.keys.read_all()])


@router.post("", status_code=HTTPStatus.CREATED, responses=INVALID_INPUT, **requires(Role.ADMIN))
def create_key(resources: Shared, auth: Auth, actor: Actor, request: NewKey) -> CreatedKey:
    """Create a key. The response contains it, and nothing else ever does."""
    key = generate_key()
    with nothing_changed():
        created = resources.keys.create(actor, request.name, request.role, hash_secret(key))
    auth.ring.refresh(max_age_seconds=0.0)
    return CreatedKey(**_fields(created), key=key)


# The name of a key may contain slashes.
@router.delete("/{name:path}", responses=INVALID_INPUT, **requires(Role.ADMIN))
def revoke_key(resources: Shared, auth: Auth, actor: Actor, name: Name) -> Key:
    """End a key and every login with it."""
    with nothing_changed():
        revoked = resources.keys.revoke(actor, name)
    auth.ring.refresh(max_age_seconds=0.0)
    return Key(**_fields(revoked))


def _fields(key: ApiKey) -> dict[str, object]:
    return {name: value for name, value in key._asdict().items() if name in Key.model_fields}
