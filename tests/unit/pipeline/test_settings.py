"""Settings of the consumer from the environment."""

import os
from zoneinfo import ZoneInfo

import pytest

from pipeline.settings import PipelineSettings
from runtime.settings import load
from tests.unit.fakes import GetSettingsError


def test_defaults() -> None:
    settings = load(PipelineSettings)

    assert (settings.batch_size, settings.prefetch, settings.batch_linger_seconds) == (1, 1, 0.05)
    assert (settings.processing_seconds_min, settings.processing_seconds_max) == (0, 0)
    assert settings.naive_time_zone == ZoneInfo("UTC")
    assert settings.name.startswith("pipeline@")
    assert settings.name.endswith(f":{os.getpid()}")


def test_the_time_zone_of_naive_times_is_set_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAIVE_TIME_ZONE", "America/Sao_Paulo")

    assert load(PipelineSettings).naive_time_zone == ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("NAIVE_TIME_ZONE", "Mars/Olympus", "must be a time zone such as UTC or Europe/Berlin"),
        ("NAIVE_TIME_ZONE", "../../etc/passwd", "must be a time zone"),
        ("NAIVE_TIME_ZONE", "/etc/hostname", "must be a time zone"),
        ("NAIVE_TIME_ZONE", "Europe", "must be a time zone"),
        ("PREFETCH_COUNT", "0", "greater than or equal to 1"),
        ("PREFETCH_COUNT", "65536", "less than or equal to 65535"),
        ("BATCH_SIZE", "0", "greater than or equal to 1"),
        ("BATCH_SIZE", "10001", "less than or equal to 10000"),
        ("BATCH_LINGER_SECONDS", "-0.1", "greater than or equal to 0"),
        ("BATCH_LINGER_SECONDS", "11", "less than or equal to 10"),
        ("PROCESSING_SECONDS_MIN", "-1", "greater than or equal to 0"),
        ("PROCESSING_SECONDS_MAX", "1e9", "less than or equal to 3600"),
    ],
)
def test_the_error_of_an_invalid_value_has_the_value_and_what_is_allowed(
    settings_error: GetSettingsError, variable: str, value: str, allowed: str
) -> None:
    error = settings_error(PipelineSettings, **{variable: value})

    assert error.startswith(f"{variable} is {value!r}: ")
    assert allowed in error


def test_the_default_prefetch_is_twice_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCH_SIZE", "500")

    assert load(PipelineSettings).prefetch == 1000

    monkeypatch.setenv("PREFETCH_COUNT", "700")

    assert load(PipelineSettings).prefetch == 700


def test_a_prefetch_below_the_batch_size_is_rejected(settings_error: GetSettingsError) -> None:
    error = settings_error(PipelineSettings, BATCH_SIZE="500", PREFETCH_COUNT="20")

    assert error == (
        "PREFETCH_COUNT (20) is below BATCH_SIZE (500), so no batch could be full: "
        "leave it unset to derive it"
    )


def test_the_maximum_of_simulated_work_is_not_below_its_minimum(settings_error: GetSettingsError) -> None:
    error = settings_error(PipelineSettings, PROCESSING_SECONDS_MIN="2", PROCESSING_SECONDS_MAX="0.5")

    assert error == "PROCESSING_SECONDS_MAX (0.5) is below PROCESSING_SECONDS_MIN (2)"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RABBITMQ_URL", "http://u:s3cret@h/"),
        ("DATABASE_URL", "mysql://u:s3cret@h/"),
        ("DATABASE_URL", "postgresql://u:s3/cret@h:s3cret/d"),
    ],
)
def test_a_secret_is_never_shown(settings_error: GetSettingsError, variable: str, value: str) -> None:
    error = settings_error(PipelineSettings, **{variable: value})

    assert error.startswith(f"{variable}: must look like ")
    assert "s3" not in error
