"""The coordinator's pages in Chromium: small and large, light and dark, in both languages, without script and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from surveys import accounts
from surveys.storage import ExpectedResult, Programme, find_programme
from surveys.web import coordinate, reports
from tests.analysis.made_by_hand import a_report, a_turned_report
from tests.browser.conftest import Site

PAGES = {"overview": "/p/by-hand", "trends": "/p/by-hand/trends"}
TITLES = {
    "trust": ("Más confianza entre integrantes", "More trust among members"),
    "learning": ("Iniciativas probadas y lecciones aprendidas", "Initiatives tried and lessons learned"),
    "access": (
        "Acceso a herramientas e información comprensible sobre el canon minero",
        "Access to tools and understandable information on the mining canon",
    ),
}


@pytest.fixture
def signed_in(site: Site, a_phone: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    """Opens a page as somebody of the staff, with the report made by hand behind it."""
    for room in (coordinate, reports):
        monkeypatch.setattr(room, "programme_reports", lambda *_: (a_report(),))
    make_programme(site)

    def open_page(address: str, language: str = "es", **more: object) -> Page:
        page = a_phone(**more)
        sign_in(page.context, site)
        page.goto(f"{site.url}{address}?lang={language}")
        return page

    return open_page


def make_programme(site: Site) -> None:
    with site.database.session() as session:
        if find_programme(session, "by-hand") is None:
            results = [ExpectedResult(key=key, position=n, title={"es": es, "en": en}) for n, (key, (es, en)) in enumerate(TITLES.items())]
            name = {"es": "Comunidad de Aprendizaje y Práctica, Moquegua", "en": "Community of Learning and Practice, Moquegua"}
            kept = {"languages": ["es", "en"], "mix": {}, "is_synthetic": True, "results": results}
            session.add(Programme(slug="by-hand", name=name, about={}, **kept))


def sign_in(context: BrowserContext, site: Site) -> None:
    with site.database.session() as session:
        person = accounts.ensure_person(session, "by-hand@example.org")
        secret = accounts.make_sign_in_link(session, person, datetime.now(UTC))
    context.request.post(f"{site.url}/sign-in/{secret}")


def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page: rule and place."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response
    return [f"{fault['id']}: {node['target']}" for fault in found["violations"] for node in fault["nodes"]]


def cut_off(page: Page) -> list[str]:
    """Texts that stand outside the window, save those in a region that scrolls of itself or for screen readers alone."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => {
            if (!e.childNodes.length || ![...e.childNodes].some(c => c.nodeType === 3 && c.data.trim())) return false
            if (e.closest('.scroll, .sr, thead, details:not([open]) > :not(summary)')) return false
            const box = e.getBoundingClientRect()
            return box.width && (box.left < -1 || box.right > innerWidth + 1)
        }).map(e => e.textContent.trim())"""
    )


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_never_scrolls_sideways(
    signed_in: Callable[..., Page], picture: Callable[[Page, str], None], name: str, width: int, dark: bool, language: str
) -> None:
    page = signed_in(PAGES[name], language, width=width, height=900, dark=dark)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert cut_off(page) == []
    if (width, dark, language) in {(1366, False, "es"), (360, False, "es"), (320, True, "en"), (1366, True, "en")}:
        picture(page, f"{name}-{width}-{'dark' if dark else 'light'}-{language}")


@pytest.mark.parametrize(("width", "dark", "language"), [(360, False, "es"), (320, True, "en"), (1366, False, "es"), (1366, True, "en")])
def test_a_question_that_changed_is_marked_where_its_line_breaks(
    signed_in: Callable[..., Page],
    picture: Callable[[Page, str], None],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    dark: bool,
    language: str,
) -> None:
    monkeypatch.setattr(reports, "programme_reports", lambda *_: (a_turned_report(),))
    page = signed_in(PAGES["trends"], language, width=width, height=900, dark=dark)
    assert faults(page) == []
    assert cut_off(page) == []
    marks = page.locator("svg.chart").first
    assert marks.locator(".turn").count() == 1
    assert marks.locator(".turned").count() == 1
    assert marks.locator("path.line.adjusted").get_attribute("d").count("M") == 2  # type: ignore[union-attr]  # it is there
    page.locator("details").first.evaluate("table => { table.open = true }")
    picture(page, f"turned-{width}-{'dark' if dark else 'light'}-{language}")


@pytest.mark.parametrize("address", ["/", "/sign-in", "/sign-out"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_other_staff_pages_are_accessible(signed_in: Callable[..., Page], address: str, language: str) -> None:
    page = signed_in(address, language, width=320)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_raw_line_is_chosen_without_script(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["trends"], "en", width=360, javascript=False)
    adjusted, raw = page.locator(".band.adjusted").first, page.locator(".band.raw").first
    assert (adjusted.is_visible(), raw.is_visible()) == (True, False)
    page.get_by_text("Not adjusted", exact=True).first.click()
    assert (adjusted.is_visible(), raw.is_visible()) == (False, True)


def test_the_raw_line_and_the_tables_are_reached_by_keyboard(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["trends"], "es", width=1366)
    page.locator(".pick-adjusted").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".pick-raw").first.is_checked()
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details table").first.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["overview"], "en", width=1366)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_targets_are_at_least_24_pixels_and_controls_48(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["trends"], "es", width=360)
    heights = page.evaluate(
        "[...document.querySelectorAll('.tongue a, .bar nav a, summary, .view label')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 48
    every = page.evaluate("[...document.querySelectorAll('a:not(.skip), summary, label')].map(e => e.getBoundingClientRect().height)")
    assert min(every) >= 24


def test_text_twice_as_large_breaks_nothing(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["overview"], "es", width=360)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_language_is_switched_in_place(signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["trends"], "es", width=360)
    page.get_by_role("link", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h3").first.inner_text() == "Trust rose from 2.9 to 3.5 in 16 months"
