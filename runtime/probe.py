"""`python -IS runtime/probe.py [/readyz]`: exit with code 0 when this container's own endpoint returns 200.

It is the health check of the images, which do not contain curl. A dozen containers run it every few seconds,
so it imports little: urllib would take three times as long as everything else.
"""

import os
import socket
import sys

TIMEOUT_SECONDS = 8
OK = b"200"


def main() -> int:
    """Print the response or the error, and return 0 for status 200, 1 for anything else."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/readyz"
    host, port = "127.0.0.1", int(os.environ.get("HTTP_PORT") or 9100)
    request = f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n"
    try:
        with socket.create_connection((host, port), TIMEOUT_SECONDS) as connection:
            connection.sendall(request.encode())
            with connection.makefile("rb") as response:
                head, _, body = response.read().partition(b"\r\n\r\n")
    except OSError as error:
        print(f"http://{host}:{port}{path}: {error}")  # noqa: T201 (`docker inspect` shows it)
        return 1
    print(body.decode().strip())  # noqa: T201
    return 0 if head.split(maxsplit=2)[1:2] == [OK] else 1


if __name__ == "__main__":
    sys.exit(main())
