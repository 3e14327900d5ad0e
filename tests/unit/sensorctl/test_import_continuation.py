"""An import that was interrupted continues where it stopped, or says why it starts again."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from messaging.errors import BrokerUnavailable
from messaging.publishing.bulk import Message
from sensorctl.history import import_progress, importer
from tests.unit.fakes import RunCommand
from tests.unit.sensorctl.fake_bulk import HISTORY, FakeBulk


@pytest.mark.parametrize(
    ("error", "code"), [(BrokerUnavailable("Connection refused"), 69), (KeyboardInterrupt(), 130)]
)
def test_an_interrupted_import_continues_where_it_stopped(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, error: BaseException, code: int
) -> None:
    file.write_text(HISTORY.replace("00:00:05", "never"))
    bulk.allowed, bulk.error = 20, error

    exit_code, _, err = sensorctl("import", str(file))

    assert exit_code == code
    assert "Published 20 readings, up to line 22. Run the same command again to continue there." in err
    bulk.allowed = 1_000

    exit_code, _, err = sensorctl("import", str(file))

    assert exit_code == 1
    assert "Resuming after line 22; already published: 20 readings." in err
    assert "Published 59 readings, skipped 1 invalid line.\n" in err
    assert len({json.loads(message.body)["import_id"] for message in bulk.published}) == 1
    assert len(bulk.published) == len({message.message_id for message in bulk.published}) == 59


def test_an_import_that_continues_refuses_and_publishes_what_it_would_have_at_once(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path
) -> None:
    values = ["80.5", "85", "80", "20", "85"]
    lines = [f"boiler,2026-01-01T00:00:{n:02}Z,{value}\n" for n, value in enumerate(values)]
    file.write_text("sensor_id,measured_at,temperature_c\n" + "".join(lines))
    bulk.allowed = 1
    assert sensorctl("import", str(file), "--value-column", "temperature_c")[0] == 69
    bulk.allowed = 1_000

    code, _, err = sensorctl("import", str(file), "--value-column", "temperature_c")

    assert [json.loads(message.body)["temperature"] for message in bulk.published] == [80.5, 85, 80, 20]
    assert code == 1
    assert "line 6: temperature is 85 celsius, after 20 °C, which a DS18B20 reports" in err


@pytest.mark.parametrize(
    "changed", [f"{HISTORY}kitchen,2026-01-01 00:01:00,60\n", HISTORY[: HISTORY.rindex("kitchen")]]
)
def test_a_file_that_changes_while_it_is_imported_is_reported(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    class WhileTheFileChanges(FakeBulk):
        def publish(self, messages: Iterable[Message]) -> None:
            file.write_text(changed)
            super().publish(messages)

    monkeypatch.setattr(importer, "BulkPublisher", WhileTheFileChanges)
    code, _, err = sensorctl("import", str(file))
    assert code == 0
    assert f"Warning: {file} was changed while it was imported. Import it again" in err

    monkeypatch.setattr(importer, "BulkPublisher", bulk)
    code, _, err = sensorctl("import", str(file))
    assert code == 0
    assert "was changed" not in err


@pytest.mark.parametrize("option", [["--sensor", "attic"], ["--unit", "F"], ["--time-zone", "Asia/Tokyo"]])
def test_other_options_start_from_the_beginning(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, option: list[str]
) -> None:
    bulk.allowed = 20
    sensorctl("import", str(file))
    bulk.allowed = 1_000

    code, _, err = sensorctl("import", str(file), *option)

    assert code == 0
    assert "Resuming" not in err
    assert len(bulk.published) == 80


def test_another_broker_starts_from_the_beginning(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk.allowed = 20
    sensorctl("import", str(file))
    bulk.allowed = 1_000
    monkeypatch.setenv("RABBITMQ_VHOST", "other")

    assert "Resuming" not in sensorctl("import", str(file))[2]
    assert len(bulk.published) == 80


def test_a_checkpoint_that_cannot_be_written_is_reported_once(
    sensorctl: RunCommand, bulk: type[FakeBulk], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_progress, "CHECKPOINT_INTERVAL_SECONDS", 0)
    (file.parent / "history.csv.checkpoint").mkdir()
    bulk.allowed = 20

    code, _, err = sensorctl("import", str(file))

    assert code == 69
    assert err.count("Cannot write the checkpoint next to the file (Is a directory)") == 1
    assert "Importing it again starts from the beginning and stores nothing twice." in err
