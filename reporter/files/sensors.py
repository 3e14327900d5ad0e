"""Which sensors a file is from: what it says itself, and the folder that it is in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from db.queries.sensors import SensorSerial, map_names
from jobs.file_paths import is_temporary
from readings.files.history_file import HistoryFile
from readings.files.questions import Question, QuestionOption, first_readings
from readings.files.records import Record
from runtime.text import quote_name
from worker.context import JobNeedsAnswer

# Which sensors are registered with one of these IDs or serial numbers.
FindSensors = Callable[[list[str]], Sequence[SensorSerial]]


def sensor_folder(path: str, work_folder: str) -> str | None:
    """Return the folder in the folder for work, which is named after a sensor."""
    folder, slash, _ = path.removeprefix(f"{work_folder}/").partition("/")
    return folder if slash and not is_temporary(folder) else None


def map_sensors(
    history: HistoryFile, file_name: str, folder: str | None, find: FindSensors
) -> dict[str, str]:
    """Return the IDs of the sensors that a file names by serial numbers.

    A file with one sensor that is not registered is from the sensor of its folder.

    Raises:
        JobNeedsAnswer: When that sensor is registered with another serial number than the file has, or the
            serial number is that of another sensor.
    """
    named = list(dict.fromkeys(_named_sensors(history)))
    found = find([*named, folder] if folder else named)
    known = map_names(found, named)
    if folder and len(named) == 1:
        of_folder = next((each for each in found if each.sensor_id == folder), None)
        sensor = known.get(named[0])
        if of_folder and (sensor != folder if sensor else of_folder.serial):
            question = _question(history, file_name, named[0], sensor, of_folder)
            raise JobNeedsAnswer(question.as_json() | {"option": "sensors"})
        if sensor is None:
            return {named[0]: folder}
    return {name: sensor for name, sensor in known.items() if name != sensor}


def _named_sensors(history: HistoryFile) -> Iterable[str]:
    for item in history.read()[1]:
        if isinstance(item, Record) and item.sensor is not None:
            yield item.sensor


def _question(
    history: HistoryFile, file_name: str, named: str, sensor: str | None, folder: SensorSerial
) -> Question:
    """Return the question which sensor is meant: that of the folder, or that of the file."""
    if sensor is None:
        other = f"{quote_name(folder.sensor_id)} is registered with the serial number {folder.serial}"
        label = f"{named}, a sensor that is not registered"
    else:
        other = "that is another sensor" if sensor == named else f"that is the sensor {quote_name(sensor)}"
        label = f"{sensor}, as the file says"
    return Question(
        f"{quote_name(file_name)} is in the folder of {quote_name(folder.sensor_id)}, and its readings are "
        f"from {quote_name(named)}: {other}. Which sensor are they from?",
        tuple(
            QuestionOption(label, {"sensors": [answer]}, first_readings(_as_from(history, named, answer)))
            for label, answer in (
                (f"{folder.sensor_id}, as the folder says", folder.sensor_id),
                (label, sensor or named),
            )
        ),
    )


def _as_from(history: HistoryFile, named: str, sensor: str) -> HistoryFile:
    return replace(history, sensor_ids={named: sensor})
