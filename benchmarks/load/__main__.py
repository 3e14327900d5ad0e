"""Publish readings to the running stack at a set rate: `python -m benchmarks.load`, or `make load`."""

import locust  # noqa: F401 (it makes sockets cooperative, so it comes before whatever opens a socket)


def main() -> None:
    """Run the command."""
    from benchmarks.load.command import load  # noqa: PLC0415 (it imports pika and psycopg)
    from runtime.command_line import run_command  # noqa: PLC0415

    run_command(load)


if __name__ == "__main__":
    main()
