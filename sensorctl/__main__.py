"""The entry point of `sensorctl`.

It imports the commands and their libraries only where Ctrl-C ends the process without a traceback.
"""

from importlib import import_module

from runtime.command_line import run_command


def main() -> None:
    """Run the command; turn errors into a message and an exit code."""
    run_command(_run)


def _run() -> None:
    import_module("sensorctl.program").run()


if __name__ == "__main__":
    main()
