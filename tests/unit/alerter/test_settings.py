"""The webhook's URL is validated and never shown."""

from typing import Any

import pytest

from alerter.settings import AlerterSettings
from tests.unit.fakes import GetSettingsError
from tests.webhook_server import SECRET


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example/s3cret",
        "example/s3cret",
        "https://user:s3cret@example/",
        "https:///s3cret",
        "https://example:s3cret/",
        "https://example/s3cret\n",
        "https://example/s3 cret",
        "https://exämple/s3cret",
    ],
)
def test_an_invalid_url_is_reported_without_it(settings_error: GetSettingsError, url: str) -> None:
    message = settings_error(AlerterSettings, ALERT_WEBHOOK_URL=url)

    assert message.startswith("ALERT_WEBHOOK_URL: must be an http or https URL")
    assert "cret" not in message


def test_the_settings_show_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", f"https://example/{SECRET}")

    settings: Any = AlerterSettings()

    assert SECRET not in repr(settings)
    assert settings.alert_webhook_url.get_secret_value() == f"https://example/{SECRET}"
