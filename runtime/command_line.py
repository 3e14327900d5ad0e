"""How a command of the operator ends: its exit code, and a message in place of a traceback.

Output that the terminal's encoding lacks is escaped. Output that cannot be written is an error.
"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from runtime.errors import ConfigurationError
from runtime.exit_codes import EXIT_CONFIGURATION, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK
from runtime.streams import discard_closed_errors, escape_unencodable, flush_or_discard

# The errors of a write to standard output. They carry no file name.
WRITE_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EINVAL})


def run_command(command: Callable[[], None]) -> NoReturn:
    """Run the command and end the process."""
    discard_closed_errors()
    escape_unencodable()
    code = _call(command)
    failures = [error for stream in (sys.stdout, sys.stderr) if (error := flush_or_discard(stream))]
    if failures and code == EXIT_OK:
        code = report(_describe(failures[0]), EXIT_FAILURE)
    sys.exit(code)


def report(message: str, code: int) -> int:
    """Print the message to standard error, if that can be written, and return the code."""
    with suppress(OSError, ValueError):
        print(message, file=sys.stderr, flush=True)  # noqa: T201 (the command's message)
    return code


def _call(command: Callable[[], None]) -> int:
    code = EXIT_OK
    try:
        command()
    except SystemExit as end:
        is_code = end.code is None or isinstance(end.code, int)
        code = int(end.code or EXIT_OK) if is_code else report(str(end.code), EXIT_FAILURE)
    except ConfigurationError as error:
        code = report(str(error), EXIT_CONFIGURATION)
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of the output has seen enough
        code = EXIT_FAILURE
    except OSError as error:
        code = report(_describe(error), EXIT_FAILURE)
    return code


def _describe(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {reason}"
    return f"cannot write the output: {reason}" if error.errno in WRITE_ERRORS else reason
