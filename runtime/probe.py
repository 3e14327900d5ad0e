"""`python -m service.probe [/readyz]`: exit 0 when this container's own endpoint answers 200.

The health check of the images, which have no curl.
"""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 3


def main() -> int:
    """0 for a good answer, 1 for anything else, with one line that says why."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/readyz"
    url = f"http://127.0.0.1:{os.environ.get('HTTP_PORT') or 9100}{path}"
    # Docker may hand its proxy settings to every container.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=TIMEOUT_SECONDS) as answer:
            print(answer.read().decode().strip())  # noqa: T201 (what `docker inspect` shows)
            return 0
    except urllib.error.HTTPError as error:
        print(error.read().decode().strip())  # noqa: T201
    except OSError as error:
        print(f"{url}: {error}")  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
