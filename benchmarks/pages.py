"""What each page costs on the wire: requests and compressed bytes of a first load, beside the budgets of the guide."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, sync_playwright

from benchmarks.serving import a_served_demo

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def weigh(page: Page, address: str) -> tuple[int, int]:
    """Requests and bytes of the bodies as transferred, of one first load."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(address, wait_until="networkidle")
    return len(finished), sum(request.sizes()["responseBodySize"] for request in finished)


def main() -> None:
    with a_served_demo() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        pages = [
            (f"form, {one['survey']}", urlsplit(one["address"]).path, 14_336, False)
            for one in served.told["rounds"]
            if not one["is_closed"]
        ]
        for programme in served.told["programmes"]:
            pages.append((f"overview, {programme['slug']}", urlsplit(programme["address"]).path, 25_600, True))
            pages.append((f"trends, {programme['slug']}", urlsplit(programme["trends"]).path, 40_960, True))
        staff = browser.new_context()
        signing = staff.new_page()
        signing.goto(served.address + urlsplit(served.told["sign_in"]).path)
        signing.locator("main button, form button").last.click()
        state = staff.storage_state()
        print(f"{'page':<34}{'requests':>9}{'bytes':>9}{'of budget':>11}")
        for name, path, budget, signed_in in pages:
            context = browser.new_context(storage_state=state if signed_in else None)
            requests, size = weigh(context.new_page(), served.address + path)
            print(f"{name:<34}{requests:>9}{size:>9}{size / budget:>10.0%}")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
