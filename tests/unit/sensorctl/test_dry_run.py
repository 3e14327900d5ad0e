"""A dry run of an import shows what was cleaned, and the ways to read a file that is not clear."""

import shlex
from pathlib import Path

import pytest

from tests.unit.fakes import RunCommand

ROWS = "timestamp,temperature\n"


def dry_run(sensorctl: RunCommand, path: Path, content: str, *options: str) -> tuple[int, str, str]:
    path.write_text(content)
    return sensorctl("import", str(path), "--sensor", "hall", "--dry-run", *options)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_a_file_that_can_be_read_in_several_ways_is_shown_in_each(sensorctl: RunCommand, file: Path) -> None:
    code, out, err = dry_run(sensorctl, file, f"{ROWS}02/03/2026 10:00,4.5\n")

    assert code == 2
    for text in ("day first", "2026-03-02T10:00", "month first", "2026-02-03T10:00", "4.5 °C"):
        assert text in out
    assert "\\n" not in out
    assert "set --time-format" in err


def test_rows_that_are_not_clear_are_shown_in_each_way(sensorctl: RunCommand, file: Path) -> None:
    rows = "2026-01-05T10:00Z,-127\n2026-01-05T10:01Z,-127\n2026-01-05T10:02Z,4.5\n"

    code, out, _ = dry_run(sensorctl, file, ROWS + rows)

    assert code == 1
    for text in ("-127 is a missing value", "-127 was measured", "same holds for 2 of the first 3 rows"):
        assert text in out


def test_a_unit_that_is_not_clear_ends_with_1_as_the_import_would_refuse_it(
    sensorctl: RunCommand, file: Path
) -> None:
    code, out, err = dry_run(sensorctl, file, f"{ROWS}2026-01-05T10:00Z,68\n")

    assert code == 1
    for text in ("in fahrenheit", "20 °C", "in celsius", "68 °C"):
        assert text in out
    assert err.splitlines()[-1].startswith("The import publishes nothing until this is clear: the unit of")


def test_what_was_cleaned_is_counted(sensorctl: RunCommand, file: Path) -> None:
    rows = [f"2026-01-05T10:{minute:02}Z,4.5" for minute in (0, 1, 2, 5, 4, 4)]

    code, _, err = dry_run(sensorctl, file, ROWS + "\n".join(rows))

    assert code == 0
    assert "1 row with sensor, time and temperature of an earlier row (duplicates, stored once): 7" in err
    assert "1 row out of the order of time (stored): 6" in err


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        ("timestamp,oven top,oven base\n2026-01-05T10:00Z,4.5,5\n", "--value-column 'oven top'"),
        (f"{ROWS}2026-01-05T10:00Z,68\n", "--unit fahrenheit"),
        (
            "room,timestamp,temperature\nhall,2026-01-05T10:00Z,4\ncold room,2026-01-05T10:01Z,5\n",
            "--where 'room=cold room'",
        ),
    ],
)
def test_ways_to_read_a_file_are_shown_as_arguments_that_choose_them(
    sensorctl: RunCommand, file: Path, content: str, arguments: str
) -> None:
    _, out, _ = dry_run(sensorctl, file, content)

    assert arguments in out
    code, _, err = dry_run(sensorctl, file, content, *shlex.split(arguments))
    assert (code, "Would publish 1 reading" in err) == (0, True)


@pytest.mark.parametrize(
    ("columns", "unread"),
    [
        ("temperature (°C),External Temperature (°C),Humidity (%)", ["External Temperature (°C)"]),
        ("temperature,Temperature 2,Probe °F", ["Temperature 2", "Probe °F"]),
        ("temperature (°C),Dew Point (°C),VPD (kPa),Max Temp (°C),Attempts,Temp. Unit", []),
        ("temperature,reading_id,temperature 2", []),
    ],
)
def test_temperatures_that_are_not_read_are_named(
    sensorctl: RunCommand, file: Path, columns: str, unread: list[str]
) -> None:
    _, _, err = dry_run(sensorctl, file, f"timestamp,{columns}\n2026-01-05T10:00Z,4.5\n")

    named = [line for line in err.splitlines() if "seems to have temperatures, too" in line]
    assert [line.split(" seems")[0] for line in named] == [f"The column {name}" for name in unread]
