"""What the watch reads from the environment."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from monitoring.settings import MonitoringSettings
from runtime.settings import ServiceSettings


class AlerterSettings(MonitoringSettings, ServiceSettings):
    """Where everything is, how often it is looked at, and whom to tell beside the exchange."""

    alert_webhook_url: SecretStr | None = Field(
        default=None,
        description=(
            "An http or https URL to which alerts are posted; unset: alerts go to the exchange `events` only"
        ),
    )
    alerter_interval_seconds: float = Field(
        default=5, ge=0.1, le=60, description="Seconds between two checks of the system"
    )
    alerter_for_seconds: float = Field(
        default=15,
        ge=0,
        le=3600,
        description=(
            "Seconds for which a problem must last before it is reported as firing, or be gone "
            "before it is reported as resolved"
        ),
    )

    @field_validator("alert_webhook_url")
    @classmethod
    def _is_http(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not _is_usable(url.get_secret_value()):
            raise ValueError(
                "must be an http or https address without a user, such as https://alerts.example/hook?token=…"
            )
        return url


def _is_usable(url: str) -> bool:
    try:
        address = urlsplit(url)
        return (
            address.scheme in ("http", "https")
            and bool(address.hostname)
            and address.port != 0  # raises ValueError for what is no number
            and "@" not in address.netloc
            and url.isascii()
            and url.isprintable()
            and " " not in url
        )
    except ValueError:
        return False
