"""Dead messages in a file of JSON lines."""

from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import from_line, to_line
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from sensorctl.files import reading, writing
from sensorctl.output import note


def export(settings: BrokerSettings, selection: DeadLetterFilter, name: str) -> int:
    """Write the selected messages to a new file, and give their number."""
    exported = 0
    with open_dead_letter_queue(settings) as queue, writing(name) as file:
        for message in filter(selection, queue.peek()):
            file.write(to_line(message))
            exported += 1
    return exported


def put_back(settings: BrokerSettings, name: str) -> tuple[int, int]:
    """Put a file's messages into the dead queue; gives how many, and how many lines were wrong.

    Each wrong line is told with its number.
    """
    imported = wrong = number = 0
    with reading(name) as file, open_dead_letter_queue(settings) as queue:
        try:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    message = from_line(line)
                except ValueError as error:
                    note(f"line {number}: {error}")
                    wrong += 1
                else:
                    queue.publish_copy(message)
                    imported += 1
        except ServiceUnavailable:
            note(f"Imported {imported} dead messages before the broker was lost, at line {number}.")
            raise
    return imported, wrong
