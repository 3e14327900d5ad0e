"""Where the broker is and what the queue is called."""

from urllib.parse import quote

import pika
from pydantic import AliasChoices, Field, SecretStr, field_validator

from service.settings import Settings

# AMQP allows 255 bytes, and the dead queue's name is longer.
MAX_QUEUE_NAME_BYTES = 200


class BrokerSettings(Settings):
    """`RABBITMQ_URL` (or `AMQP_URL`) wins over the single variables."""

    rabbitmq_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("rabbitmq_url", "amqp_url")
    )
    rabbitmq_host: str = "127.0.0.1"
    rabbitmq_port: int = Field(default=5672, ge=1, le=65535)
    rabbitmq_user: str = "sensors"
    rabbitmq_pass: SecretStr = SecretStr("sensors")
    rabbitmq_vhost: str = "/"
    rabbitmq_management_url: str | None = None
    queue_name: str = Field(default="sensor_data", min_length=1, pattern=r"^[^\x00-\x1f]+$")

    @field_validator("queue_name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name.startswith("amq."):
            raise ValueError("must not begin with amq., which the broker keeps for itself")
        if len(name.encode()) > MAX_QUEUE_NAME_BYTES:
            raise ValueError(f"must have at most {MAX_QUEUE_NAME_BYTES} bytes in UTF-8")
        return name

    @field_validator("rabbitmq_url")
    @classmethod
    def _is_amqp(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not _is_usable(url.get_secret_value()):
            raise ValueError(
                "must look like amqp://user:password@host:5672/vhost, with signs such as / @ : # in the "
                "password percent-encoded"
            )
        return url

    @property
    def amqp_url(self) -> str:
        """The address with its password; never for a log."""
        if self.rabbitmq_url:
            return self.rabbitmq_url.get_secret_value()
        user = quote(self.rabbitmq_user, safe="")
        password = quote(self.rabbitmq_pass.get_secret_value(), safe="")
        vhost = quote(self.rabbitmq_vhost, safe="")
        host = f"[{self.rabbitmq_host}]" if ":" in self.rabbitmq_host else self.rabbitmq_host
        return f"amqp://{user}:{password}@{host}:{self.rabbitmq_port}/{vhost}"


def _is_usable(url: str) -> bool:
    if not url.startswith(("amqp://", "amqps://")):
        return False
    try:
        pika.URLParameters(url)
    except (ValueError, TypeError, SyntaxError):  # its message may hold a part of the password
        return False
    return True
