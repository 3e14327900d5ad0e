"""Files of apps, stations and archives in their layouts: exact readings, or what has to be set."""

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile
from readings.files.problems import Problem
from readings.files.records import LeftOut
from tests.unit.history import Imported
from tests.unit.readings.logger_readings import imported, readings

HALL = ("hall",)


@pytest.mark.parametrize(
    ("program", "header", "row", "expected"),
    [
        (
            "Govee Home",
            "\ufeffTimestamp for sample frequency every 15 min min, Temperature_Celsius,Relative_Humidity",
            "2026-02-26 11:00:00,24.6,53.7",
            24.6,
        ),
        (
            "Govee Home",
            "Timestamp for sample frequency every 1 min min,PM2.5(µg/m³),Temperature_Fahrenheit,Humidity",
            "2026-02-26 11:00:00,0,50.0,50.6",
            10.0,
        ),
        (
            "SwitchBot",
            "Date,Temperature_Celsius(℃),Relative_Humidity(%),DPT(℃),VPD(kPa),Abs Humidity(g/m³),Light_Value",
            "2026-02-26 11:00,20.5,41,6.8,1.42,7.30,1",
            20.5,
        ),
        (
            "SwitchBot",
            "Date,Temperature_Fahrenheit(℉),Relative_Humidity(%),DPT(℉),VPD(kPa),Abs Humidity(g/m³)",
            "2026-02-26 11:00,41.0,41,6.8,1.42,7.30",
            5.0,
        ),
        (
            "ThermoPro",
            "Datetime,Temperature_Celsius,Relative_Humidity(%)",
            "26/02/2026 11:00,19.8,50",
            19.8,
        ),
        (
            "Aranet Home",
            "Time(dd/mm/yyyy),Carbon dioxide(ppm),Temperature(°C),Relative humidity(%),Pressure(hPa)",
            '26/02/2026 11:00:00,"721","21.5","61","1013.2"',
            21.5,
        ),
    ],
)
def test_apps_write_the_unit_and_no_sensor(program: str, header: str, row: str, expected: float) -> None:
    content = f"{header}\n{row}\n"

    assert readings(content, sensors=HALL) == [("hall", "2026-02-26T10:00:00", expected)]
    with pytest.raises(AmbiguousFile, match=f"the file is from {program}, and does not say"):
        imported(content)


def test_aranet_says_the_order_of_the_date() -> None:
    header = "Time({}),Carbon dioxide(ppm),Temperature(°F),Relative humidity(%),Atmospheric pressure(mmHg)"
    row = '\n05/10/2025 13:38:35,"721","77","61","766"\n'

    times = [
        readings(header.format(order) + row, sensors=HALL)[0][1]
        for order in ("dd/mm/yyyy", "mm/dd/yyyy", "DD/MM/YYYY H:mm:ss")
    ]

    assert times == ["2025-10-05T11:38:35", "2025-05-10T11:38:35", "2025-10-05T11:38:35"]


TINYTAG = """,,1,2
S/N,,914321,914321
Type,,TGP-4500,TGP-4500
Description,,Stairwell,Stairwell
Property,,Temperature,Humidity
1,26/02/2026 11:00:00,21.30 °C,45.0 %RH
2,26/02/2026 11:05:00,,
3,26/02/2026 11:10:00,-0.70 °C,45.2 %RH
"""


def test_tinytag_has_units_next_to_the_values() -> None:
    expected = [("914321", "2026-02-26T10:00:00", 21.3), ("914321", "2026-02-26T10:10:00", -0.7)]

    assert readings(TINYTAG) == readings(TINYTAG.encode("latin-1")) == expected
    assert readings(TINYTAG.replace("Humidity", "Temperature").replace("%RH", "°F"))[:2] == [
        ("914321-1", "2026-02-26T10:00:00", 21.3),
        ("914321-2", "2026-02-26T10:00:00", pytest.approx(7.2222, abs=1e-3)),
    ]


ECOWITT = """Time,Indoor Temperature({unit}),Indoor Humidity(%),Outdoor Temperature({unit}),Dew Point({unit})
2026-02-26 11:00,{indoor},45,{outdoor},0.1
2026-02-26 11:05,--,45,{outdoor},0.1
"""


