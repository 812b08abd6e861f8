"""Chromium and a Tupuy that it can reach: a real server on a free port, with data of its own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from surveys.settings import load_settings
from surveys.storage.database import Database

CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Set where Chromium must not be missing (the build): its absence is then a failure, not a skip.
MUST_HAVE = "TUPUY_MUST_HAVE_CHROMIUM"
SCREENSHOTS = Path(__file__).parent / "screenshots"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get(MUST_HAVE):
            pytest.fail(f"Chromium is not installed and {MUST_HAVE} is set")
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Site:
    """A running Tupuy: its address, its application and its database."""

    url: str
    app: Flask
    database: Database


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = load_settings(tmp_path_factory.mktemp("site") / "data", env={"TUPUY_SECRET": "0123456789abcdefghijklmnopqrstuvwxyz"})
    settings.data.mkdir()
    database = Database(settings.database_url)
    database.upgrade()
    app = import_module("app").create_app(settings, database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", app, database)
    server.shutdown()
    thread.join()
    database.engine.dispose()


@pytest.fixture
def a_phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages as a phone does: ``a_phone(width=320, dark=True, javascript=False)``. Errors of the page fail the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        width: int = 360, height: int = 740, dark: bool = False, javascript: bool = True, worker: bool = False, **more: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            service_workers="allow" if worker else "block",
            reduced_motion="reduce",
            **more,
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" and "Failed to load" not in said.text else None)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Keeps a picture of a whole page, to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)  # type: ignore[return-value]  # nobody reads it
