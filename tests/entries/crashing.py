"""`python -m tests.entries.crashing SERVICE`: a service whose way to the broker fails as nobody foresaw."""

import sys
from importlib import import_module
from typing import Any

import pika

import messaging.amqp.connection
from runtime.lifecycle import run


def crash(*_: Any, **__: Any) -> None:
    raise RuntimeError("nobody foresaw this")


def main() -> int:
    """The service's own exit code."""
    messaging.amqp.connection.BlockingConnection = crash
    pika.SelectConnection.__init__ = crash  # a sensor's, and an import's
    return run(import_module(f"{sys.argv[1]}.__main__").main)


if __name__ == "__main__":
    sys.exit(main())
