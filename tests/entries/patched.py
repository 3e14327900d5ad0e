"""`python -m tests.entries.patched SERVICE MODULE.NAME=VALUE…`: the real service with other constants.

So that a test need not wait as long as production does.
"""

import sys
from importlib import import_module

from runtime.lifecycle import run


def main() -> int:
    """The service's own exit code."""
    service, *changes = sys.argv[1:]
    for change in changes:
        path, _, value = change.partition("=")
        module_name, _, constant = path.rpartition(".")
        module = import_module(module_name)
        kind = type(getattr(module, constant))
        setattr(module, constant, kind(value))
    return run(import_module(f"{service}.__main__").main)


if __name__ == "__main__":
    sys.exit(main())
