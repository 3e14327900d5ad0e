"""Columns that name the device of each row, in a table whose rows would be read as those of one sensor."""

from collections.abc import Sequence

from readings.files.csv_columns import Columns
from readings.meanings import compact

_WORDS = (
    "sensor sensors sensorid sensorname device devices deviceid devicename deviceeui deveui entity entityid"
    " entityname friendlyname name displayname room roomname location locationname station stationid"
    " stationname site siteid sitename probe probeid probename channel channelid channelname logger"
    " loggerid loggername serial serialnumber serialno sn node nodeid nodename mac macaddress host"
    " hostname topic series tags asset assetid assetname equipment equipmentid gerät geräteid gerätename"
    " fühler messstelle messpunkt raum standort kanal seriennummer sonda sonde capteur sensore"
    " dispositivo canal sala local tagname tagid point pointid pointname box boxid boxname instance"
    " container vehicle sensorno sensornr sensornumber sensoraddress deviceno devicenr devicenumber"
    " appliance gerätenr gerätenummer fühlernr messgerät kühlstelle ort equipo ubicación lugar appareil"
    " équipement emplacement lieu apparecchio ubicazione luogo aparelho equipamento localização apparaat"
    " locatie ruimte urządzenie czujnik miejsce pomieszczenie"
    " lokalizacja enhet givare plats sted føler zařízení čidlo místnost umístění cihaz sensör датчик"
    " устройство прибор место помещение 传感器 设备 地点 测点 設備 センサ センサー 場所 機器 測定点 센서 장치"
)
# These have the name of a device, or its temperature.
_APPLIANCE_WORDS = (
    "fridge freezer refrigerator chamber kühlschrank kühlgerät gefrierschrank kammer nevera congelador frigo"
    " congélateur enceinte frigorifero koelkast vriezer"
)
_APPLIANCES = frozenset(_APPLIANCE_WORDS.split())
_NAMES = _APPLIANCES.union(_WORDS.split())
# Of these, one sensor that a column names may have several.
_CHANNEL_WORDS = "channel channelid channelname probe probeid probename fühler kanal canal sonda sonde"
_CHANNELS = frozenset(_CHANNEL_WORDS.split())
# Of these, the number of the row as often as that of a device.
_NUMBER_WORDS = ("point", "sn", "serial", "serialno", "serialnumber")
# The columns of annotated CSV of InfluxDB that do not belong to the name of a series.
_ANNOTATED = frozenset(("_time", "_value", "table"))
_NO_TAGS = _ANNOTATED | {"", "result", "_start", "_stop"}


def find_device_columns(header: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """Return the indexes of columns that no option uses and that name the device of a row.

    If a column has the sensor, these are those that name one of its channels or probes.
    """
    if columns.is_export:
        return ()
    words = _NAMES if columns.sensor is None else _CHANNELS
    used = {columns.time, columns.time_of_day, columns.sensor, columns.unit}
    used |= {index for index, _ in columns.where}
    used |= {value.index for value in columns.values}
    is_annotated = columns.sensor is None and set(header) >= _ANNOTATED
    return tuple(
        index
        for index, name in enumerate(header)
        if index not in used and (compact(name) in words or (is_annotated and name not in _NO_TAGS))
    )


def may_number_rows(name: str) -> bool:
    """Return whether a column of this name may count the rows instead of naming devices."""
    return compact(name) in _NUMBER_WORDS


def may_have_values(name: str) -> bool:
    """Return whether a column of this name may have temperatures instead of naming devices."""
    return compact(name) in _APPLIANCES