@pytest.mark.parametrize(
    ("unit", "indoor", "outdoor"),
    [("℃", 21.5, -5), ("°C", 21.5, -5), ("℉", 70.7, 23), ("*F", 70.7, 23), ("°F", 70.7, 23)],
)
def test_ecowitt_has_several_sensors_next_to_each_other(unit: str, indoor: float, outdoor: float) -> None:
    content = ECOWITT.format(unit=unit, indoor=indoor, outdoor=outdoor)

    assert readings(content, sensors=("in", "out")) == [
        ("in", "2026-02-26T10:00:00", 21.5),
        ("out", "2026-02-26T10:00:00", -5.0),
        ("out", "2026-02-26T10:05:00", -5.0),
    ]
    with pytest.raises(AmbiguousFile, match="several sensors in the columns Indoor Temperature"):
        imported(content)


def test_the_integrated_surface_database_is_in_utc_and_tenths() -> None:
    content = (
        '"STATION","DATE","SOURCE","REPORT_TYPE","TMP","DEW"\n'
        '"10384099999","2026-02-26T11:00:00","4","FM-12","+0056,1","-0012,1"\n'
        '"10384099999","2026-02-26T12:00:00","4","FM-12","+9999,9","-0012,1"\n'
    )

    assert readings(content) == [("10384099999", "2026-02-26T11:00:00", 5.6)]


GHCNH = """STATION|Station_name|DATE|temperature|temperature_Measurement_Code|temperature_Quality_Code|REM
USW00094728|NEW YORK|2026-02-26T11:51:00|-1.1||5|-7.2
USW00094728|NEW YORK|2026-02-26T12:51:00|56.0||7|-7.2
USW00094728|NEW YORK|2026-02-26T13:51:00||||-7.2
USW00094728|NEW YORK|2026-02-26T14:51:00|0.6|||-6.7
"""


@pytest.mark.parametrize("names", [("STATION", "DATE"), ("Station_ID", "Date")])
def test_ghcnh_is_in_utc_without_what_failed_its_checks(names: tuple[str, str]) -> None:
    content = GHCNH.replace("STATION", names[0]).replace("DATE", names[1])

    result = imported(content)

    assert readings(content) == [
        ("USW00094728", "2026-02-26T11:51:00", -1.1),
        ("USW00094728", "2026-02-26T14:51:00", 0.6),
    ]
    assert result.left_out == [
        (3, "temperature_Quality_Code is not empty or 0 or 1 or 4 or 5 or 9"),
        (4, "a missing value"),
    ]
    lines, items = result.history.read()
    assert [item.problem for item in items if isinstance(item, LeftOut)] == [
        Problem.BAD_QUALITY,
        Problem.MISSING,
    ]
    assert lines.number == 5


RUUVI_ANDROID = """timestamp,temperature ({unit}),humidity ({unit}),pressure (hPa),rssi,acceleration x,voltage
2026-02-26T11:00:00+0200,{value},{value},1013.2,-61,0.012,2.9
"""
RUUVI_IOS = """Date,Temperature ({unit}),Humidity (%),Pressure (hPa),RSSI (dBm),Acceleration X (g)
2026-02-26 11:00:00,{value},45.00,1013.20,-61,0.012
"""


@pytest.mark.parametrize(("unit", "value"), [("°C", 5), ("°F", 41), ("K", 278.15)])
def test_ruuvi_station_has_the_humidity_as_a_dew_point_too(unit: str, value: float) -> None:
    android, ios = (text.format(unit=unit, value=value) for text in (RUUVI_ANDROID, RUUVI_IOS))

    assert readings(android, sensors=HALL) == [("hall", "2026-02-26T09:00:00", 5.0)]
    assert readings(ios, sensors=HALL) == [("hall", "2026-02-26T10:00:00", 5.0)]
    with pytest.raises(AmbiguousFile, match="the file is from Ruuvi Station, and does not say"):
        imported(ios)


@pytest.mark.parametrize(
    "content",
    [
        'Timestamp,"Temperature (°F)","Relative Humidity (%)"\n"2026-02-26 11:00","50.0000","20.0000"\n',
        '"Time","Temperature (°C)"\n2026-02-26 11:00:00,10\n',
        '"Time","temperature"\n2026-02-26 11:00:00,10 °C\n',
        "Timestamp,Temperature (°C),Humidity\n1772100000,10,50\n",
    ],
)
def test_sensorpush_and_grafana_need_no_class_of_their_own(content: str) -> None:
    assert readings(content, sensors=HALL) == [("hall", "2026-02-26T10:00:00", 10.0)]


def test_options_replace_what_the_program_always_writes() -> None:
    content = "Datetime,Temperature_Celsius,Relative_Humidity(%)\n05/04/2026 11:00,19.8,50\n"
    options = CsvOptions(sensors=HALL, time_format="%m/%d/%Y %H:%M")

    assert Imported(content, options).values == [("hall", "2026-05-04T11:00:00+00:00", 19.8)]
