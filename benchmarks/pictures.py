"""The README's three pictures, made from the running demo."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving import ROOT, Served, a_served_demo

HERE = ROOT / "docs" / "images"


def participant(browser: Browser, served: Served) -> None:
    link = next(one["address"] for one in served.told["rounds"] if not one["is_closed"] and one["programme"] == "moquegua")
    page = browser.new_page(viewport={"width": 360, "height": 900}, device_scale_factor=2)
    page.goto(served.address + urlsplit(link).path)
    page.screenshot(path=HERE / "participant.png")


def signed_in(browser: Browser, served: Served) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 1000})
    page.goto(served.address + urlsplit(served.told["sign_in"]).path)
    page.locator("main button").click()
    return page


def facilitator(page: Page, served: Served) -> None:
    """The designer with a question of the demo whose English is not written yet."""
    page.set_viewport_size({"width": 1060, "height": 560})
    page.goto(f"{served.address}/p/moquegua/forms?lang=en")
    page.locator(".forms h2 a").first.click()
    page.locator("#outline [data-question]").nth(2).locator("a").click()
    page.locator("#editor textarea[data-language=en]").first.fill("")
    page.locator("#checks .bad").wait_for()  # it was saved and judged
    page.frame_locator("#phone").locator("main").wait_for()
    page.wait_for_timeout(1000)  # the preview is drawn anew
    page.screenshot(path=HERE / "facilitator.png")


def coordinator(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/p/moquegua?lang=en")
    page.screenshot(path=HERE / "coordinator.png")


def main() -> None:
    with a_served_demo() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        participant(browser, served)
        page = signed_in(browser, served)
        coordinator(page, served)
        facilitator(page, served)


if __name__ == "__main__":
    main()
