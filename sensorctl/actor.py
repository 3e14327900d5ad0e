"""Who a command of sensorctl records as the actor of a change."""

import getpass
import os

from runtime.text import escape_unprintable


def current_actor() -> str:
    """Return `sensorctl:USER` with the user of the operating system, or its number where it has no name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # for example in a container
        name = str(os.getuid())
    return f"sensorctl:{escape_unprintable(name)}"
