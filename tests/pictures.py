"""Take pictures of the running Compose stack for the documentation, into docs/pictures.

Usage: `python -m tests.pictures`.

They show the dashboard, the last month, the status screen, the queue in the management UI, and the page of a
load. The ports are the defaults, or DASHBOARD_HOST_PORT and RABBITMQ_MANAGEMENT_HOST_PORT.
"""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect
from rich.console import Console
from rich.text import Text

from native.ports import is_free
from tests.browser import chromium
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

FOLDER = ROOT / "docs" / "pictures"
# Name, colour scheme, width, height and device scale factor.
PICTURES = (
    ("dashboard-light", "light", 1280, 1060, 1.5),
    ("dashboard-dark", "dark", 1280, 1060, 1.5),
    ("dashboard-phone", "light", 390, 844, 2.0),
)
CHARTS_MS = 20_000
SETTLED_MS = 1_500
STATUS = ("docker", "compose", "run", "--rm", "-T", "-e", "FORCE_COLOR=1")
STATUS_COLUMNS = 112
# Viewers have a monospaced font of their own; the picture must not load one from another host.
FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
LOGIN = "sensors"
LOAD = (sys.executable, "-m", "benchmarks.load", "--rate", "10", "100", "1000", "3000", "--time", "60s")
LOAD_PORT = 8089
# The last rate holds from 45 s on, and the second picture is taken before it ends.
LOAD_MS = 52_000


def take_dashboard(browser: Browser, url: str, folder: Path) -> list[Path]:
    """Take a picture of the top of the page in each variant, once it is live and its charts are drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, scheme, width, height, scale in PICTURES:
        with browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
        ) as context:
            page = context.new_page()
            page.goto(url)
            expect(page.locator("#connection")).to_have_text("Live", timeout=CHARTS_MS)
            expect(page.locator("#throughput canvas")).to_have_count(3, timeout=CHARTS_MS)
            if page.locator(".card").first.bounding_box()["y"] < height:  # type: ignore[index]
                expect(page.locator(".card canvas").first).to_be_visible(timeout=CHARTS_MS)
            page.wait_for_timeout(SETTLED_MS)
            paths.append(folder / f"{name}.png")
            page.screenshot(path=paths[-1])
    return paths


def take_history(browser: Browser, url: str, folder: Path, sensors: tuple[str, ...]) -> Path:
    """Take a picture of the last month of these sensors."""
    with browser.new_context(viewport={"width": 1280, "height": 620}, device_scale_factor=1.5) as context:
        page = context.new_page()
        page.goto(f"{url}#/history?{'&'.join(f'sensor={sensor}' for sensor in sensors)}")
        page.locator("#history").get_by_role("button", name="Month").click()
        expect(page.locator("#history .when")).to_have_text("one point per hour", timeout=CHARTS_MS)
        page.wait_for_timeout(SETTLED_MS)
        taken = folder / "history.png"
        page.screenshot(path=taken)
    return taken


def take_status(folder: Path) -> Path:
    """Take a picture of the output of `sensorctl status`."""
    command = (*STATUS, "-e", f"COLUMNS={STATUS_COLUMNS}", "sensorctl", "status")
    output = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout
    console = Console(record=True, width=STATUS_COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(output))
    drawn = console.export_svg(title="sensorctl status")
    taken = folder / "status.svg"
    taken.write_text(FONT_FACE.sub("", drawn), encoding="utf-8")
    return taken


def take_management(browser: Browser, url: str, folder: Path) -> Path:
    """Take a picture of the queue in RabbitMQ's management UI."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, device_scale_factor=1.5) as context:
        page = context.new_page()
        page.goto(url)
        page.fill("input[name=username]", os.environ.get("RABBITMQ_USER") or LOGIN)
        page.fill("input[name=password]", os.environ.get("RABBITMQ_PASS") or LOGIN)
        page.click("input[type=submit]")
        expect(page.locator("#logout")).to_be_visible(timeout=CHARTS_MS)
        page.goto(f"{url}#/queues/%2F/sensor_data")
        expect(page.locator("#main h1")).to_contain_text("sensor_data", timeout=CHARTS_MS)
        page.wait_for_timeout(SETTLED_MS)
        taken = folder / "management.png"
        page.screenshot(path=taken)
    return taken


def take_load(browser: Browser, folder: Path) -> list[Path]:
    """Take pictures of the page while `make load` publishes at several rates."""
    load = subprocess.Popen(LOAD, cwd=ROOT, stdout=subprocess.DEVNULL)
    with load, browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        eventually(lambda: not is_free(LOAD_PORT), DEADLINE_SECONDS, "the page is served")
        page.goto(f"http://127.0.0.1:{LOAD_PORT}/")
        page.wait_for_timeout(LOAD_MS)
        taken = []
        for tab, name in (("Statistics", "load"), ("Charts", "load-charts")):
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(SETTLED_MS)
            taken.append(folder / f"{name}.png")
            page.screenshot(path=taken[-1], full_page=True)
    return taken


def main() -> None:
    """Take all pictures and print their paths."""
    dashboard = os.environ.get("DASHBOARD_HOST_PORT") or "8085"
    management = os.environ.get("RABBITMQ_MANAGEMENT_HOST_PORT") or "15675"
    with chromium() as browser:
        taken = take_dashboard(browser, f"http://127.0.0.1:{dashboard}/", FOLDER)
        taken.append(take_management(browser, f"http://127.0.0.1:{management}/", FOLDER))
        taken.append(take_history(browser, f"http://127.0.0.1:{dashboard}/", FOLDER, ("1", "2", "3")))
        taken += take_load(browser, FOLDER)
    for picture in (*taken, take_status(FOLDER)):
        print(picture.relative_to(ROOT))  # noqa: T201 (a command)


if __name__ == "__main__":
    main()
