"""Write dead letters to a JSON Lines file and read them back."""

from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import from_line, to_line
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from runtime.text import quantity
from sensorctl.files import open_output, open_text_input
from sensorctl.output import print_message


def export_messages(settings: BrokerSettings, selection: DeadLetterFilter, name: str) -> int:
    """Write the selected dead letters to a new file, and return their number.

    Raises:
        BrokerUnavailable: When the broker is unavailable.
    """
    exported = 0
    with open_dead_letter_queue(settings) as queue, open_output(name) as file:
        for letter in filter(selection, queue.peek()):
            file.write(to_line(letter))
            exported += 1
    return exported


def import_messages(settings: BrokerSettings, name: str) -> tuple[int, int]:
    """Put the messages of a file into the dead-letter queue, and report each invalid line.

    Returns the number of imported messages and of invalid lines.

    Raises:
        ServiceUnavailable: When the broker is unavailable.
    """
    imported = invalid = number = 0
    with open_text_input(name) as file, open_dead_letter_queue(settings) as queue:
        try:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    letter = from_line(line)
                except ValueError as error:
                    print_message(f"line {number}: {error}")
                    invalid += 1
                else:
                    queue.publish_copy(letter)
                    imported += 1
        except ServiceUnavailable:
            done = quantity(imported, "dead letter")
            print_message(f"Imported {done} before the broker was lost at line {number}.")
            raise
    return imported, invalid
