"""The programs whose files are recognised, and what is read of a file once one of them is."""

from collections.abc import Sequence
from dataclasses import fields, replace

from readings.files.csv_options import CsvOptions
from readings.files.errors import AmbiguousFile, Choice
from readings.files.loggers.aranet import Aranet
from readings.files.loggers.easylog import EasyLog
from readings.files.loggers.ecowitt import Ecowitt
from readings.files.loggers.elitech import ElitechDatareader, ElitechReport
from readings.files.loggers.hoboconnect import Hoboconnect
from readings.files.loggers.hoboware import Hoboware
from readings.files.loggers.home_assistant import HomeAssistantHistory
from readings.files.loggers.ibutton import IButton
from readings.files.loggers.influxdb import InfluxDb
from readings.files.loggers.logger_file import Logger, LoggerFile, Sample
from readings.files.loggers.logtag import LogTag
from readings.files.loggers.netatmo import Netatmo
from readings.files.loggers.noaa import GlobalHourly, IntegratedSurfaceDatabase
from readings.files.loggers.open_meteo import OpenMeteo
from readings.files.loggers.phone_apps import PHONE_APPS
from readings.files.loggers.ruuvi import RuuviStation
from readings.files.loggers.sensitech import Sensitech
from readings.files.loggers.tinytag import Tinytag

LOGGERS: Sequence[Logger] = (
    Hoboware(),
    Hoboconnect(),
    IButton(),
    EasyLog(),
    ElitechDatareader(),
    ElitechReport(),
    Sensitech(),
    LogTag(),
    OpenMeteo(),
    Netatmo(),
    InfluxDb(),
    HomeAssistantHistory(),
    Tinytag(),
    Aranet(),
    Ecowitt(),
    IntegratedSurfaceDatabase(),
    GlobalHourly(),
    RuuviStation(),
    *PHONE_APPS,
)
# With one of these, the operator describes the table.
_TABLE_OPTIONS = ("time_column", "value_columns", "no_header", "skip_lines")


def recognise_logger(sample: Sample, options: CsvOptions) -> LoggerFile | None:
    """Return what is known of a file by the program that wrote it; None if it is none that is known.

    The options of the operator replace those of the program. A file of which the operator names the columns
    is read as the operator says.
    """
    given = _given(options)
    if any(name in given for name in _TABLE_OPTIONS):
        return None
    found = next((logger for known in LOGGERS if (logger := known.recognise(sample))), None)
    if found is None:
        return None
    if "sensors" in given:
        given["sensor_column"] = None
    elif "sensor_column" in given:
        given["sensors"] = ()
    return replace(found, options=replace(found.options, **given))  # type: ignore[arg-type]  # by name


def complete_options(logger: LoggerFile) -> CsvOptions:
    """Return the options with which the file is read; the serial number is the sensor if none is named.

    Raises:
        AmbiguousFile: When neither the file nor the operator says the sensor, the unit or the zone.
    """
    options = logger.options
    if logger.is_unit_unknown and not options.units:
        raise AmbiguousFile(
            f"{logger.program} does not write whether temperatures are in °C or °F: set --unit C or --unit F",
            "units",
            (Choice("°C", {"units": ["celsius"]}), Choice("°F", {"units": ["fahrenheit"]})),
        )
    if logger.zone_name and options.time_zone is None:
        raise AmbiguousFile(
            f"the file is from {logger.program}, with local times of the zone {logger.zone_name!r}: set "
            "--time-zone to its name, such as America/New_York, or to an offset",
            "time_zone",
        )
    if not options.sensors and not options.sensor_column:
        if len(options.value_columns) > 1:
            columns = ", ".join(options.value_columns)
            raise AmbiguousFile(
                f"the file is from {logger.program}, with temperatures of several sensors in the columns "
                f"{columns}: set --sensor for each, in this order, or --value-column and --sensor for one",
                "sensors",
            )
        if logger.serial is None:
            raise AmbiguousFile(
                f"the file is from {logger.program}, and does not say from which sensor: set --sensor NAME",
                "sensors",
            )
        options = replace(options, sensors=(logger.serial,))
    return options


def _given(options: CsvOptions) -> dict[str, object]:
    """Return the options that are not the default, by name."""
    values = ((field.name, field.default, getattr(options, field.name)) for field in fields(options))
    return {name: value for name, default, value in values if value != default}
