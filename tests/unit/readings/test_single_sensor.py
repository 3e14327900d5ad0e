"""A file that is read as one of a single sensor is refused if its rows are from several devices."""

import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from readings.files.errors import AmbiguousFile
from readings.files.history_file import HistoryFile, open_history
from readings.files.option_values import parse_options
from readings.files.questions import check_rows, make_question
from readings.files.records import Record
from readings.files.single_sensor import check_single_sensor

HOME_ASSISTANT = """entity_id,state,last_changed
sensor.fridge_temperature,4.1,2026-03-01T00:00:00.000Z
sensor.fridge_temperature,4.2,2026-03-01T00:10:00.000Z
sensor.freezer_temperature,-18.1,2026-03-01T00:05:00.000Z
"""
INFLUXDB = """#group,false,false,true,false,true,true
#datatype,string,long,dateTime:RFC3339,double,string,string
#default,_result,,,,,
,result,table,_time,_value,_field,floor
,,0,2026-03-01T00:00:00Z,18.2,temperature,upper
,,1,2026-03-01T00:05:00Z,8.3,temperature,lower
"""
ROOMS = "room,time,temperature\nhall,2026-03-01T00:00:00Z,4.1\nyard,2026-03-01T00:05:00Z,-3\n"
CHANNELS = """sensor_id,channel,time,temperature
dev1,1,2026-03-01T00:00:00Z,4.1
dev1,2,2026-03-01T00:00:01Z,-18.1
dev2,1,2026-03-01T00:00:00Z,5
"""
COLUMNS = {"sensor": "fridge", "time_column": "last_changed", "value_column": "state"}


def open_text(content: str, given: dict[str, Any]) -> HistoryFile:
    return open_history(io.BytesIO(content.encode()), "a.csv", parse_options(given), ZoneInfo("UTC"))


def readings(history: HistoryFile) -> list[tuple[str | None, float]]:
    return [(item.sensor, item.temperature) for item in history.read()[1] if isinstance(item, Record)]


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        (
            HOME_ASSISTANT,
            COLUMNS,
            "the column 'entity_id' names several devices, such as 'sensor.fridge_temperature' in line 2 and",
        ),
        (
            INFLUXDB,
            {"sensor": "fridge"},
            "the column 'floor' names several devices, such as 'upper' in line 5",
        ),
        (ROOMS, {"sensor": "fridge"}, "the column 'room' names several devices"),
        (ROOMS.replace("room", "Device ID"), {"sensor": "fridge"}, "'Device ID' names several devices"),
        (ROOMS.replace("room", "SN").replace("hall", "9"), {"sensor": "x"}, "'SN' names several devices"),
        (CHANNELS.replace("sensor_id", "id").replace("channel", "Point"), {"sensor": "x"}, "'Point' names"),
        (ROOMS.replace("hall", "2.14").replace("yard", "2.15"), {"sensor": "x"}, "such as '2.14' in line 2"),
        (ROOMS.replace("hall", "28:37:00:00:01:02"), {"sensor": "x"}, "such as '28:37:00:00:01:02'"),
        (ROOMS.replace("room", "Kühlschrank"), {"sensor": "x"}, "'Kühlschrank' names several devices"),
        (ROOMS.replace("room", "Sensor-Nr."), {"sensor": "x"}, "'Sensor-Nr.' names several devices"),
        (ROOMS.replace("room", "устройство"), {"sensor": "x"}, "'устройство' names several devices"),
        (ROOMS.replace("room", "TagName"), {"sensor": "fridge"}, "'TagName' names several devices"),
    ],
)
def test_rows_of_several_devices_are_not_those_of_one_sensor(
    content: str, given: dict[str, Any], message: str
) -> None:
    history = open_text(content, given)

    with pytest.raises(AmbiguousFile) as refused:
        check_rows(history, parse_options(given))

    assert message in str(refused.value)


def test_rows_of_several_channels_are_not_those_of_the_sensor_in_a_column() -> None:
    with pytest.raises(AmbiguousFile) as refused:
        check_single_sensor(open_text(CHANNELS, {}))

    assert "the column 'channel' names several devices, such as '1' in line 2 and '2' in line 3" in str(
        refused.value
    )
    assert "stored as those of the sensor 'dev1'" in str(refused.value)
    assert [choice.label for choice in refused.value.choices] == [
        "channel is 1",
        "channel is 2",
        "all are from one sensor",
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([["channel", "1"]], [("dev1", 4.1), ("dev2", 5)]),
        ([["channel", "1"], ["channel", "2"]], [("dev1", 4.1), ("dev1", -18.1), ("dev2", 5)]),
    ],
)
def test_channels_that_were_selected_are_those_of_the_sensor(
    where: list[list[str]], expected: list[tuple[str, float]]
) -> None:
    history = open_text(CHANNELS, {"where": where})

    check_single_sensor(history)

    assert readings(history) == expected


