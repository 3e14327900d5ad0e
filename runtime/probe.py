"""`python -m runtime.probe [/readyz]`: exit with code 0 when this container's own endpoint returns 200.

It is the health check of the images, which do not contain curl.
"""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 3


def main() -> int:
    """Print the response or the error, and return 0 for status 200, 1 for anything else."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/readyz"
    url = f"http://127.0.0.1:{os.environ.get('HTTP_PORT') or 9100}{path}"
    # Docker may pass its proxy settings to every container.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
            print(response.read().decode().strip())  # noqa: T201 (`docker inspect` shows it)
            return 0
    except urllib.error.HTTPError as error:
        print(error.read().decode().strip())  # noqa: T201
    except OSError as error:
        print(f"{url}: {error}")  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
