"""Settings of the broker and the queue."""

import ssl
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import pika
from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator

from messaging.amqp.hosts import join_hosts, split_hosts
from runtime.addresses import (
    HostsWithPorts,
    HttpUrls,
    check_ports,
    format_host,
    parse_host,
    split_urls,
    with_default_port,
)
from runtime.settings import ReadableFile, Settings

TLS_PORT = 5671
MANAGEMENT_PORT = 15672
LOCALHOST = "localhost"  # pika's host for a URL that has none
PARAMETERS_REFERENCE = "https://pika.readthedocs.io/en/stable/modules/parameters.html#urlparameters"

# AMQP allows 255 bytes, and the dead queue's name is longer.
MAX_QUEUE_NAME_BYTES = 200


class BrokerSettings(Settings):
    """`RABBITMQ_URL` (or `AMQP_URL`) wins over the single variables.

    Either may list several hosts, the nodes of a cluster: one that responds is used.

    With `RABBITMQ_TLS_CA`, or with an amqps:// address, the connection is encrypted, and the broker must
    have a certificate for its host name: of that authority, or else of one that the machine trusts.
    """

    rabbitmq_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("rabbitmq_url", "amqp_url"),
        description="`amqp://user:password@host:5672/vhost`, or `…@a:5672,b:5672/vhost` for the nodes of a "
        "cluster; takes precedence over the single variables",
    )
    rabbitmq_host: HostsWithPorts = Field(
        default="127.0.0.1",
        description="Host of the broker, or the nodes of a cluster, separated by commas; each may have a "
        "port, as in `rabbitmq,rabbitmq-2:5673`",
    )
    rabbitmq_port: int = Field(
        default=5672,
        ge=1,
        le=65535,
        description="Port of each host that has none; 5671 when `RABBITMQ_TLS_CA` is set",
    )
    rabbitmq_user: str = Field(default="sensors", description="User at the broker")
    rabbitmq_pass: SecretStr = Field(default=SecretStr("sensors"), description="Password of the user")
    rabbitmq_vhost: str = Field(default="/", description="Virtual host")
    rabbitmq_tls_ca: ReadableFile | None = Field(
        default=None,
        description="PEM file of the authority that signed the broker's certificate; turns TLS on",
    )
    rabbitmq_tls_cert: ReadableFile | None = Field(
        default=None, description="PEM file of this client's certificate"
    )
    rabbitmq_tls_key: ReadableFile | None = Field(
        default=None, description="PEM file of this client's private key"
    )
    rabbitmq_management_url: HttpUrls | None = Field(
        default=None,
        description="Address of the management API, or of each node's, separated by commas; unset: "
        "`http://HOST:15672` of each host",
    )
    queue_name: str = Field(
        default="sensor_data",
        min_length=1,
        description="Name of the queue; its dead-letter queue is `QUEUE_NAME.dead`",
    )

    @field_validator("queue_name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("must not contain control characters")
        if name.startswith("amq."):
            raise ValueError("must not begin with amq., which the broker keeps for itself")
        if len(name.encode()) > MAX_QUEUE_NAME_BYTES:
            raise ValueError(f"must have at most {MAX_QUEUE_NAME_BYTES} bytes in UTF-8")
        return name

    @field_validator("rabbitmq_url")
    @classmethod
    def _is_amqp(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        listed = join_hosts(split_urls(url.get_secret_value()))
        for host_url in split_hosts(listed):
            _check_host_url(host_url)
        return SecretStr(listed)

    @model_validator(mode="before")
    @classmethod
    def _port_of_tls(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("rabbitmq_tls_ca"):
            return {"rabbitmq_port": TLS_PORT, **values}
        return values

    @model_validator(mode="after")
    def _certificates_are_usable(self) -> Self:
        if (self.rabbitmq_tls_cert is None) != (self.rabbitmq_tls_key is None):
            raise ValueError("RABBITMQ_TLS_CERT and RABBITMQ_TLS_KEY belong together: set both or none")
        if self.rabbitmq_tls_cert and not self.rabbitmq_tls_ca:
            raise ValueError(
                "RABBITMQ_TLS_CERT needs RABBITMQ_TLS_CA, the authority of the broker's certificate"
            )
        try:
            if self.rabbitmq_tls_ca:
                self.tls_context()
        except (ssl.SSLError, OSError) as error:
            reason = getattr(error, "reason", None) or error.strerror
            files = "RABBITMQ_TLS_CA, RABBITMQ_TLS_CERT and RABBITMQ_TLS_KEY"
            raise ValueError(f"{files} must be PEM files that fit together: {reason}") from None
        return self

    def tls_context(self) -> ssl.SSLContext:
        """Return the context that verifies the broker and presents the client certificate, if any."""
        context = ssl.create_default_context(cafile=self.rabbitmq_tls_ca)
        if self.rabbitmq_tls_cert:
            context.load_cert_chain(self.rabbitmq_tls_cert, self.rabbitmq_tls_key)
        return context

    @property
    def amqp_url(self) -> str:
        """The address including its password, never to be logged; TLS is in it as pika's ssl_options."""
        if not self.rabbitmq_tls_ca:
            return self._address
        files = {
            "ca_certs": self.rabbitmq_tls_ca,
            "certfile": self.rabbitmq_tls_cert,
            "keyfile": self.rabbitmq_tls_key,
        }
        options = urlencode({"ssl_options": repr({name: file for name, file in files.items() if file})})
        return join_hosts([_with_tls(url, options) for url in split_hosts(self._address)])

    @property
    def management_urls(self) -> list[str]:
        """The addresses of the management API, one per node, without a slash at their end."""
        if self.rabbitmq_management_url:
            return [url.rstrip("/") for url in split_urls(self.rabbitmq_management_url)]
        hosts = [urlsplit(url).hostname or LOCALHOST for url in split_hosts(self._address)]
        return [f"http://{format_host(host)}:{MANAGEMENT_PORT}" for host in dict.fromkeys(hosts)]

    @property
    def _address(self) -> str:
        if self.rabbitmq_url:
            return self.rabbitmq_url.get_secret_value()
        user = quote(self.rabbitmq_user, safe="")
        password = quote(self.rabbitmq_pass.get_secret_value(), safe="")
        vhost = quote(self.rabbitmq_vhost, safe="")
        hosts = with_default_port(self.rabbitmq_host, self.rabbitmq_port)
        return f"amqp://{user}:{password}@{hosts}/{vhost}"


def _with_tls(url: str, options: str) -> str:
    address = urlsplit(url)
    query = "&".join(filter(None, [address.query, options]))
    return address._replace(scheme="amqps", query=query).geturl()


def _check_host_url(url: str) -> None:
    check_ports(url)
    if not _is_usable(url):
        raise ValueError(
            "must look like amqp://user:password@host:5672/vhost, with signs such as / @ : # ? in the "
            "password percent-encoded"
        )
    if problem := _problem_of(url):
        raise ValueError(f"has a parameter that cannot be used: {problem}; see {PARAMETERS_REFERENCE}")


def _is_usable(url: str) -> bool:
    """Return whether a URL is usable without its parameters; its error may hold a part of the password."""
    try:
        parts = urlsplit(url)
        parse_host(parts.hostname or LOCALHOST)
    except ValueError:
        return False
    is_password_cut = "@" in parts.query + parts.fragment  # by a ? or # in it
    address = parts._replace(query="").geturl()
    return parts.scheme in ("amqp", "amqps") and not is_password_cut and _problem_of(address) is None


def _problem_of(url: str) -> str | None:
    """Return why pika refuses a URL; None if it accepts it."""
    try:
        pika.URLParameters(url)
    except (ValueError, TypeError, SyntaxError, OSError) as error:
        return str(error)
    return None
