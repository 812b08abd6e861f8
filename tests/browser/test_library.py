"""The library in a real browser: without a script, on a phone, for a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from forms import bank
from surveys import accounts, drafting
from surveys.storage import find_programme
from tests.browser.conftest import Site
from tests.records import NOW, a_programme


@pytest.fixture
def signed_in(site: Site) -> Callable[[Page], Page]:
    """Signs a page in; two programmes are there, the second with a form, made once for all tests."""
    with site.database.session() as session:
        if find_programme(session, "biblioteca") is None:
            a_programme(session, "biblioteca")
            drafting.new_form(session, a_programme(session, "vecino"), bank.instrument("trust"), None, NOW)
        secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, "ana@example.org"), datetime.now(UTC))

    def sign_in(page: Page) -> Page:
        page.goto(f"{site.url}/sign-in/{secret}")
        page.locator("main button").click()
        return page

    return sign_in


def test_an_instrument_is_found_and_a_form_begun_from_it_without_a_script_on_a_phone(
    site: Site, a_phone: Callable[..., Page], signed_in: Callable[[Page], Page], picture: Callable[[Page, str], None]
) -> None:
    page = signed_in(a_phone(width=360, javascript=False))
    page.goto(f"{site.url}/p/biblioteca/library?lang=es")
    page.get_by_label("Buscar en la biblioteca").fill("tecnico")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_role("status")).to_contain_text("1 instrumento con «tecnico».")
    expect(page.locator("article")).to_have_count(1)
    picture(page, "library-360")
    page.get_by_role("button", name="Empezar un cuestionario con «Después de los talleres»").click()
    assert "/forms/" in page.url


@pytest.mark.parametrize("dark", [False, True])
def test_the_library_has_no_barriers_and_fits_its_window(
    site: Site, a_phone: Callable[..., Page], signed_in: Callable[[Page], Page], picture: Callable[[Page, str], None], dark: bool
) -> None:
    page = signed_in(a_phone(width=1366, dark=dark))
    for width in (1366, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{site.url}/p/biblioteca/library?lang=en")
        assert Axe().run(page).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, f"library-{width}-{'dark' if dark else 'light'}")
