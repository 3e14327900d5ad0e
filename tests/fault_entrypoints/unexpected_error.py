"""A service in which connecting to the broker raises an unexpected error.

Usage: `python -m tests.fault_entrypoints.unexpected_error SERVICE`.
"""

import sys
from importlib import import_module
from typing import Any

import pika

import messaging.amqp.connection
from runtime.lifecycle import run


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("an unexpected error")


def main() -> int:
    """Run the service and return its exit code."""
    messaging.amqp.connection.BlockingConnection = fail
    pika.SelectConnection.__init__ = fail  # used by the sensor and by the import
    return run(import_module(f"{sys.argv[1]}.__main__").main)


if __name__ == "__main__":
    sys.exit(main())
