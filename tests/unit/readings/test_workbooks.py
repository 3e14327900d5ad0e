"""Excel workbooks: typed cells become readings, and what is no safe workbook is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile, UnreadableFile
from readings.files.input_file import SeekableFile, StreamFile
from readings.files.xlsx import Workbook
from readings.files.xlsx_archive import MAX_CELLS
from tests.unit.history import Imported

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 1, 1)  # noqa: DTZ001 (cells have no offset)
ONE = datetime(2026, 1, 1, 1, 30)  # noqa: DTZ001 (as above)
TABLE: list[list[Any]] = [["timestamp", "temperature"], [MIDNIGHT, 21.3], [ONE, 4]]
Sheets = dict[str, list[list[Any]]]


def workbook(sheets: Sheets | list[Any], hidden: str = "", **options: Any) -> bytes:
    """Return a workbook with these cells."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        formats = {
            kind: book.add_format({"num_format": notation})
            for kind, notation in (
                (datetime, "yyyy-mm-dd hh:mm:ss"), (date, "dd/mm/yyyy"), (time, "hh:mm:ss"),
            )
        }  # fmt: skip
        for name, rows in (sheets if isinstance(sheets, dict) else {"Sheet1": sheets}).items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, *filter(None, [formats.get(type(value))]))
            if name == hidden:
                sheet.hide()
    return content.getvalue()


def imported(content: bytes, **given: Any) -> Imported:
    options = CsvOptions(**{"sensors": ("hall",), **given})
    return Imported(content, options, file_format="xlsx", zone=BERLIN)


def values(content: bytes, **given: Any) -> list[tuple[str, float]]:
    """Return UTC times and °C of a workbook without invalid rows."""
    result = imported(content, **given)
    assert result.invalid == []
    return [(moment.removesuffix("+00:00"), celsius) for _, moment, celsius in result.values]


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_are_local_times_and_midnight_is_one(is_1904: bool) -> None:
    content = workbook(TABLE, date_1904=is_1904)

    assert values(content) == [("2025-12-31T23:00:00", 21.3), ("2026-01-01T00:30:00", 4.0)]


def test_rows_keep_their_numbers_below_a_preamble_and_beside_empty_columns() -> None:
    rows = [["Logger 7"], [], ["", "timestamp", "temperature"], ["", MIDNIGHT, 21.3], [], ["", ONE, "broken"]]

    result = imported(workbook(rows))

    assert [(line, reason[:24]) for line, reason in result.invalid] == [(6, "temperature is 'broken':")]
    assert [message.context.lines for message in result.messages] == [4]
    assert result.left_out == [(1, "before the header")]


def test_a_date_and_a_time_of_day_are_two_columns() -> None:
    rows = [["Date", "Hour", "Temp °F"], [date(2026, 1, 1), time(13, 30), 50.0]]

    result = values(workbook(rows), time_column="Date", time_of_day_column="Hour", value_columns=("Temp °F",))

    assert result == [("2026-01-01T12:30:00", 10.0)]


def test_the_texts_of_a_column_with_dates_are_read_with_their_format_and_the_dates_are_refused() -> None:
    rows = [*TABLE, ["13/1/2026 10:00", 21.5]]

    result = imported(workbook(rows), time_format="%d/%m/%Y %H:%M")

    assert [moment for _, moment, _ in result.values] == ["2026-01-13T09:00:00+00:00"]
    assert [line for line, _ in result.invalid] == [2, 3]


def test_cells_of_text_are_read_as_in_csv() -> None:
    rows = [
        ["Zeit", 'Wert "A"', "note"],
        ["31.12.2025 23:30", "-3,5", 'a "b"\nc'],
        ["01.01.2026 00:30", 4, ""],
    ]

    result = values(workbook(rows), time_column="Zeit", value_columns=('Wert "A"',), decimal=",")

    assert result == [("2025-12-31T22:30:00", -3.5), ("2025-12-31T23:30:00", 4.0)]


@pytest.mark.parametrize("text", ["13/1/2026 10:00", "13.01.2026"])
@pytest.mark.parametrize("is_text_first", [False, True])
def test_a_column_of_dates_and_of_texts_that_are_no_dates_of_the_spreadsheet_is_refused(
    text: str, is_text_first: bool
) -> None:
    header, *dates = TABLE
    texts = [[text, 21.5]]
    rows = [header, *texts, *dates] if is_text_first else [header, *dates, *texts]

    with pytest.raises(AmbiguousFile, match=r"perhaps exchanged day and month .* Import the original file"):
        imported(workbook(rows))
    with pytest.raises(AmbiguousFile, match="'June' and 'July' have readings"):
        imported(workbook({"June": rows, "July": TABLE}))


def test_the_sheet_with_readings_is_found() -> None:
    sheets: Sheets = {"Summary": [["Device", "HOBO"]], "Data": TABLE, "Events": [["#", "Date"], [1, ONE]]}

    assert len(values(workbook(sheets))) == 2
    assert len(values(workbook({**sheets, "Old": TABLE}, hidden="Old"))) == 2


def test_of_several_sheets_with_readings_one_has_to_be_chosen() -> None:
    content = workbook({"June": TABLE, "July": TABLE[:2]})

    with pytest.raises(AmbiguousFile, match="'June' and 'July' have readings: set --sheet") as caught:
        imported(content)

    assert [choice.options for choice in caught.value.choices] == [{"sheet": "June"}, {"sheet": "July"}]
    assert [len(values(content, sheet=name)) for name in ("july", "1")] == [1, 2]
    with pytest.raises(UnreadableFile, match="--sheet is 'May'; the workbook has the sheets June, July"):
        imported(content, sheet="May")


