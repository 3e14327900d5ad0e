"""A real browser: Debian's Chromium without its windows, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from tenacity import retry, retry_if_exception_message, stop_after_attempt, wait_fixed

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
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


@retry(
    retry=retry_if_exception_message(match=r"(?s).*ERR_NETWORK_CHANGED"),
    stop=stop_after_attempt(5),
    wait=wait_fixed(1),
    reraise=True,
)
def visit(page: Page, url: str, wait_until: Literal["load", "commit"] = "load") -> None:
    """Open a page. Retry when the host's network changes meanwhile, as it does when a container starts."""
    page.goto(url, wait_until=wait_until)
