"""A released migration never changes: each of its files has the checksum that was recorded at the release."""

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MIGRATIONS = ROOT / "db" / "migrations" / "versions"
RECORDED = sorted((ROOT / "tests" / "released").glob("*/migrations.sha256"))


def checksums(recorded: Path) -> dict[str, str]:
    lines = recorded.read_text(encoding="ascii").splitlines()
    return {name: checksum for checksum, name in (line.split("  ") for line in lines)}


def test_a_release_is_recorded() -> None:
    assert "0.1.0" in [path.parent.name for path in RECORDED]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.parent.name)
def test_the_migrations_of_a_release_are_unchanged(recorded: Path) -> None:
    expected = checksums(recorded)

    assert expected
    found = {
        name: hashlib.sha256((MIGRATIONS / name).read_bytes()).hexdigest()
        for name in expected
        if (MIGRATIONS / name).exists()
    }
    assert found == expected, "a released migration never changes: add a new one"


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.parent.name)
def test_no_file_is_added_to_the_migrations_of_a_release(recorded: Path) -> None:
    expected = set(checksums(recorded))
    released = {name[:4] for name in expected}

    assert {path.name for path in MIGRATIONS.iterdir() if path.name[:4] in released} == expected
