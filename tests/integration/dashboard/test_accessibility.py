"""The page on a phone, with the keyboard, with a screen reader, and in light and dark."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.dashboard.system import System, open_page, row
from tests.integration.dead_letters import publish_dead_letter
from tests.processes import Process

PHONE = {"width": 320, "height": 700}


def test_on_a_phone_nothing_scrolls_horizontally(system: System, dashboard: Process, page: Page) -> None:
    system.database.query(
        "INSERT INTO sensor (sensor_id, name, location) VALUES (%s, %s, %s)",
        "x" * 128,
        "a name without end " * 10,
        "W" * 200,
    )
    system.publish("x" * 128, 20.0)
    publish_dead_letter(system.broker, "y" * 3_000, "z" * 100)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(system.url)
    expect(page.locator(".letter")).to_have_count(1)
    page.locator(".card").scroll_into_view_if_needed()
    expect(page.locator(".card canvas")).to_have_count(1)
    page.locator(".letter summary").click()
    expect(page.locator(".problem").first).to_be_visible()
    scroll_width, client_width = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert scroll_width == client_width == PHONE["width"]


def test_on_a_phone_no_field_has_text_so_small_that_safari_zooms_in_on_it(
    system: System, dashboard: Process, page: Page
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(system.url)
    expect(page.locator("#connection")).to_have_text("Live")
    sizes = page.evaluate(
        "[...document.querySelectorAll('input:not([type=checkbox]), select')]"
        ".map((field) => parseFloat(getComputedStyle(field).fontSize))"
    )
    assert len(sizes) > 20
    assert min(sizes) >= 16


def test_it_can_be_used_by_keyboard(system: System, dashboard: Process, page: Page) -> None:
    for sensor_id, temperature in (("1", 20.0), ("2", 25.0)):
        system.publish(sensor_id, temperature)
    open_page(page, system)
    expect(row(page, "2")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.get_by_role("button", name="Mean").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Mean")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#summary tbody th")).to_have_text(["2", "1"])


def test_it_can_be_used_with_a_screen_reader(system: System, dashboard: Process, page: Page) -> None:
    system.publish("1", 20.0)
    open_page(page, system)
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
    for name in ("Throughput", "Sensors", "Last hour", "Dead letters", "Services"):
        expect(page.get_by_role("region", name=re.compile(f"^{name}")).first).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Queue depth since .*ready: now 0"))).to_be_visible()
    controls = "input:not([aria-labelledby]), button, a, [role=img]"
    for element in page.locator(controls).all():
        if element.is_visible():
            expect(element).to_have_accessible_name(re.compile("."))
    system.consumer.stop()
    expect(page.locator("#announcer")).to_have_text(re.compile("^Problem: "))
    expect(page.locator("#announcer")).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_sufficient_contrast_in_light_and_dark(
    system: System, dashboard: Process, browser: Browser, scheme: Any
) -> None:
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(system.url)
        expect(page.locator("#connection")).to_have_text("Live")
        for text, background in (
            ("text", "page"), ("text", "surface"), ("muted", "page"), ("muted", "surface"),
            ("muted", "sunken"), ("good", "good-background"), ("warn", "warn-background"),
            ("bad", "bad-background"),
            ("muted", "warn-background"), ("muted", "bad-background"),
            ("accent", "surface"), ("bad", "surface"),
        ):  # fmt: skip
            assert contrast(page, text, background) >= 4.5, f"{text} on {background}"
        assert page.evaluate("getComputedStyle(document.querySelector('.dot')).animationName") == "none"


def contrast(page: Page, text: str, background: str) -> float:
    """The ratio of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    lighter, darker = sorted(map(partial(luminance, page), (text, background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(page: Page, name: str) -> float:
    color = page.evaluate(
        "name => { const p = document.createElement('p'); p.style.color = `var(--${name})`;"
        "document.body.append(p); const c = getComputedStyle(p).color; p.remove(); return c; }",
        name,
    )
    channels = [int(number) / 255 for number in re.findall(r"\d+", color)[:3]]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
