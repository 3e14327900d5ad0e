"""Files of loggers in the layouts of the programs that write them: exact readings, or what has to be set."""

import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile, UnreadableFile
from readings.files.history_file import recognise
from readings.files.input_file import StreamFile
from readings.files.records import Record
from readings.model import Unit
from tests.unit.history import Imported
from tests.unit.readings.logger_readings import BERLIN, imported, readings

NEW_YORK = ZoneInfo("America/New_York")


HOBOWARE = """\ufeff"Plot Title: Fridge 3"
"#","Date Time, GMT-08:00","Temp, °C (LGR S/N: 10679014, SEN S/N: 10679014)","Coupler Detached (LGR S/N: 1)"
1,02/26/26 11:00:00 AM,3.155,Logged
2,02/26/26 12:00:00 PM,3.261,
3,02/26/26 12:04:11 PM,,Logged
"""


def test_hoboware_has_a_fixed_offset_and_rows_of_events_without_a_temperature() -> None:
    result = imported(HOBOWARE)

    assert result.history.serial == "10679014"
    assert result.invalid == []
    assert result.left_out == [(1, "before the header"), (5, "an event of the logger")]
    assert result.values == [
        ("10679014", "2026-02-26T19:00:00+00:00", 3.155),
        ("10679014", "2026-02-26T20:00:00+00:00", 3.261),
    ]


def test_hoboware_computes_columns_that_are_no_temperatures_of_a_probe() -> None:
    content = (
        '"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 20, SEN S/N: 20)","Intensity, fc (LGR S/N: 20)",'
        '"RH, % (LGR S/N: 20)","DewPt, °C (LGR S/N: 20)","Max: Temp, °C (LGR S/N: 20)"\n'
        "1,02/26/26 11:00:00 AM,3.5,7,60,-2.5,4.5\n"
    )

    assert readings(content) == [("20", "2026-02-26T11:00:00", 3.5)]


def test_hoboware_in_fahrenheit_with_two_probes_and_a_degree_sign_of_latin_1() -> None:
    content = (
        '"Plot Title: brine"\n'
        '"#","Date","Time, GMT+01:00","Temp, °F (LGR S/N: 20, SEN S/N: 1, LBL: in)",'
        '"Temp, °F (LGR S/N: 20, SEN S/N: 2, LBL: out)"\n'
        "1,02/26/26,11:00:00 AM,50,41\n"
    )
    expected = [("1", "2026-02-26T10:00:00", 10.0), ("2", "2026-02-26T10:00:00", 5.0)]

    assert readings(content) == expected
    assert readings(content.encode("latin-1")) == expected
    assert readings(content.replace("°", "?")) == readings(content.replace("°", "")) == expected


IBUTTON = """1-Wire/iButton Part Number: DS1921G-F5
1-Wire/iButton Registration Number: 8400000036BF0121
Is Mission Active?  false
Mission Start:  Sun Aug 21 21:05:00 CEST 2016
Sample Rate:  Every 255 minute(s)
Number of Mission Samples:  3
Total Samples:  10
Roll Over Enabled?  false
Roll Over Occurred?  Roll over has NOT occurred
Active Alarms:  NONE
Next Clock Alarm At:  Disabled
High Temperature Alarm:  85 °C
Low Temperature Alarm:  -40 °C

Date/Time,Unit,Value
{rows}"""


def ibutton(*rows: str) -> str:
    return IBUTTON.format(rows="\n".join((*rows, "")))


@pytest.mark.parametrize(
    "rows",
    [
        ("21/08/16 9:05:00 PM,C,7.5", "22/08/16 1:20:00 AM,C,8"),
        ("8/21/16 9:05:00 PM,C,7.5", "8/22/16 1:20:00 AM,C,8"),
        ("21/08/16 9:05:00 PM,F,45.5", "22/08/16 1:20:00 AM,F,46.4", "22/08/16 1:20:00 AM,%RH,71"),
    ],
)
def test_ibuttons_give_their_registration_number_and_the_order_of_the_date(rows: tuple[str, ...]) -> None:
    assert readings(ibutton(*rows)) == [
        ("8400000036BF0121", "2016-08-21T19:05:00", 7.5),
        ("8400000036BF0121", "2016-08-21T23:20:00", 8.0),
    ]


def test_the_order_of_the_date_is_shown_by_days_that_follow_each_other() -> None:
    rows = ("05/04/26 11:00:00 PM,C,4", "06/04/26 12:00:00 AM,C,5")

    assert [time for _, time, _ in readings(ibutton(*rows), ZoneInfo("UTC"))] == [
        "2026-04-05T23:00:00",
        "2026-04-06T00:00:00",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("05/04/26 9:00:00 PM,C,4", "05/04/26 10:00:00 PM,C,5"),
        ("05/04/26 9:00:00 PM,C,4", "09/04/26 10:00:00 PM,C,5"),
    ],
)
def test_a_date_that_can_be_read_in_several_orders_is_asked_for(rows: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousFile, match='set --time-format "%d/%m/%y %I:%M:%S %p" or') as caught:
        imported(ibutton(*rows))

    assert caught.value.option == "time_format"
    assert [choice.label for choice in caught.value.choices] == ["day first", "month first", "year first"]
    selected = caught.value.choices[1].options
    assert readings(ibutton(*rows), ZoneInfo("UTC"), **selected)[0][1] == "2026-05-04T21:00:00"


