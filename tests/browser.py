"""A real browser: Debian's Chromium without its windows, driven by Playwright."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests import without_netlink
from tests.services import ServerUnavailable

# As root Chromium has no sandbox, and containers have little shared memory.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


# The headless shell renders the same in two thirds of the browser's processor time.
PROGRAMS = ("chromium-headless-shell", "chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser. Raises ServerUnavailable where none is installed."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        raise ServerUnavailable("Chromium is not installed: apt-get install chromium-headless-shell")
    with TemporaryDirectory() as directory, sync_playwright() as playwright:
        program = Path(directory) / "chromium"
        program.write_text(
            f'#!/bin/sh\nexec {shlex.join((sys.executable, without_netlink.__file__, path))} "$@"\n'
        )
        program.chmod(0o700)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def console_problems(page: Page) -> list[str]:
    """A list that collects the page's console errors and warnings, and the errors of its scripts.

    Failed requests are excluded: the browser reports them by itself during an outage.
    """
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text)
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text
            else None
        ),
    )
    return problems
