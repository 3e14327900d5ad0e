"""Every kind of source has the clients that it promises, and a row in the guide."""

import re
from pathlib import Path

import pytest

from jobs.source_kinds import KINDS, SourceKind
from readings.model import Unit
from worker.sources.history import READERS
from worker.sources.live import LIVE_SOURCES

GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "sources.md"
UNITS = {None: "as you say", Unit.CELSIUS: "°C", Unit.KELVIN: "kelvin", Unit.FAHRENHEIT: "°F"}


def test_every_kind_has_a_row() -> None:
    assert set(KINDS) == set(SourceKind), "add the kind to SourceKind and to KINDS in jobs/source_kinds.py"


def test_every_kind_with_history_has_a_client() -> None:
    assert set(READERS) == {kind for kind, spec in KINDS.items() if spec.has_history}, (
        "add the client to READERS in worker/sources/history.py, or correct has_history of the kind"
    )


def test_every_kind_with_live_values_has_a_client() -> None:
    assert set(LIVE_SOURCES) == {kind for kind, spec in KINDS.items() if spec.is_live}, (
        "add the client to LIVE_SOURCES in worker/sources/live.py, or correct is_live of the kind"
    )


@pytest.mark.parametrize("kind", SourceKind)
def test_the_guide_describes_every_kind(kind: SourceKind) -> None:
    spec = KINDS[kind]
    found = re.search(rf"^\| `{kind}` \|.*", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"add {kind} to the table in {GUIDE.name}, and a paragraph about it to its section Kinds"
    _, _, history, live, secret, unit, sensor, _ = (cell.strip() for cell in found[0].split("|"))

    assert (history, live) == ("yes" if spec.has_history else "", "yes" if spec.is_live else "")
    assert secret.partition(":")[0] == spec.secret
    assert unit == UNITS[spec.unit]
    assert kind is SourceKind.SIMULATED or f"`{spec.remote_example}`" in sensor
