"""Settings from the environment: files, empty variables, and messages about invalid values."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import AliasChoices, Field, SecretStr, field_validator

from runtime.settings import ServiceSettings, TimeZone, load
from tests.unit.fakes import GetSettingsError


class Sample(ServiceSettings):
    password: SecretStr = SecretStr("default")
    rate: float = Field(default=1.0, gt=0)
    address: SecretStr | None = Field(default=None, validation_alias=AliasChoices("address", "other_address"))
    zone: TimeZone = Field(default=ZoneInfo("UTC"), validation_alias=AliasChoices("own_zone", "any_zone"))

    @field_validator("password")
    @classmethod
    def _is_long(cls, password: SecretStr) -> SecretStr:
        if len(password.get_secret_value()) < 4:
            raise ValueError("must have at least 4 characters")
        return password


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    return path


def test_without_variables_the_defaults_apply() -> None:
    settings = load(Sample)

    assert (settings.log_level, settings.log_format, settings.http_port) == ("info", "console", 9100)


def test_a_variable_has_the_name_of_its_field_in_upper_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "9200")
    monkeypatch.setenv("PASSWORD", "secret")

    settings = load(Sample)

    assert (settings.http_port, settings.password.get_secret_value()) == (9200, "secret")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "")
    monkeypatch.setenv("PASSWORD_FILE", "")

    assert load(Sample).http_port == 9100


def test_an_argument_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE", "2")

    assert load(Sample, rate=3).rate == 3


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_a_file_takes_precedence_over_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line_end: str
) -> None:
    (tmp_path / "secret").write_bytes(b" from the file " + line_end.encode())
    monkeypatch.setenv("PASSWORD", "from the variable")
    monkeypatch.setenv("PASSWORD_FILE", str(tmp_path / "secret"))

    assert load(Sample).password.get_secret_value() == " from the file "


def test_any_variable_can_be_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rate").write_text("2.5\n")
    monkeypatch.setenv("RATE_FILE", str(tmp_path / "rate"))

    assert load(Sample).rate == 2.5


@pytest.mark.parametrize("variable", ["ADDRESS_FILE", "OTHER_ADDRESS_FILE"])
def test_each_alias_of_a_variable_can_name_a_file(
    monkeypatch: pytest.MonkeyPatch, secret_file: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(secret_file))

    address = load(Sample).address

    assert address is not None
    assert address.get_secret_value() == "from the file"


def test_a_missing_file_is_reported(settings_error: GetSettingsError) -> None:
    assert "PASSWORD_FILE names the file /nowhere/secret, which cannot be read: " in settings_error(
        Sample, PASSWORD_FILE="/nowhere/secret"
    )


def test_a_file_that_is_not_text_is_reported(settings_error: GetSettingsError, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe")

    assert "which is not UTF-8: save it as UTF-8" in settings_error(
        Sample, PASSWORD_FILE=str(tmp_path / "secret")
    )


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("HTTP_PORT", "http", "must be a whole number"),
        ("HTTP_PORT", "65536", "must be at most 65535"),
        ("HTTP_PORT", "-1", "must be at least 0"),
        ("LOG_LEVEL", "verbose", "'debug', 'info', 'warning' or 'error'"),
        ("LOG_FORMAT", "xml", "'console' or 'json'"),
        ("RATE", "0", "must be greater than 0"),
        ("RATE", "nan", "finite number"),
        ("RATE", "inf", "finite number"),
        ("CONNECT_TIMEOUT_SECONDS", "soon", "must be a number"),
    ],
)
def test_an_invalid_variable_is_reported_with_its_value_and_what_is_allowed(
    settings_error: GetSettingsError, variable: str, value: str, allowed: str
) -> None:
    message = settings_error(Sample, **{variable: value})

    assert message.startswith(f"{variable} is {value!r}: ")
    assert allowed in message


@pytest.mark.parametrize("variable", ["OWN_ZONE", "ANY_ZONE"])
def test_an_invalid_value_is_reported_with_the_variable_that_has_it(
    settings_error: GetSettingsError, variable: str
) -> None:
    assert settings_error(Sample, **{variable: "Berlin"}).startswith(
        f"{variable} is 'Berlin': must be a time zone"
    )


def test_each_invalid_variable_has_a_line(settings_error: GetSettingsError) -> None:
    lines = settings_error(Sample, HTTP_PORT="x", RATE="y", LOG_LEVEL="z").splitlines()

    assert sorted(line.split()[0] for line in lines) == ["HTTP_PORT", "LOG_LEVEL", "RATE"]


def test_an_invalid_secret_is_not_shown(settings_error: GetSettingsError) -> None:
    assert settings_error(Sample, PASSWORD="abc") == "PASSWORD: must have at least 4 characters"


def test_an_invalid_value_from_a_file_is_reported_with_its_variable(
    settings_error: GetSettingsError, secret_file: Path
) -> None:
    assert settings_error(Sample, RATE_FILE=str(secret_file)).startswith("RATE: ")


def test_settings_are_immutable() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(Sample).rate = 2  # type: ignore[misc]
