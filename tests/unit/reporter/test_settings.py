"""The settings of the reporter."""

from zoneinfo import ZoneInfo

import pytest

from reporter.settings import ReporterSettings
from runtime.errors import ConfigurationError
from runtime.settings import load


def refused(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as error:
        load(ReporterSettings)
    return str(error.value)


def test_without_variables_it_reads_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(ReporterSettings)
    assert settings.webdav_url is None
    assert (settings.jobs, settings.kinds, settings.name.partition("@")[0]) == (2, (), "reporter")


def test_the_variables_of_the_worker_select_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_KINDS", "live")
    monkeypatch.setenv("WORKER_JOBS", "9")
    monkeypatch.setenv("REPORTER_KINDS", "report, file")
    settings = load(ReporterSettings)
    assert (settings.jobs, settings.kinds) == (2, ("report", "file"))


def test_the_time_zone_is_that_of_the_installation_unless_it_has_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIME_ZONE", "America/Sao_Paulo")
    assert load(ReporterSettings).report_time_zone == ZoneInfo("America/Sao_Paulo")
    monkeypatch.setenv("REPORT_TIME_ZONE", "Europe/Berlin")
    assert load(ReporterSettings).report_time_zone == ZoneInfo("Europe/Berlin")


def test_the_address_is_that_of_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBDAV_URL", "https://cloud.example.org/remote.php/dav/files/ann/")
    assert load(ReporterSettings).webdav_url == "https://cloud.example.org/remote.php/dav/files/ann"
    assert "must be the address of a folder" in refused(monkeypatch, WEBDAV_URL="https://example.org/?a=b")


def test_a_password_in_the_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, WEBDAV_URL="https://ann:s3cret@example.org/")
    assert "set WEBDAV_USER and WEBDAV_PASSWORD" in message
    assert "s3cret" not in message


def test_half_a_login_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "belong together" in refused(monkeypatch, WEBDAV_USER="ann")


@pytest.mark.parametrize("folder", ["..", "a/../b", "/", "a//b", "a\\b", "a/ /b", "x" * 201])
def test_a_folder_that_leads_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    assert "WEBDAV_WORK_FOLDER" in refused(monkeypatch, WEBDAV_WORK_FOLDER=folder)


@pytest.mark.parametrize("folder", ["work", "work/done", "/work/"])
def test_folders_that_contain_each_other_are_refused(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    assert "none contains another" in refused(monkeypatch, WEBDAV_DONE_FOLDER=folder)
