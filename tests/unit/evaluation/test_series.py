"""The recorded data, as it is read."""

import json
from pathlib import Path

import pytest

from evaluation import series
from evaluation.series import Window


def test_the_office_is_read_in_celsius_and_as_utc() -> None:
    office = series.office()

    assert len(office.readings) == 7_267
    assert office.readings[0].measured_at == 1_372_896_000  # 2013-07-04 00:00 UTC
    assert office.readings[0].temperature == pytest.approx((69.88083514 - 32) / 1.8)
    assert office.interval_seconds == 3_600
    assert len(office.windows) == 2


def test_each_mote_is_a_sensor_with_its_event() -> None:
    motes = series.motes()

    assert [mote.name for mote in motes] == ["mote 1", "mote 2", "mote 3", "mote 4"]
    assert [len(mote.readings) for mote in motes] == [4_417, 4_417, 5_039, 5_041]
    assert [len(mote.windows) for mote in motes] == [1, 0, 0, 1]
    assert motes[0].interval_seconds == 5
    assert motes[0].days == pytest.approx(4_417 * 5 / 86_400)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A file with its windows in the form of the benchmark."""
    readings, windows = tmp_path / "lab.csv", tmp_path / "windows.json"
    readings.write_text(
        "timestamp,value\n2024-01-01 00:10:00,21.5\n2024-01-01 00:00:00,21\n2024-01-01 00:10:00,22\n"
    )
    windows.write_text(json.dumps([["2024-01-01 00:10:00.000000", "2024-01-01 00:20:00"]]))
    return readings, windows


def test_a_labelled_file_is_read_in_the_order_of_time(files: tuple[Path, Path]) -> None:
    found = series.labelled_file(*files)

    assert found.name == "lab"
    assert found.readings == [(1_704_067_200, 21.0), (1_704_067_800, 22.0)], "the last of a time counts"
    assert found.windows == [Window(1_704_067_800, 1_704_068_400)]
    assert found.windows[0].contains(1_704_068_400)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time,value\n2024-01-01,1\n", "is not a CSV file of timestamp,value"),
        ("timestamp,value\nyesterday,1\n", "is not a CSV file of timestamp,value"),
        ("timestamp,value\n2024-01-01,warm\n", "is not a CSV file of timestamp,value"),
        ("timestamp,value\n2024-01-01,nan\n", "is not a CSV file of timestamp,value"),
        ("timestamp,value\n2024-01-01\n", "is not a CSV file of timestamp,value"),
        ("timestamp,value\n2024-01-01,1\n", "has no two readings"),
    ],
)
def test_a_file_of_another_form_is_refused(files: tuple[Path, Path], text: str, message: str) -> None:
    files[0].write_text(text)

    with pytest.raises(ValueError, match=message):
        series.labelled_file(*files)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([["2024-01-01"]], "is not a JSON list"),
        ({"a": 1}, "is not a JSON list"),
        ([["2024-01-01", 5]], "is not a JSON list"),
        ([["2024-01-02", "2024-01-01"]], "ends before it starts"),
        ([["2024-01-01", "2024-01-03"], ["2024-01-02", "2024-01-04"]], "overlap"),
    ],
)
def test_windows_of_another_form_are_refused(files: tuple[Path, Path], pairs: object, message: str) -> None:
    files[1].write_text(json.dumps(pairs))

    with pytest.raises(ValueError, match=message):
        series.labelled_file(*files)
