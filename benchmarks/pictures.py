"""The README's three pictures, made from the running demo."""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import ROOT, Served, a_served_demo

HERE = ROOT / "docs" / "images"

BROKEN = """
name: workshop
title: {es: ¿Qué le pareció el taller?, en: How was the workshop?}
languages: [es, en]
scales:
  agree: {lo: 1, hi: 5, labels: {1: {es: Nada, en: Not at all}, 5: {es: Mucho}}}
sections:
  - name: today
    title: {es: El taller de hoy, en: Today's workshop}
    questions:
      - {name: useful, kind: scale, scale: agree, label: {es: ¿Le sirvió para su trabajo?}}
      - {name: why, kind: long_text, label: {es: ¿Por qué?, en: Why?}, show_if: usefull <= 2}
      - {name: topics, kind: several, maximum: 1, minimum: 3, label: {es: ¿Qué temas?, en: Which topics?},
         choices: [{value: water, label: {es: Agua, en: Water}}, {value: jobs, label: {es: Empleo, en: Jobs}}]}
"""


def participant(browser: Browser, served: Served) -> None:
    link = next(one["address"] for one in served.told["rounds"] if not one["is_closed"] and one["programme"] == "moquegua")
    page = browser.new_page(viewport={"width": 360, "height": 900}, device_scale_factor=2)
    page.goto(served.address + urlsplit(link).path)
    page.screenshot(path=HERE / "participant.png")


def facilitator(browser: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "workshop.yaml").write_text(BROKEN, encoding="utf-8")
        command = [sys.executable, str(ROOT / "app.py"), "form", "check", "workshop.yaml", "--lang", "en"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    said = html.escape(f"$ tupuy form check workshop.yaml\n{ran.stdout}{ran.stderr}")
    page = browser.new_page(viewport={"width": 960, "height": 100})
    style = "margin:0;padding:16px;background:#241c16;color:#f4efe8;font:15px/1.6 monospace;white-space:pre-wrap"
    page.set_content(f'<pre style="{style}">{said}</pre>')
    page.locator("pre").screenshot(path=HERE / "facilitator.png")


def coordinator(browser: Browser, served: Served) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 1000})
    page.goto(served.address + urlsplit(served.told["sign_in"]).path)
    page.locator("main button").click()
    page.goto(f"{served.address}/p/moquegua?lang=en")
    page.screenshot(path=HERE / "coordinator.png")


def main() -> None:
    with a_served_demo() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        participant(browser, served)
        facilitator(browser)
        coordinator(browser, served)


if __name__ == "__main__":
    main()