EASYLOG = """Cellar,Time,Celsius(°C),Humidity(%rh),Dew Point(°C),Serial Number
1,2026-02-26 11:00:00,11.5,71.0,6.4,010012345
2,2026-02-26 11:05:00,11.0,71.5,6.5
"""


def test_easylog_has_the_serial_number_in_the_first_row_only() -> None:
    assert readings(EASYLOG) == [
        ("010012345", "2026-02-26T10:00:00", 11.5),
        ("010012345", "2026-02-26T10:05:00", 11.0),
    ]
    assert readings(EASYLOG, sensors=("cellar",))[0] == ("cellar", "2026-02-26T10:00:00", 11.5)


def test_easylog_without_humidity_has_limits_that_are_no_temperatures() -> None:
    content = (
        "Freezer,Time,Fahrenheit(°F),High Alarm,Low Alarm,Serial Number\n"
        "1,26/02/2026 11:00:00,-0.4,5.0,-22.0,10000777\n2,26/02/2026 11:10:00,-1.3,5.0,-22.0\n"
    )

    assert (
        readings(content.replace("°", "?"))
        == readings(content)
        == [
            ("10000777", "2026-02-26T10:00:00", -18.0),
            ("10000777", "2026-02-26T10:10:00", -18.5),
        ]
    )


ELITECH = "1\t2026-02-26 11:00:00\t25.1\n2\t2026-02-26 11:10:00\t-0.4\n"


def test_the_reader_of_elitech_loggers_writes_no_sensor() -> None:
    assert readings(ELITECH, sensors=("truck",)) == [
        ("truck", "2026-02-26T10:00:00", 25.1),
        ("truck", "2026-02-26T10:10:00", -0.4),
    ]
    with pytest.raises(
        AmbiguousFile, match="elitech-datareader, and does not say from which sensor"
    ) as caught:
        imported(ELITECH)
    assert caught.value.option == "sensors"


LOGTAG = "1,09/28/2025,23:56:48,4.1,68.1,\n2,09/29/2025,00:06:48,4.2,73.6, Inspection Mark\n"


def test_logtag_writes_no_unit() -> None:
    with pytest.raises(AmbiguousFile, match="set --unit C or --unit F"):
        imported(LOGTAG, sensors=("vaccines",))

    assert readings(LOGTAG, sensors=("vaccines",), units=(Unit.CELSIUS,)) == [
        ("vaccines", "2025-09-28T21:56:48", 4.1),
        ("vaccines", "2025-09-28T22:06:48", 4.2),
    ]


OPEN_METEO = """latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
52.52,13.419998,38.0,7200,Europe/Berlin,GMT+2

time,temperature_2m (°C),rain (mm)
2025-07-01T00:00,17.2,0.00
2025-12-01T00:00,NaN,0.00
2025-12-02T00:00,-1.5,0.00
"""


def test_open_meteo_has_one_offset_in_summer_and_winter() -> None:
    assert readings(OPEN_METEO, sensors=("berlin",)) == [
        ("berlin", "2025-06-30T22:00:00", 17.2),
        ("berlin", "2025-12-01T22:00:00", -1.5),
    ]


@pytest.mark.parametrize("offset", ["86400", "--5", "9" * 20])
def test_an_open_meteo_file_whose_offset_no_zone_has_is_not_recognised(offset: str) -> None:
    with pytest.raises(UnreadableFile, match="no column"):
        imported(OPEN_METEO.replace("7200", offset), sensors=("berlin",))


def test_a_second_table_is_refused_row_by_row() -> None:
    content = OPEN_METEO + "\ntime,temperature_2m_max (°C),rain (mm)\n2025-07-01,25,1\n"

    result = imported(content, sensors=("berlin",))

    assert [line for line, _ in result.invalid] == [9, 10]
    assert result.invalid[0][1].startswith("another table begins, with the columns time, temperature_2m_max")
    assert result.invalid[1][1] == "the row belongs to the table that begins in line 9"
    assert len(result.values) == 2


NETATMO = """Name;Long;Lat;ModuleName;ModuleType
"Home";6.96,50.85;;Indoor
Timestamp;"Timezone : Europe/Berlin";Temperature;Humidity;CO2;Noise;Pressure
1622498702;"2021/06/01 00:05:02";22.6;46;981;32;1019.1
1622499004;"2021/06/01 00:10:04";;46;981;31;1019.1
"""


def test_netatmo_counts_seconds() -> None:
    assert readings(NETATMO, NEW_YORK, sensors=("living",)) == [("living", "2021-05-31T22:05:02", 22.6)]


