"""Files of the loggers that travel with goods, in their layouts: exact readings, or what has to be set."""

import pytest

from readings.files.errors import AmbiguousFile
from readings.model import Unit
from tests.unit.readings.logger_readings import imported, readings

ELITECH = """File created on:2026-02-27 08:00:00

Device
Model : RC-51H
S/N : EFG204100222
Trip Description :  alpine hut
Timezone : UTC +01:00
Maximum : 8,4°C / 71,0%RH
Mean Kinetic Temperature(MKT): 5,2°C

No.\tTime\t\t°C\t%RH
1\t2026-02-26 11:00:00\t4,1\t55,0\t
2\t2026-02-26 11:10:00\tNC\t55,0\t
3\t2026-02-26 11:20:00\t-0,4\t56,5\t
"""
EXPECTED = [("EFG204100222", "2026-02-26T10:00:00", 4.1), ("EFG204100222", "2026-02-26T10:20:00", -0.4)]


def test_a_report_of_elitech_has_serial_number_offset_and_unit() -> None:
    result = imported(ELITECH.encode("latin-1"))

    assert readings(ELITECH) == EXPECTED
    assert result.history.serial == "EFG204100222"
    assert result.left_out[-1] == (13, "a missing value")
    assert readings(ELITECH.replace("\t%RH", "").replace("5,0\t", "").replace("6,5\t", "")) == EXPECTED


def test_a_report_of_elitech_in_fahrenheit_with_points_and_without_an_offset_is_in_local_time() -> None:
    content = ELITECH.replace("°C", "°F").replace("Timezone", "Time zone of").replace("4,1", "41.0")
    content = content.replace("-0,4", "32.0").replace(",", ".")

    assert readings(content) == [
        ("EFG204100222", "2026-02-26T10:00:00", 5.0),
        ("EFG204100222", "2026-02-26T10:20:00", 0.0),
    ]


@pytest.mark.parametrize("delimiter", ["\t", " "])
def test_sensitech_writes_neither_sensor_nor_unit(delimiter: str) -> None:
    content = "1 2026/02/26 5:02:58 22.61\n2 2026/02/26 15:07:58 -0.5\n".replace(" ", delimiter)

    with pytest.raises(AmbiguousFile, match="Sensitech does not write whether temperatures are in °C or °F"):
        imported(content, sensors=("box",))

    assert readings(content, sensors=("box",), units=(Unit.CELSIUS,)) == [
        ("box", "2026-02-26T04:02:58", 22.61),
        ("box", "2026-02-26T14:07:58", -0.5),
    ]


def test_a_temperature_with_a_name_of_the_users_is_asked_for_below_lines_of_the_same_width() -> None:
    content = (
        "testo 174T;;\nSeriennummer;38900123;\nDatum;Uhrzeit;Kanal 1 [°C]\n"
        "26.02.2026;11:00:00;6,1\n26.02.2026;11:15:00;-0,3\n"
    )

    with pytest.raises(AmbiguousFile, match="the file has the columns Datum, Uhrzeit, Kanal 1") as caught:
        imported(content, sensors=("cold-room",))

    selected = caught.value.choices[0].options
    assert readings(content, sensors=("cold-room",), **selected) == [
        ("cold-room", "2026-02-26T10:00:00", 6.1),
        ("cold-room", "2026-02-26T10:15:00", -0.3),
    ]
