"""A real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from tenacity import retry, retry_if_exception_message, stop_after_attempt, wait_fixed

from tests.services import NotHere

# As root Chromium has no sandbox, and containers have little shared memory.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window. Raises NotHere where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        raise NotHere("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def complaints_of(page: Page) -> list[str]:
    """Every error and warning that the page will write to its console, and every error in its scripts.

    Not those of addresses that do not answer, which a browser writes by itself during an outage.
    """
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text
            else None
        ),
    )
    return complaints


@retry(
    retry=retry_if_exception_message(match=r"(?s).*ERR_NETWORK_CHANGED"),
    stop=stop_after_attempt(5),
    wait=wait_fixed(1),
    reraise=True,
)
def visit(page: Page, url: str, wait_until: Literal["load", "commit"] = "load") -> None:
    """Open a page; again when the host's network changed meanwhile, as it does when a container starts."""
    page.goto(url, wait_until=wait_until)