INFLUXDB = """#group,false,false,true,true,false,false,true,true
#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string
#default,_result,,,,,,,
,result,table,_start,_stop,_time,_value,_field,_measurement
,,0,2026-02-26T11:00:00Z,2026-02-26T12:00:00Z,2026-02-26T11:00:10Z,21.5,temperature,climate
,,1,2026-02-26T11:00:00Z,2026-02-26T12:00:00Z,2026-02-26T11:00:10Z,44,humidity,climate

#group,false,false,true,true,false,false,true,true
#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string
#default,_result,,,,,,,
,result,table,_start,_stop,_time,_value,_field,_measurement
,,2,2026-02-26T11:00:00Z,2026-02-26T12:00:00Z,2026-02-26T11:00:20Z,21.6,temperature,climate
"""


def test_influxdb_has_annotations_and_several_fields() -> None:
    result = imported(INFLUXDB, sensors=("hall",))

    assert result.invalid == []
    assert (6, "_field is not temperature") in result.left_out
    assert [(time, value) for _, time, value in result.values] == [
        ("2026-02-26T11:00:10+00:00", 21.5),
        ("2026-02-26T11:00:20+00:00", 21.6),
    ]
    assert len(imported(INFLUXDB, sensor_column="_measurement").values) == 2


def test_columns_that_the_operator_names_are_read_as_the_operator_says() -> None:
    options = CsvOptions(sensors=("x",), time_column="Time", value_columns=("Dew Point(°C)",))

    result = Imported(EASYLOG, options, zone=BERLIN)

    assert result.history.serial is None
    assert [value for *_, value in result.values] == [6.4, 6.5]


@pytest.mark.parametrize("zone", ["UTC-05:00", "GMT-05:00"])
def test_hoboconnect_can_have_an_offset(zone: str) -> None:
    content = f'#,Date-Time ({zone}),"Temperature , °C"\n1,05/15/2026 12:00:00,21.96\n'

    assert readings(content, sensors=("attic",)) == [("attic", "2026-05-15T17:00:00", 21.96)]


def test_a_stream_from_a_logger_is_recognised_as_a_file_is() -> None:
    stream = StreamFile(io.BytesIO(HOBOWARE.encode()), io.BytesIO())

    history = recognise(stream, "csv", CsvOptions(), BERLIN)

    assert history.serial == "10679014"
    assert [item.temperature for item in history.read()[1] if isinstance(item, Record)] == [3.155, 3.261]


def test_a_file_of_nobody_is_refused_as_before() -> None:
    with pytest.raises(UnreadableFile, match="no column is named"):
        imported("a,b\n1,2\n")


HOME_ASSISTANT = """entity_id,state,last_changed
sensor.attic_temperature,21.4,2026-03-05T10:00:00.000Z
sensor.attic_temperature,unavailable,2026-03-05T10:05:12.345Z
sensor.attic_humidity,45.2,2026-03-05T10:00:01.000Z
sensor.fridge,4.1,2026-03-05T10:00:01.500Z
sensor.fridge,unknown,2026-03-05T10:05:01.000Z
"""


def test_home_assistant_writes_no_unit() -> None:
    with pytest.raises(AmbiguousFile, match="Home Assistant does not write whether temperatures are in °C"):
        imported(HOME_ASSISTANT)


def test_home_assistant_has_states_of_several_entities_and_some_are_no_temperature() -> None:
    result = imported(HOME_ASSISTANT, units=(Unit.CELSIUS,))

    assert result.values == [
        ("sensor.attic_temperature", "2026-03-05T10:00:00+00:00", 21.4),
        ("sensor.fridge", "2026-03-05T10:00:01.500000+00:00", 4.1),
    ]
    assert result.left_out == [(3, "a missing value"), (6, "a missing value")]
    [(line, reason)] = result.invalid
    assert (line, "'sensor.attic_humidity', which is no temperature" in reason) == (4, True)


@pytest.mark.parametrize("columns", [{}, {"time_column": "last_changed", "value_columns": ("state",)}])
def test_an_entity_of_home_assistant_that_is_selected_is_read_as_selected(columns: dict[str, Any]) -> None:
    selection = (("entity_id", "sensor.attic_humidity"),)

    assert readings(HOME_ASSISTANT, sensors=("x",), units=(Unit.CELSIUS,), where=selection, **columns) == [
        ("x", "2026-03-05T10:00:01", 45.2)
    ]


def test_home_assistant_adds_columns_for_thermostats_and_rows_of_sensors_stay_short() -> None:
    content = (
        "entity_id,state,last_changed,current_temperature,hvac_action,target_temp_high,target_temp_low,"
        "temperature\n"
        "climate.hall,heat,2026-03-05T10:00:00.000Z,20.1,heating,,,21\n"
        "sensor.attic_temperature,70.5,2026-03-05T10:00:00.000Z\n"
    )

    result = imported(content, units=(Unit.FAHRENHEIT,))

    assert [line for line, _ in result.invalid] == [2]
    assert result.values == [("sensor.attic_temperature", "2026-03-05T10:00:00+00:00", 21.388888889)]
