"""`sensorctl limit` and `excursion` without a database: how limits are shown, and of which sensors."""

import json
import unicodedata
from contextlib import nullcontext
from typing import Any

import pytest

from sensorctl.limits import excursions, options
from sensorctl.limits.views import describe_condition
from tests.unit.fake_limits import LIMIT, FakeLimits
from tests.unit.fakes import RunCommand

COMPOSED = unicodedata.normalize("NFC", "Kühlraum")
# As a keyboard of macOS may send it.
DECOMPOSED = unicodedata.normalize("NFD", "Kühlraum")


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({"delay_seconds": 9_000.0}, "above 8 °C, for 150 min, hysteresis 0.5 K"),
        ({"delay_seconds": 7_200.0}, "above 8 °C, for 2 h, hysteresis 0.5 K"),
        ({"delay_seconds": 1.5, "hysteresis": 0.0}, "above 8 °C, for 1.5 s"),
        ({"delay_seconds": 0.0, "threshold": -18.1234567}, "above -18.1234567 °C, hysteresis 0.5 K"),
        ({"kind": "stale", "delay_seconds": 150.0}, "no reading for 150 s"),
        (
            {
                "kind": "rate",
                "threshold": 2.0,
                "window_seconds": 90.0,
                "delay_seconds": 0.0,
                "hysteresis": 0.0,
            },
            "changes by more than 2 K in 90 s",
        ),
    ],
)
def test_a_limit_is_shown_as_it_was_set(changes: dict[str, Any], condition: str) -> None:
    assert describe_condition(LIMIT | changes) == condition


def test_limits_and_excursions_of_a_sensor_are_found_however_its_name_is_typed(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = FakeLimits()
    for module in (excursions, options):
        monkeypatch.setattr(module, "reader", lambda: nullcontext(limits))

    assert sensorctl("limit", "list", "--sensor", f" {DECOMPOSED}")[0] == 0
    assert sensorctl("excursion", "list", "--sensor", DECOMPOSED)[0] == 0

    assert limits.sensors == [COMPOSED]
    assert COMPOSED in (limits.selections[0].sensors or ())


@pytest.mark.parametrize("group", ["limit", "excursion", "silence"])
def test_a_table_says_that_its_times_are_in_utc(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    for module in (excursions, options):
        monkeypatch.setattr(module, "reader", lambda: nullcontext(FakeLimits()))

    assert "(times in UTC)" in sensorctl(group, "list")[1]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_list_that_is_cut_says_so(
    sensorctl: RunCommand, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setattr(excursions, "reader", lambda: nullcontext(FakeLimits()))
    assert sensorctl("excursion", "list", *options)[2] == ""
    monkeypatch.setattr(excursions, "MAX_EXCURSIONS", 1)

    _, out, err = sensorctl("excursion", "list", *options)

    assert err == "Only the first 1 excursions are shown: see --sensor, --open and --since.\n"
    assert not options or len(json.loads(out)) == 1


@pytest.mark.parametrize(
    "command", [("limit", "remove"), ("excursion", "acknowledge"), ("silence", "end")], ids=" ".join
)
def test_a_number_that_none_has_is_refused(sensorctl: RunCommand, command: tuple[str, str]) -> None:
    code, _, err = sensorctl(*command, "99999999999999999999")

    assert code == 2
    assert "must be at most" in err
