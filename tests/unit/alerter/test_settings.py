"""The webhook's URL, addresses and routes are validated, and no secret is shown."""

import re
from pathlib import Path
from typing import Any

import pytest

from alerter.routes import Route
from alerter.settings import AlerterSettings
from runtime.settings import load
from tests.services import ROOT
from tests.unit.fakes import GetSettingsError
from tests.webhook_server import SECRET

pytestmark = pytest.mark.usefixtures("without_garbage_collection")


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


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ("json://s3cret", "address 1 has no name: write NAME=URL"),
        ("mail=json://example ntfy://s3cret/topic", "address 2 has no name: write NAME=URL"),
        ("mail=json://s3 cret", "address 2 has no name: .* write spaces within a URL as %20"),
        ("mail=s3cret", "the address of mail is no URL: write mail=SCHEME://"),
        ("my mail=json://s3cret", "address 1 has no name"),
        ("@mail=json://s3cret", "the name of address 1 must have 1 to 40 letters"),
        ("=json://s3cret", "the name of address 1 must have 1 to 40 letters"),
        ("broker=json://s3cret", "address 1 must have another name: broker is a receiver already"),
        ("mail=json://s3cret mail=json://example", "the name mail is used twice"),
    ],
)
def test_invalid_addresses_are_reported_without_them(
    settings_error: GetSettingsError, addresses: str, reason: str
) -> None:
    message = settings_error(AlerterSettings, ALERT_URLS=addresses)

    assert re.match(f"ALERT_URLS: {reason}", message)
    assert "cret" not in message


def test_addresses_come_from_a_file_with_comments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "addresses"
    file.write_text(
        "# people\nmail=mailtos://example?to=a=b\n\n  phone=ntfy://s3cret/x json.2=json://example\n"
    )
    monkeypatch.setenv("ALERT_URLS_FILE", str(file))

    settings = load(AlerterSettings)

    urls = {name: url.get_secret_value() for name, url in settings.addresses.items()}
    assert urls == {
        "mail": "mailtos://example?to=a=b", "phone": "ntfy://s3cret/x", "json.2": "json://example",
    }  # fmt: skip
    assert "s3cret" not in f"{settings!r} {settings.addresses!r}"


def test_the_addresses_and_routes_of_the_guide_are_valid() -> None:
    guide = (ROOT / "docs" / "guides" / "alerts.md").read_text(encoding="utf-8")
    addresses = guide.partition("<<'END'\n")[2].partition("\nEND\n")[0]
    routes = guide.partition("ALERT_ROUTES='")[2].partition("'\n")[0]

    settings = load(AlerterSettings, alert_urls=addresses, alert_routes=routes)

    assert list(settings.addresses) == ["mail", "phone", "chat", "ann"]
    assert [len(each) for each in settings.routes.values()] == [2]


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        ("mail", 'must be JSON such as {"mail"'),
        ("[" * 100_000, "must be JSON with less nesting"),
        ("[]", "must be an object, as in"),
        ('{"mail": {"severity": "critical"}}', "mail: must be an array, as in"),
        ('{"mail": []}', "mail has no route: leave it out to notify it of everything"),
        ('{"mail": [{}]}', "mail[0]: give a severity, sensor_id, location or pattern"),
        ('{"mail": [{"severity": "high"}]}', "mail[0].severity: must be 'critical', 'warning' or 'info'"),
        ('{"mail": [{"severity": "critical"}, {"sensor": "1"}]}', "mail[1].sensor: is not known"),
        ('{"mail": [{"sensor_id": "1", "pattern": "1*"}]}', "mail[0]: give only one of sensor_id, location"),
        ('{"mail": [{"pattern": ""}]}', "mail[0].pattern: must have at least 1 characters"),
        ('{"mail": [{"location": "a"}], "mail": [{"location": "b"}]}', "has 'mail' twice in one object"),
        ('{"phone": [{"location": "a"}]}', "there is no receiver phone; the receivers are broker, mail"),
        ('{"webhook": [{"location": "a"}]}', "there is no receiver webhook; the receivers are broker, mail"),
    ],
)
def test_invalid_routes_are_reported_with_their_place(
    settings_error: GetSettingsError, routes: str, reason: str
) -> None:
    message = settings_error(AlerterSettings, ALERT_URLS="mail=json://example", ALERT_ROUTES=routes)

    assert message.startswith("ALERT_ROUTES")
    assert reason in message


@pytest.mark.parametrize(
    ("route", "matching", "others"),
    [
        ({"pattern": "fridge-?"}, ["fridge-1"], ["fridge-10", "my-fridge-1", None]),
        ({"pattern": "*a.[b]_%"}, ["a.[b]_%", "x\na.[b]_%"], ["aXb_%", "a.[b]__", None]),
        ({"sensor_id": "a*"}, ["a*"], ["ab", None]),
        ({"severity": "critical"}, ["a", None], []),
        ({"severity": "warning", "pattern": "*"}, [], ["a", None]),
    ],
)
def test_a_route_has_the_sensors_that_it_names(
    route: dict[str, str], matching: list[str | None], others: list[str | None]
) -> None:
    parsed = Route.model_validate(route)

    assert [parsed.matches("critical", sensor, None) for sensor in matching] == [True] * len(matching)
    assert [parsed.matches("critical", sensor, None) for sensor in others] == [False] * len(others)


def test_the_settings_show_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", f"https://example/{SECRET}")

    settings: Any = AlerterSettings()

    assert SECRET not in repr(settings)
    assert settings.alert_webhook_url.get_secret_value() == f"https://example/{SECRET}"
