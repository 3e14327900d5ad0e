"""Events posted to a real HTTP server that answers badly, late, or elsewhere."""

from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import chain, repeat
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from service.errors import ServiceUnavailable
from service.health import Health
from service.lifecycle import Stop
from tests.hooks import SECRET, Hook, a_hook, status
from tests.unit.fakes import Complaint, Told, wait_until
from watch.event import Change, Event
from watch.events import WEBHOOK, WatchEvents
from watch.outlet import Outlet, Refused
from watch.settings import WatchSettings
from watch.waiting import MOST_EVENTS
from watch.webhook import Webhook


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with a_hook() as hook:
        yield hook


def an_event(number: int = 1) -> Event:
    body = b'{"event_id": "%d", "change": "began"}' % number
    return Event(Change.BEGAN, "behind", "heat", "It is.", str(number), "behind.began.heat", body)


def garbage(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\x01 no HTTP\r\n\r\n")


def test_an_event_is_posted_as_json_with_its_id(hook: Hook) -> None:
    Webhook(SecretStr(hook.url), 60).deliver(an_event(7))

    [(method, path, headers, body)] = hook.requests
    assert (method, path) == ("POST", f"/hook?token={SECRET}")
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == "7"
    assert body == an_event(7).body


@pytest.mark.parametrize("code", [500, 503, 408, 425, 429])
def test_an_answer_that_may_change_is_an_outage(hook: Hook, code: int) -> None:
    hook.answers = [status(code)]

    with pytest.raises(ServiceUnavailable, match=f"answers {code}") as caught:
        Webhook(SecretStr(hook.url), 60).deliver(an_event())

    assert not isinstance(caught.value, Refused)


@pytest.mark.parametrize("code", [400, 401, 404, 410, 413, 304])
def test_an_answer_that_will_not_change_is_a_refusal(hook: Hook, code: int) -> None:
    hook.answers = [status(code)]

    with pytest.raises(Refused, match=f"answers {code}"):
        Webhook(SecretStr(hook.url), 60).deliver(an_event())


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(hook: Hook, code: int) -> None:
    with a_hook() as elsewhere:
        hook.answers = [status(code, Location=elsewhere.url)]

        with pytest.raises(Refused, match="redirects are not followed"):
            Webhook(SecretStr(hook.url), 60).deliver(an_event())

        assert elsewhere.requests == []


def test_no_answer_in_time_is_an_outage(hook: Hook) -> None:
    hook.answers = [hook.silence]

    with pytest.raises(ServiceUnavailable, match="no answer in time"):
        Webhook(SecretStr(hook.url), timeout_seconds=0.1).deliver(an_event())


def test_no_error_names_the_address(hook: Hook, closed: int) -> None:
    hook.answers = [garbage]

    for url in (
        f"http://127.0.0.1:{closed}/{SECRET}",
        hook.url,
        f"http://nowhere.invalid/{SECRET}",
        f"http://127.0.0.1:1:{SECRET}/",
    ):
        with pytest.raises(ServiceUnavailable, match=r"does not answer: .+") as caught:
            Webhook(SecretStr(url), timeout_seconds=60).deliver(an_event())
        assert SECRET not in str(caught.value)
        assert "nowhere" not in str(caught.value)


# its outlet


@pytest.fixture
def outlet(hook: Hook, quick_retries: None, request: pytest.FixtureRequest) -> Iterator[Outlet]:
    events = WatchEvents(Health())
    outlet = Outlet(WEBHOOK, partial(Webhook, SecretStr(hook.url), 60), events, Stop())
    outlet.start()
    yield outlet
    hook.answers.clear()
    outlet.finish(60)
    assert outlet.error is None


def ids(hook: Hook) -> list[str]:
    return [body["event_id"] for body in hook.taken]


def test_events_come_in_order_through_everything_that_fails(hook: Hook, quick_retries: None) -> None:
    # given a webhook that fails in each way, and patience for all but its silence
    hook.answers = [status(500), hook.silence, garbage, status(429), status(503)]
    patience = chain([60, 0.2], repeat(60))
    outlet = Outlet(
        WEBHOOK,
        lambda: Webhook(SecretStr(hook.url), next(patience)),
        WatchEvents(Health()),
        Stop(),
    )
    outlet.start()

    for number in range(1, 6):
        outlet.put(an_event(number))

    wait_until(lambda: len(hook.taken) == 5)
    outlet.finish(60)
    assert ids(hook) == ["1", "2", "3", "4", "5"]
    assert len(hook.requests) == 10
    assert outlet.error is None


def test_an_event_that_is_refused_holds_up_no_other_and_is_told(hook: Hook, outlet: Outlet) -> None:
    hook.answers = [status(404)]

    with capture_logs() as lines:
        outlet.put(an_event(1))
        outlet.put(an_event(2))
        wait_until(lambda: ids(hook) == ["2"])

    [line] = [line for line in lines if line["event"] == "event dropped"]
    assert (line["receiver"], line["key"]) == (WEBHOOK, "behind.began.heat")
    assert SECRET not in str(lines)


def test_while_it_is_away_the_newest_events_are_kept(
    hook: Hook, quick_retries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a webhook that takes nothing
    told = Told(WatchEvents)
    away = True

    class Receiver(Webhook):
        def deliver(self, event: Event) -> None:
            if away:
                raise ServiceUnavailable("away")
            super().deliver(event)

    outlet = Outlet(WEBHOOK, lambda: Receiver(SecretStr(hook.url), 60), told, Stop())  # type: ignore[arg-type]
    outlet.start()
    # when more events come than are kept
    for number in range(MOST_EVENTS + 3):
        outlet.put(an_event(number))
    wait_until(lambda: bool(told.of("lost")))
    away = False
    # then the oldest were dropped, each was told, and the others come; the first was in hand and may come too
    wait_until(lambda: ids(hook)[-1:] == [str(MOST_EVENTS + 2)], seconds=60)
    outlet.finish(60)
    assert [event.event_id for _, event, _ in told.of("dropped")] == ["0", "1", "2"]
    assert [one for one in ids(hook) if one != "0"] == [str(number) for number in range(3, MOST_EVENTS + 3)]


def test_an_event_is_given_up_after_its_time(hook: Hook, quick_retries: None) -> None:
    told = Told(WatchEvents)
    hook.answers = [status(500)] * 1000
    outlet = Outlet(WEBHOOK, partial(Webhook, SecretStr(hook.url), 60), told, Stop(), limit_seconds=0.05)  # type: ignore[arg-type]
    outlet.start()

    outlet.put(an_event(1))

    wait_until(lambda: bool(told.of("dropped")))
    outlet.finish(60)


def test_the_end_tries_once_more_what_waits_and_tells_what_is_left(hook: Hook, quick_retries: None) -> None:
    told = Told(WatchEvents)
    hook.answers = [status(500)] * 1000
    outlet = Outlet(WEBHOOK, partial(Webhook, SecretStr(hook.url), 60), told, Stop())  # type: ignore[arg-type]
    outlet.start()
    outlet.put(an_event(1))
    wait_until(lambda: bool(told.of("lost")))

    outlet.finish(60)

    assert told.of("left") == [(WEBHOOK, 1)]


def test_something_unforeseen_stops_the_process(quick_retries: None) -> None:
    class Odd(Webhook):
        def deliver(self, event: Event) -> None:
            raise RuntimeError("odd")

    stop = Stop()
    outlet = Outlet(WEBHOOK, lambda: Odd(SecretStr("http://x/")), Told(WatchEvents), stop)  # type: ignore[arg-type]
    outlet.start()
    outlet.put(an_event())

    wait_until(lambda: stop.requested)
    outlet.finish(60)
    assert str(outlet.error) == "odd"


# its setting


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
def test_an_address_that_is_none_is_told_without_it(complaint: Complaint, url: str) -> None:
    sentence = complaint(WatchSettings, ALERT_WEBHOOK_URL=url)

    assert sentence.startswith("ALERT_WEBHOOK_URL: must be an http or https address")
    assert "cret" not in sentence


def test_the_settings_show_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", f"https://example/{SECRET}")

    settings: Any = WatchSettings()

    assert SECRET not in repr(settings)
    assert settings.alert_webhook_url.get_secret_value() == f"https://example/{SECRET}"