def test_sheets_without_readings_say_why() -> None:
    with pytest.raises(UnreadableFile, match=r"'One': no column is named .*; 'Two': the file has no rows"):
        imported(workbook({"One": [["a", "b"], [1, 2]], "Two": []}))


def test_formulas_are_refused_on_the_sheet_that_is_read() -> None:
    formula = [*TABLE, [ONE, "=B2+1"]]

    with pytest.raises(UnreadableFile, match="cell B4 of the sheet 'Data' has a formula"):
        imported(workbook({"Data": formula}))
    assert len(values(workbook({"Data": TABLE, "Mean": [["=1+1"]]}))) == 2


def rewrite(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return an archive of which each part is changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in archive.namelist():
            out.writestr(name, change(name, archive.read(name)))
    return target.getvalue()


def test_a_workbook_that_decompresses_to_too_much_is_refused_whatever_it_says_of_its_size() -> None:
    def inflate(name: str, part: bytes) -> bytes:
        return part + b" " * 20_000_000 if name.endswith("sheet1.xml") else part

    bomb = rewrite(workbook(TABLE), inflate)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        size = max(info.file_size for info in archive.infolist()).to_bytes(4, "little")

    with pytest.raises(UnreadableFile, match="decompresses to over 200 times its size"):
        imported(bomb)
    with pytest.raises(UnreadableFile, match="decompresses to over 200 times its size"):
        imported(bomb.replace(size, bytes((7, 0, 0, 0))))


def test_a_cell_far_away_does_not_take_the_memory_of_the_cells_between() -> None:
    def move(name: str, part: bytes) -> bytes:
        return part.replace(b'r="B3"', b'r="XFD3"').replace(b'row r="3"', b'row r="1048576"')

    with pytest.raises(UnreadableFile, match=f"row 1048576 and column 16384, more than {MAX_CELLS:,}"):
        imported(rewrite(workbook(TABLE), move))


def test_a_document_type_is_refused() -> None:
    def declare(name: str, part: bytes) -> bytes:
        return part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)

    with pytest.raises(UnreadableFile, match="document type declaration"):
        imported(rewrite(workbook(TABLE), declare))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (workbook(TABLE)[:3000], "the workbook is damaged or not complete"),
        (workbook(TABLE)[:-30], "the workbook is damaged or not complete"),
        (b"PK\x03\x04 nonsense", "the workbook is damaged or not complete"),
        (rewrite(workbook(TABLE), lambda name, part: part[:300]), "the workbook is damaged or not complete"),
        (
            rewrite(workbook(TABLE), lambda name, part: part.replace(b"UTF-8", b"UTF-9")),
            "the workbook is damaged or not complete",
        ),
    ],
)
def test_a_damaged_workbook_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        imported(content)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("content.xml", "OpenDocument spreadsheet: save it as .xlsx or as CSV"),
        ("xl/workbook.bin", r"binary Excel workbook \(.xlsb\)"),
        ("a.csv", "a zip archive, but no Excel workbook: extract it first"),
    ],
)
def test_another_archive_is_refused(member: str, message: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, "")

    with pytest.raises(UnreadableFile, match=message):
        Workbook(content)


def test_an_old_or_encrypted_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"with a password, or of the format before 2007 \(.xls\)"):
        SeekableFile(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)))


def test_a_workbook_is_none_under_another_name_and_arrives_as_a_stream() -> None:
    stream = StreamFile(io.BytesIO(workbook(TABLE)), io.BytesIO())

    assert list(stream.workbook().lines("Sheet1"))[1] == "2026-01-01\t21.3"
    with pytest.raises(UnreadableFile, match=r"name a workbook \.xlsx, or set --format xlsx"):
        stream.lines()
    with pytest.raises(UnreadableFile, match="no Excel workbook"):
        SeekableFile(io.BytesIO(b"timestamp,temperature")).workbook()


def test_hoboconnect_has_its_readings_in_one_of_three_sheets() -> None:
    data: list[list[Any]] = [
        ["#", "Date-Time (CET/CEST)", "Temperature , °C", "RH , %", "Dew Point , °C"],
        [1, datetime(2026, 3, 29, 1, 30), 4.5, 60, -2.5],  # noqa: DTZ001 (as above)
        [2, datetime(2026, 3, 29, 3, 0), 4.75, 60, -2.5],  # noqa: DTZ001 (as above)
        [3, datetime(2026, 3, 29, 3, 10), "", "", ""],  # noqa: DTZ001 (as above)
    ]
    sheets: Sheets = {
        "Data": data,
        "Events": [["#", "Date-Time (CET/CEST)", "Host Connected"]],
        "Details": [["x"]],
    }

    with pytest.raises(AmbiguousFile, match="of the zone 'CET/CEST': set --time-zone") as caught:
        imported(workbook(sheets))
    assert caught.value.option == "time_zone"
    with pytest.raises(AmbiguousFile, match="HOBOconnect, and does not say from which sensor"):
        imported(workbook(sheets), sensors=(), time_zone=BERLIN)
    assert values(workbook(sheets), time_zone=BERLIN) == [
        ("2026-03-29T00:30:00", 4.5),
        ("2026-03-29T01:00:00", 4.75),
    ]
