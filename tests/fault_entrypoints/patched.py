"""A real service with other constants, so that a test waits for less time than production does.

Usage: `python -m tests.fault_entrypoints.patched SERVICE MODULE.NAME=VALUE…`.
"""

import sys
from importlib import import_module

from runtime.lifecycle import run


def main() -> int:
    """Run the service and return its exit code."""
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
