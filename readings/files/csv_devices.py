"""Columns that name the device of each row, in a table whose rows are all read as those of one sensor."""

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
    " container vehicle"
)
_NAMES = frozenset(_WORDS.split())
# The columns of annotated CSV of InfluxDB that do not belong to the name of a series.
_ANNOTATED = frozenset(("_time", "_value", "table"))
_NO_TAGS = _ANNOTATED | {"", "result", "_start", "_stop"}


def find_device_columns(header: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """Return the indexes of columns that no option uses and that name the device of a row.

    There are none if a column has the sensor.
    """
    if columns.sensor is not None:
        return ()
    used = {columns.time, columns.time_of_day, columns.unit, *(index for index, _ in columns.where)}
    used |= {value.index for value in columns.values}
    is_annotated = set(header) >= _ANNOTATED
    return tuple(
        index
        for index, name in enumerate(header)
        if index not in used and (compact(name) in _NAMES or (is_annotated and name not in _NO_TAGS))
    )
