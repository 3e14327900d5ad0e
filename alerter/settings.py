"""The settings of the alerter."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from alerter.addresses import BROKER, WEBHOOK, parse_addresses
from alerter.routes import Route, Routes
from monitoring.settings import MonitoringSettings
from runtime.addresses import HttpUrl, is_http_url
from runtime.settings import ServiceSettings


class AlerterSettings(MonitoringSettings, ServiceSettings):
    """What to monitor, how often, and where to send notifications besides the exchange."""

    alert_webhook_url: SecretStr | None = Field(
        default=None,
        description=("An http or https URL to which alerts are posted; unset: no webhook"),
    )
    alert_urls: SecretStr | None = Field(
        default=None,
        description=(
            "Addresses to which alerts are sent as text, as `NAME=URL`, separated by spaces or lines: "
            "e-mail, ntfy, Slack, Telegram and others, by the URLs of Apprise"
        ),
    )
    alert_routes: Routes = Field(
        default=None,
        description=(
            "Of which alerts a receiver is notified, as JSON: "
            '`{"NAME": [{"severity": "critical", "pattern": "fridge-*"}]}`; a receiver without routes is '
            "notified of all"
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

    @field_validator("alert_urls")
    @classmethod
    def _has_addresses(cls, urls: SecretStr | None) -> SecretStr | None:
        parse_addresses(urls.get_secret_value() if urls else "")
        return urls

    @model_validator(mode="after")
    def _has_receivers_of_routes(self) -> Self:
        names = [BROKER, *([WEBHOOK] if self.alert_webhook_url else []), *self.addresses]
        for name in self.alert_routes or ():
            if name not in names:
                raise ValueError(
                    f"ALERT_ROUTES: there is no receiver {name}; the receivers are {', '.join(names)}"
                )
        return self

    @property
    def routes(self) -> Mapping[str, Sequence[Route]]:
        """The routes of each receiver that has some."""
        return self.alert_routes or {}

    @property
    def addresses(self) -> dict[str, SecretStr]:
        """The address of each receiver in `alert_urls`, by its name."""
        urls = self.alert_urls.get_secret_value() if self.alert_urls else ""
        return {name: SecretStr(url) for name, url in parse_addresses(urls).items()}


def _is_usable(url: str) -> bool:
    return is_http_url(url) and "@" not in urlsplit(url).netloc
