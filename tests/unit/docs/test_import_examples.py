"""The examples of the guide for imports store what the guide says."""

import re
import shlex
from pathlib import Path

import pytest

from sensorctl.history import importer
from tests.unit.docs.markdown import ROOT
from tests.unit.fakes import RunCommand
from tests.unit.history import RecordingBulk

GUIDE = (ROOT / "docs" / "guides" / "import-export.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"<!-- file: (\S+) -->\n```text\n(.*?)```\n\n```sh\nsensorctl (import .*?)\n```", re.DOTALL
)
EXPECTED = {
    "logger.csv": [("yard", "2025-12-31T22:59:00", -3.5), ("yard", "2025-12-31T23:00:00", -3.6)],
    "station.csv": [("hall", "2026-01-01T00:00:00", 21.5)],
    "rooms.csv": [
        ("hall", "2026-01-01T12:00:00", 21.5),
        ("yard", "2026-01-01T12:00:00", 5.0),
        ("hall", "2026-01-01T12:01:00", 21.6),
    ],
}
LEFT_OUT = {
    "logger.csv": ["Left out 1 line (before the header): 1"],
    "station.csv": ["Left out 1 line (3 is not temp): 2", "Left out 1 line (a missing value): 3"],
    "rooms.csv": ["Left out 1 line (no value in outside): 3"],
}


def test_the_guide_has_the_expected_examples() -> None:
    assert [name for name, _, _ in EXAMPLE.findall(GUIDE)] == list(EXPECTED)


@pytest.mark.parametrize(
    ("name", "content", "command"), EXAMPLE.findall(GUIDE), ids=lambda value: value.split()[0]
)
def test_an_example_is_imported_completely(
    sensorctl: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    content: str,
    command: str,
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importer, "BulkPublisher", RecordingBulk)

    code, _, err = sensorctl(*shlex.split(command))

    assert code == 0, err
    assert RecordingBulk.values == EXPECTED[name]
    assert [line for line in err.splitlines() if line.startswith("Left out")] == LEFT_OUT[name]
