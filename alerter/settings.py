"""The settings of the alerter."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from monitoring.settings import MonitoringSettings
from runtime.addresses import HttpUrl, is_http_url
from runtime.settings import ServiceSettings


class AlerterSettings(MonitoringSettings, ServiceSettings):
    """What to monitor, how often, and where to send notifications besides the exchange."""

    alert_webhook_url: SecretStr | None = Field(
        default=None,
        description=(
            "An http or https URL to which alerts are posted; unset: alerts go to the exchange `events` only"
        ),
    )
    alerter_external_url: HttpUrl = Field(
        default="http://127.0.0.1:8085",
        description="The URL of the dashboard, for the links in notifications",
    )
    alerter_interval_seconds: float = Field(
        default=5, ge=0.1, le=60, description="Seconds between two evaluations of the system's status"
    )
    alerter_for_seconds: float = Field(
        default=15,
        ge=0,
        le=3600,
        description=(
            "Seconds for which a problem must last before its alert fires, or be absent before the alert is "
            "resolved"
        ),
    )

    alerter_group_seconds: float = Field(
        default=30,
        ge=0,
        le=3600,
        description=(
            "Seconds between two notifications of one kind of problem; what changes meanwhile is one "
            "notification"
        ),
    )
    alerter_repeat_seconds: float = Field(
        default=4 * 3600,
        ge=0,
        le=31 * 86_400,
        description=(
            "Seconds after which receivers are notified again of an excursion that lasts and is not "
            "acknowledged; 0: never"
        ),
    )
    alerter_state_file: Path | None = Field(
        default=None,
        description=(
            "The file that keeps the firing alerts, so that a restart does not send notifications of them "
            "again; unset: they are sent again"
        ),
    )

    @field_validator("alert_webhook_url")
    @classmethod
    def _is_http(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not _is_usable(url.get_secret_value()):
            raise ValueError(
                "must be an http or https URL without a user, such as https://alerts.example/hook?token=…"
            )
        return url


def _is_usable(url: str) -> bool:
    return is_http_url(url) and "@" not in urlsplit(url).netloc
