"""What each page costs on the wire: requests and compressed bytes of a first load, beside the budgets of the guide."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, sync_playwright

from benchmarks.serving import a_served_demo

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


#: A slow third-generation line, as developer tools have it, and a processor of a quarter of this one's speed.
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
SLOWER = 4
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def weigh(page: Page, address: str) -> tuple[int, int, int]:
    """Requests and bytes of the bodies as transferred of one first load, and the bytes of what comes once it can be used."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(address, wait_until="load")
    first = list(finished)
    page.wait_for_load_state("networkidle")
    return len(first), _bytes(first), _bytes(finished) - _bytes(first)


def _bytes(requests: list[Request]) -> int:
    return sum(request.sizes()["responseBodySize"] for request in requests)


def paint_slowly(page: Page, address: str) -> float:
    """Milliseconds to the first contentful paint on a slow line and a slow processor (without a worker, which no line slows)."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load", timeout=120_000)
    page.wait_for_function(f"() => {PAINTED}")
    return page.evaluate(PAINTED)


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
        print(f"{'page':<34}{'requests':>9}{'bytes':>9}{'of budget':>11}{'afterwards':>12}{'painted, slow 3G and 4x CPU':>29}")
        for name, path, budget, signed_in in pages:
            known = state if signed_in else None
            context = browser.new_context(storage_state=known)
            requests, size, afterwards = weigh(context.new_page(), served.address + path)
            context.close()
            context = browser.new_context(storage_state=known, service_workers="block")
            painted = paint_slowly(context.new_page(), served.address + path)
            context.close()
            print(f"{name:<34}{requests:>9}{size:>9}{size / budget:>10.0%}{afterwards:>12}{painted / 1000:>27.1f} s")
        browser.close()


if __name__ == "__main__":
    main()