def test_each_sensor_may_have_a_channel_of_its_own_and_move_to_another_room() -> None:
    moved = "sensor_id,room,channel,time,temperature\nx,hall,7,2026-03-01T00:00:00Z,4\n"
    moved += "x,yard,7,2026-03-01T01:00:00Z,4\ny,hall,8,2026-03-01T00:00:00Z,4\n"

    check_single_sensor(open_text(moved, {}))


def test_each_answer_has_its_readings() -> None:
    options = parse_options({"sensor": "fridge"})
    with pytest.raises(AmbiguousFile) as refused:
        check_single_sensor(open_text(ROOMS, {"sensor": "fridge"}))

    question = make_question(
        refused.value,
        options,
        lambda changed: open_history(io.BytesIO(ROOMS.encode()), "a.csv", changed, ZoneInfo("UTC")),
    )

    found = {
        option.label: [(reading.sensor_id, reading.temperature) for reading in option.readings]
        for option in question.options
    }
    assert found == {
        "the column room names the sensor": [("hall", 4.1), ("yard", -3)],
        "room is hall": [("fridge", 4.1)],
        "room is yard": [("fridge", -3)],
        "all are from one sensor": [("fridge", 4.1), ("fridge", -3)],
    }


@pytest.mark.parametrize(
    "where", [[["room", "hall"]], [["room", "hall"], ["room", "yard"]]], ids=["one device", "every device"]
)
def test_rows_that_were_selected_are_those_of_one_sensor(where: list[list[str]]) -> None:
    given = {"sensor": "fridge", "where": where}
    history = open_text(ROOMS, given)

    check_rows(history, parse_options(given))

    assert len(readings(history)) == len(where)


@pytest.mark.parametrize(
    "content",
    [
        "serial number,time,temperature\n4711,2026-03-01T00:00:00Z,4.1\n,2026-03-01T00:05:00Z,4\n",
        "room,time,temperature\nhall,2026-03-01T00:00:00Z,4.1\nyard,2026-03-01T00:05:00Z,none\n",
        "name,time,temperature\n"
        + "".join(
            f"sample {number},2026-03-01T{number // 60:02}:{number % 60:02}:00Z,4.1\n"
            for number in range(200)
        ),
        "Point,time,temperature\n1,2026-03-01T00:00:00Z,4.1\n2,2026-03-01T00:05:00Z,4\n3,2026-03-01T00:10:00Z,4\n",
        "Freezer,time,temperature\n-18,2026-03-01T00:00:00Z,4.1\n-18.5,2026-03-01T00:05:00Z,4\n",
        "SN,time,temperature\n2,2026-03-01T00:05:00Z,4.1\n1,2026-03-01T00:00:00Z,4\n",
        "Probe,time,temperature\n"
        + "".join(f"{20 + n / 10},2026-03-01T00:{n:02}:00Z,{4 + n / 10}\n" for n in range(30)),
        "Room,time,temperature\n-0.5,2026-03-01T00:00:00Z,4.1\n1,2026-03-01T00:05:00Z,4\n",
        'location,time,temperature\n"52.1,13.4",2026-03-01T00:00:00Z,4.1\n"52.2,13.5",2026-03-01T00:05:00Z,4\n',
        "Local,time,temperature\n01:00:00,2026-03-01T00:00:00Z,4\n2026-03-01 01:05,2026-03-01T00:05:00Z,4\n",
        "S.N.,time,temperature\n7,2026-03-01T00:00:00Z,4.1\n9,2026-03-01T00:05:00Z,4\n",
    ],
    ids=[
        "named once",
        "no reading of the other one",
        "a name for each row",
        "numbers",
        "values",
        "newest first",
        "values of a probe",
        "values below zero",
        "positions",
        "local times",
        "serial numbers",
    ],
)
def test_a_column_that_names_one_device_or_each_row_is_no_question(content: str) -> None:
    check_single_sensor(open_text(content, {"sensor": "fridge", "missing": ["none"]}))
