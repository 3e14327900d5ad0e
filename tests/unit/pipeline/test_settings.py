"""Settings of the consumer from the environment."""

import os
from zoneinfo import ZoneInfo

import pytest

from pipeline.settings import PipelineSettings
from runtime.settings import load
from tests.unit.fakes import GetSettingsError


def test_defaults() -> None:
    settings = load(PipelineSettings)

    assert (settings.batch_size, settings.prefetch, settings.batch_linger_seconds) == (1, 1, 0)
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
        ("NAIVE_TIME_ZONE", "+05:00", "for the offset +05:00, Etc/GMT-5"),
        ("NAIVE_TIME_ZONE", "europe/BERLIN", "; write Europe/Berlin"),
        ("NAIVE_TIME_ZONE", "UTC-8", "for the offset -08:00, Etc/GMT+8"),
        ("NAIVE_TIME_ZONE", "Europe", "must be a time zone"),
        ("PREFETCH_COUNT", "0", "must be at least 1"),
        ("PREFETCH_COUNT", "65536", "must be at most 65535"),
        ("BATCH_SIZE", "0", "must be `auto` or a number from 1 to 10000"),
        ("BATCH_SIZE", "10001", "must be `auto` or a number from 1 to 10000"),
        ("BATCH_SIZE", "all", "must be `auto` or a number from 1 to 10000"),
        ("BATCH_LINGER_SECONDS", "-0.1", "must be at least 0"),
        ("BATCH_LINGER_SECONDS", "11", "must be at most 10"),
        ("PROCESSING_SECONDS_MIN", "-1", "must be at least 0"),
        ("PROCESSING_SECONDS_MAX", "1e9", "must be at most 3600"),
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


def test_an_automatic_batch_takes_up_to_500_messages_and_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCH_SIZE", "auto")

    settings = load(PipelineSettings)

    assert (settings.batch_size, settings.max_batch, settings.prefetch) == ("auto", 500, 3000)
    assert settings.linger_seconds == 0


def test_an_automatic_batch_does_not_wait_with_the_linger_of_an_env_file_of_0_1_0(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BATCH_LINGER_SECONDS", "0.05")
    monkeypatch.setenv("BATCH_SIZE", "100")
    assert load(PipelineSettings).linger_seconds == 0.05

    monkeypatch.setenv("BATCH_SIZE", "auto")
    assert load(PipelineSettings).linger_seconds == 0


def test_the_prefetch_limits_an_automatic_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCH_SIZE", "auto")
    monkeypatch.setenv("PREFETCH_COUNT", "20")

    settings = load(PipelineSettings)

    assert (settings.max_batch, settings.prefetch) == (20, 20)


def test_an_automatic_batch_with_simulated_work_is_rejected(settings_error: GetSettingsError) -> None:
    error = settings_error(PipelineSettings, BATCH_SIZE="auto", PROCESSING_SECONDS_MAX="3")

    assert error.startswith("PROCESSING_SECONDS_MAX is 3, but BATCH_SIZE=auto ")
    assert "hold up to 3000 messages during that work" in error


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


def test_a_plausible_range_without_a_temperature_is_refused(settings_error: GetSettingsError) -> None:
    error = settings_error(PipelineSettings, PLAUSIBLE_MIN="60", PLAUSIBLE_MAX="-40")

    assert error == "PLAUSIBLE_MIN (60) is not below PLAUSIBLE_MAX (-40)"
