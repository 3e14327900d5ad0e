"""The file of SSL_CERT_FILE is checked before it is used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerter.receivers.configured import configured_receivers
from alerter.settings import AlerterSettings
from runtime.authorities import check_authority_file
from runtime.errors import ConfigurationError
from runtime.lifecycle import ShutdownSignal
from tests.tls import CertificateAuthority
from worker.running import run_jobs
from worker.settings import WorkerSettings


def test_a_file_of_certificates_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", CertificateAuthority(tmp_path, "authority").file)

    check_authority_file()


@pytest.mark.parametrize("value", [None, ""])
def test_it_need_not_be_set(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if value is not None:
        monkeypatch.setenv("SSL_CERT_FILE", value)

    check_authority_file()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.pem", "which cannot be read: No such file or directory"),
        ("folder", "which cannot be read: Is a directory"),
        ("text.pem", "which contains no certificate: it must be a PEM file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.pem").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))

    with pytest.raises(ConfigurationError, match=f"SSL_CERT_FILE names the file {tmp_path / name}, {reason}"):
        check_authority_file()


@pytest.mark.parametrize(
    "start",
    [
        lambda: configured_receivers(AlerterSettings()),
        lambda: run_jobs(WorkerSettings(), "worker.kinds", ShutdownSignal()),
    ],
    ids=["alerter", "worker"],
)
def test_a_service_that_connects_to_others_names_it_at_its_start(
    start: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))

    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE names the file"):
        start()
